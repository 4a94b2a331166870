import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JournalHost, journalContractSuite } from '../contract/journal-contract.ts';
import { launchBrowser, launchPersistentBrowser } from '../support/chromium.ts';
import { clearSite, type LabSite, startLabSite } from '../support/lab-site.ts';

/** The browser host on real OPFS in a real Chromium. */
let site: LabSite;
let browser: Browser;

beforeAll(async () => {
  site = await startLabSite();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(site.url);
  await page.waitForFunction(() => window.lab !== undefined);
  return page;
}

/** Bytes cross to the page as base64: playwright carries JSON only. */
function hostOf(page: Page): JournalHost {
  const call = async (channel: string, args: unknown[], payloads?: Uint8Array[]) => {
    const outcome = await page.evaluate(
      async ({ channel: name, args: plain, payloads: texts }) => {
        const bytes = texts?.map((text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
        const result = await window.lab.bridge.invoke(
          name as never,
          ...([...plain, ...(bytes ? [bytes] : [])] as never),
        );
        if (!result.ok) return { code: result.code, message: result.message };
        const value = result.value as { bytes?: Uint8Array } | null;
        if (!(value?.bytes instanceof Uint8Array)) return { value };
        let text = '';
        for (let at = 0; at < value.bytes.length; at += 8192)
          text += String.fromCharCode(...value.bytes.subarray(at, at + 8192));
        return { value: { ...value, bytes: btoa(text) } };
      },
      { channel, args, payloads: payloads?.map((payload) => Buffer.from(payload).toString('base64')) },
    );
    if ('code' in outcome) throw Object.assign(new Error(outcome.message), { code: outcome.code });
    return outcome.value as never;
  };
  return {
    open: (name) => call('journal:open', [name]),
    read: async (name, offset) => {
      const chunk: { bytes: string; next: number | null } = await call('journal:read', [name, offset]);
      return { bytes: new Uint8Array(Buffer.from(chunk.bytes, 'base64')), next: chunk.next };
    },
    append: (name, payloads) => call('journal:append', [name], payloads),
    replace: (name, payloads) => call('journal:replace', [name], payloads),
    setAside: (name) => call('journal:set-aside', [name]),
    remove: (name) => call('journal:remove', [name]),
    close: (name) => call('journal:close', [name]),
  };
}

async function filesOf(page: Page): Promise<Map<string, Uint8Array>> {
  const files = await page.evaluate(async () => {
    const root = await window.lab.siteRoot();
    const found: [string, number[]][] = [];
    const folder = await root.getDirectoryHandle('journals', { create: true });
    for await (const [name, handle] of folder.entries()) {
      if (!(handle instanceof FileSystemFileHandle) || /\.(new|swap)$/.test(name)) continue;
      found.push([name, [...new Uint8Array(await (await handle.getFile()).arrayBuffer())]]);
    }
    return found;
  });
  return new Map(files.map(([name, bytes]) => [name, new Uint8Array(bytes)]));
}

async function tamperInPage(
  page: Page,
  name: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
) {
  const before = await page.evaluate(async (file) => {
    const root = await window.lab.siteRoot();
    const handle = await (await root.getDirectoryHandle('journals')).getFileHandle(file);
    return [...new Uint8Array(await (await handle.getFile()).arrayBuffer())];
  }, name);
  const after = [...change(new Uint8Array(before))];
  await page.evaluate(
    async ({ file, bytes }) => {
      const root = await window.lab.siteRoot();
      const handle = await (await root.getDirectoryHandle('journals')).getFileHandle(file);
      const writable = await handle.createWritable();
      await writable.write(new Uint8Array(bytes));
      await writable.close();
    },
    { file: name, bytes: after },
  );
}

journalContractSuite('OPFS in Chromium', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'so-opfs-profile-'));
  const context = await launchPersistentBrowser(profile);
  const page = await openPage(context);
  return {
    host: hostOf(page),
    tamper: (name, change) => tamperInPage(page, name, change),
    files: () => filesOf(page),
    secondHost: async () => hostOf(await openPage(context)),
    throwAway: () => clearSite(page),
    end: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
});

describe('local data in Chromium', () => {
  it('keeps a draft over a reload, a wiped IndexedDB and a second tab', async () => {
    const context = await browser.newContext();
    try {
      const page = await openPage(context);
      await page.evaluate(() => window.lab.download());
      await page.evaluate(() => window.lab.save(1, 'typed before the reload'));
      expect((await page.evaluate(() => window.lab.disk())).freeBytes).toBeGreaterThan(0);
      const second = await openPage(context);
      await expect(second.evaluate(() => window.lab.queue())).rejects.toThrow(/already open/);
      await second.close();
      await page.reload();
      await page.waitForFunction(() => window.lab !== undefined);
      expect(await page.evaluate(() => window.lab.conclusion(1))).toBe('typed before the reload');
      await page.evaluate(() => window.lab.close());
      await page.evaluate(() => window.lab.wipe());
      expect(await page.evaluate(() => window.lab.conclusion(1))).toBe('typed before the reload');
      expect((await page.evaluate(() => window.lab.queue()))[0]).toMatchObject({
        downloaded: 3,
        drafts: 1,
        waiting: 1,
      });
    } finally {
      await context.close();
    }
  });

  it('saves and opens cases while IndexedDB answers nothing, and brings it up to date when it does', async () => {
    const context = await browser.newContext();
    try {
      const page = await openPage(context);
      await page.evaluate(() => window.lab.download());
      await page.evaluate(() => window.lab.save(0, 'before'));
      const before = await page.evaluate(() => window.lab.newestRow());
      await page.evaluate(() => window.lab.hold());
      for (const text of ['first', 'second']) await page.evaluate((one) => window.lab.save(1, one), text);
      expect(await page.evaluate(() => window.lab.conclusion(1))).toBe('second');
      expect(await page.evaluate(() => window.lab.conclusion(2))).toBe('');
      await page.evaluate(() => window.lab.release());
      await expect
        .poll(() => page.evaluate(() => window.lab.newestRow()), { timeout: 60_000 })
        .toBeGreaterThan(before);
      await page.reload();
      await page.waitForFunction(() => window.lab !== undefined);
      expect(await page.evaluate(() => window.lab.conclusion(1))).toBe('second');
    } finally {
      await context.close();
    }
  });

  it('starts from the journal while IndexedDB’s open never settles, and heals by itself once it does', async () => {
    const context = await browser.newContext();
    try {
      const page = await openPage(context);
      await page.evaluate(() => window.lab.download());
      await page.evaluate(() => window.lab.save(0, 'submitted before', 'submitted'));
      await page.evaluate(() => window.lab.save(1, 'a draft before'));
      const before = await page.evaluate(() => window.lab.newestRow());
      await page.evaluate(() => window.lab.close());
      const other = await openPage(context);
      await other.evaluate(() => window.lab.block());
      await page.reload();
      await page.waitForFunction(() => window.lab !== undefined);
      await page.evaluate(() => window.lab.waitForDatabase(1000));
      expect(await page.evaluate(() => window.lab.health())).toMatchObject({ journalAlone: true });
      await page.evaluate(() => window.lab.save(1, 'goes on'));
      await page.evaluate(() => window.lab.save(2, 'submitted meanwhile', 'submitted'));
      const all = [
        { text: 'submitted before', state: 'submitted' },
        { text: 'goes on', state: 'draft' },
        { text: 'submitted meanwhile', state: 'submitted' },
      ];
      expect(await page.evaluate(() => window.lab.stand())).toEqual(all);
      expect(await page.evaluate(() => window.lab.waiting())).toBe(3);
      await other.evaluate(() => window.lab.unblock());
      await expect
        .poll(() => page.evaluate(() => window.lab.health()), { timeout: 60_000 })
        .toMatchObject({ journalAlone: false });
      expect(await page.evaluate(() => window.lab.newestRow())).toBeGreaterThan(before);
      await page.reload();
      await page.waitForFunction(() => window.lab !== undefined);
      expect(await page.evaluate(() => window.lab.stand())).toEqual(all);
    } finally {
      await context.close();
    }
  });

  it('keeps every acknowledged save of a tab that crashes while it writes', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'so-profile-'));
    const context = await launchPersistentBrowser(profile);
    try {
      const page = await openPage(context);
      await page.evaluate(() => window.lab.download());
      let acknowledged = -1;
      await page.exposeFunction('acknowledge', (n: number) => {
        acknowledged = n;
      });
      const writing = page.evaluate(async () => {
        const acknowledge = window.acknowledge ?? (async () => undefined);
        for (let n = 0; ; n++) {
          await window.lab.save(0, `text ${n}`);
          await acknowledge(n);
        }
      });
      writing.catch(() => undefined);
      while (acknowledged < 20) await new Promise((resolve) => setTimeout(resolve, 10));
      const crashed = new Promise((resolve) => page.once('crash', resolve));
      const session = await context.newCDPSession(page);
      // Never answered: the page that would answer is gone.
      session.send('Page.crash').catch(() => undefined);
      await crashed;
      const again = await openPage(context);
      const found = await again.evaluate(() => window.lab.conclusion(0));
      expect(Number(found.split(' ')[1])).toBeGreaterThanOrEqual(acknowledged);
    } finally {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    }
  });
});
