import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DesktopBridge } from '../../shared/ipc.ts';
import { ipcChannelNames } from '../../shared/ipc-names.ts';
import { scanFrames } from '../../shared/sync/journal-frame.ts';
import {
  type LaunchOptions,
  launchWorkstation,
  type Workstation,
} from '../support/electron-stand-in/launch-workstation.ts';

type Outcome = { done: boolean; value: string };
declare global {
  interface Window {
    /** Of test/security/electron-page/page.js. */
    attempts: Record<string, (argument?: string) => Promise<Outcome>>;
    violations: string[];
    heard: { event: string; payload?: unknown }[];
    pending: string[];
    neverDrain?: boolean;
    rows: { put: (key: string, value: string) => Promise<void>; get: (key: string) => Promise<string> };
  }
}

const page = fileURLToPath(new URL('./electron-page', import.meta.url));
let userData = '';
const running: Workstation[] = [];

/** The real main and preload as they are compiled, with a page that tries what it must not do. */
async function start(options: Partial<LaunchOptions> = {}): Promise<Workstation> {
  const app = await launchWorkstation({
    userData,
    serverUrl: 'http://127.0.0.1:1',
    ...options,
    env: { SECOND_OPINION_RENDERER: page, ...options.env },
  });
  running.push(app);
  await app.page.waitForSelector('html[data-ready]', { state: 'attached' });
  return app;
}
const freshFolder = () => {
  userData = mkdtempSync(join(tmpdir(), 'workstation-'));
};
const stopAll = async () => {
  for (const app of running.splice(0)) await app.kill();
  rmSync(userData, { recursive: true, force: true });
};

const attempt = (app: Workstation, name: string, argument?: string): Promise<Outcome> =>
  app.page.evaluate(
    ([name, argument]) => {
      const run = window.attempts[name ?? ''];
      if (!run) throw new Error(`the page has no attempt ${name}`);
      return run(argument);
    },
    [name, argument] as const,
  );
const invoke = (app: Workstation, channel: string, ...args: unknown[]) =>
  app.page.evaluate(
    ([channel, args]) => {
      const { desktop } = window as unknown as { desktop: DesktopBridge };
      return desktop.invoke(channel as never, ...(args as never));
    },
    [channel, args] as const,
  );
const journalTexts = () => {
  const bytes = new Uint8Array(readFileSync(join(userData, 'journal/work')));
  return scanFrames(bytes, { final: true }).payloads.map((payload) => new TextDecoder().decode(payload));
};

describe('the window of the workstation', () => {
  let app: Workstation;
  beforeAll(async () => {
    freshFolder();
    app = await start();
    console.log(
      `These run on ${app.isRealElectron ? 'the real Electron' : 'the stand-in (no Electron runtime here)'}.`,
    );
  });
  afterAll(stopAll);

  test('is sandboxed and isolated: the page has no Node, no Electron and no raw channel', async () => {
    const found = await app.page.evaluate(() =>
      ['require', 'process', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron', '__dirname'].filter(
        (name) => name in window,
      ),
    );
    expect(found).toEqual([]);
  });

  test('shows the page exactly one bridge, which it cannot change', async () => {
    const bridge = await app.page.evaluate(() => {
      const scope = window as unknown as { desktop: Record<string, unknown> };
      const before = scope.desktop.invoke;
      try {
        scope.desktop.invoke = () => 'mine';
      } catch {
        // A frozen object says so in a module.
      }
      return {
        keys: Object.keys(scope.desktop),
        isFrozen: Object.isFrozen(scope.desktop),
        same: scope.desktop.invoke === before,
      };
    });
    expect(bridge).toEqual({ keys: ['invoke', 'on'], isFrozen: true, same: true });
  });

  test('is a secure context with storage and workers of its own', async () => {
    expect(await app.page.evaluate(() => window.isSecureContext)).toBe(true);
    expect(await attempt(app, 'worker')).toEqual({ done: true, value: '21' });
    await app.page.evaluate(() => window.rows.put('a', 'kept'));
    expect(await app.page.evaluate(() => window.rows.get('a'))).toBe('kept');
  });

  test('runs no text as code: eval, new Function and timers', async () => {
    expect(await attempt(app, 'eval')).toMatchObject({
      done: false,
      value: expect.stringContaining('EvalError'),
    });
    expect(await attempt(app, 'newFunction')).toMatchObject({
      done: false,
      value: expect.stringContaining('EvalError'),
    });
    expect(await attempt(app, 'timerText')).toEqual({ done: true, value: 'refused' });
  });

  test('runs no inline script: in the page, added later, or as a handler', async () => {
    expect(await attempt(app, 'inlineScript')).toEqual({ done: true, value: 'refused' });
    await app.page.getByRole('button', { name: 'inline handler' }).click();
    const ran = await app.page.evaluate(() => Object.keys(document.documentElement.dataset));
    expect(ran).toEqual(['ready']);
  });

  test('reaches no network: fetch, XHR, WebSocket, beacon, images, scripts and frames are refused by the policy', async () => {
    const server = await listening();
    const { origin } = server;
    expect(await attempt(app, 'fetch', '/')).toMatchObject({ done: false });
    expect(await attempt(app, 'fetch', origin)).toMatchObject({ done: false });
    expect(await attempt(app, 'xhr', origin)).toMatchObject({ done: false });
    expect(await attempt(app, 'socket')).toMatchObject({ done: false });
    expect(await attempt(app, 'image', `${origin}/a.png`)).toMatchObject({ done: false });
    expect(await attempt(app, 'module', `${origin}/a.js`)).toMatchObject({ done: false });
    expect(await attempt(app, 'frame', '/')).toEqual({ done: true, value: 'empty' });
    await attempt(app, 'beacon', `${origin}/b`);
    const blocked = await app.page.evaluate(() => window.violations.map((line) => line.split(' ')[0]));
    expect(blocked).toEqual(
      expect.arrayContaining(['connect-src', 'img-src', 'script-src-elem', 'frame-src']),
    );
    expect(await server.stop()).toEqual([]);
  });

  test('is not navigated away', async () => {
    const before = app.page.url();
    await app.page.locator('#away').click({ noWaitAfter: true });
    await app.page.evaluate(() => {
      window.location.href = 'https://elsewhere.example/';
    });
    // The refusal has happened once a later task of the page has run.
    await attempt(app, 'timerText');
    expect(app.page.url()).toBe(before);
    expect(await app.page.title()).toBe('Page under test');
  });

  test('opens no other window', async () => {
    expect(await app.page.evaluate(() => window.open('https://elsewhere.example/') === null)).toBe(true);
    await app.page.locator('#window').click({ noWaitAfter: true });
    await attempt(app, 'timerText');
    expect((await app.state()).windows).toHaveLength(1);
    await expect
      .poll(
        () =>
          app.page
            .context()
            .pages()
            .filter((one) => one.url().includes('elsewhere')).length,
      )
      .toBe(0);
  });

  test('gets no permission but to copy text', async () => {
    expect(await attempt(app, 'notification')).toEqual({ done: true, value: 'denied' });
    expect(await attempt(app, 'camera')).toMatchObject({ done: false });
    expect(await attempt(app, 'position')).toMatchObject({ done: false });
    for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'])
      expect(await attempt(app, 'permission', name), name).toEqual({ done: true, value: 'denied' });
    expect(await attempt(app, 'permission', 'clipboard-write')).toEqual({ done: true, value: 'granted' });
  });

  test('has no webview', async () => {
    const hasGuest = await app.page.evaluate(() => {
      const guest = document.createElement('webview');
      guest.setAttribute('src', 'https://elsewhere.example/');
      document.body.append(guest);
      return 'loadURL' in guest || 'getWebContentsId' in guest;
    });
    expect(hasGuest).toBe(false);
    expect((await app.state()).windows).toHaveLength(1);
  });

  test('may call known channels only, with arguments of their form only', async () => {
    expect(await invoke(app, 'shell:open', 'x')).toMatchObject({ ok: false, code: 'bad-request' });
    expect(await invoke(app, 'journal:open', '../outside')).toMatchObject({ ok: false, code: 'bad-request' });
    expect(await invoke(app, 'keys:load')).toMatchObject({ ok: false, code: 'bad-request' });
    await expect(app.send({ op: 'ipc', channel: 'shell:open', args: [], from: ourFrame })).rejects.toThrow(
      /No handler/,
    );
    expect(await invoke(app, 'app:info')).toMatchObject({ ok: true, value: { host: 'electron' } });
  });

  const ourFrame = { url: 'app://workstation/', isMainFrame: true };

  test('is the only one that is answered: every channel refuses foreign pages and frames below', async () => {
    const foreign = [
      { url: 'https://elsewhere.example/', isMainFrame: true },
      { url: 'app://elsewhere/', isMainFrame: true },
      { url: 'app://workstation/', isMainFrame: false },
      { url: 'about:blank', isMainFrame: true },
    ];
    for (const channel of ipcChannelNames)
      for (const from of foreign)
        expect(await app.send({ op: 'ipc', channel, args: [], from }), channel).toMatchObject({
          ok: false,
          code: 'forbidden',
        });
    expect(await app.send({ op: 'ipc', channel: 'keys:strength', args: [], from: ourFrame })).toMatchObject({
      ok: true,
    });
  });

  test('opens links outside only of harmless kinds, and only after a yes to the address', async () => {
    expect(await invoke(app, 'app:open-link', 'file:///etc/passwd')).toMatchObject({
      ok: false,
      code: 'bad-request',
    });
    await app.send({ op: 'dialog', dialog: { kind: 'showMessageBox', result: { response: 1 } } });
    expect(await invoke(app, 'app:open-link', 'https://a.example/')).toEqual({
      ok: true,
      value: { opened: false },
    });
    await app.send({ op: 'dialog', dialog: { kind: 'showMessageBox', result: { response: 0 } } });
    expect(await invoke(app, 'app:open-link', 'https://b.example/x')).toEqual({
      ok: true,
      value: { opened: true },
    });
    const { opened, asked } = await app.state();
    expect(opened).toEqual(['https://b.example/x']);
    expect(asked.at(-1)?.options).toMatchObject({ detail: 'https://b.example/x' });
  });

  test('gets files of its own folder only', async () => {
    for (const path of [
      '/..%2f..%2fpackage.json',
      '/%2e%2e%2f%2e%2e%2fpackage.json',
      '/..%5c..%5cpackage.json',
      '/%00',
    ])
      expect(await app.send({ op: 'ask', address: `app://workstation${path}` }), path).toMatchObject({
        status: 404,
      });
    const home = (await app.send({ op: 'ask', address: 'app://workstation/' })) as {
      headers: [string, string][];
    };
    const policy = new Map(home.headers).get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
  });

  test('has the standard menus, and hears when the computer wakes up', async () => {
    expect((await app.state()).menuRoles).toEqual(
      expect.arrayContaining(['copy', 'paste', 'zoomIn', 'quit']),
    );
    await app.send({ op: 'power', event: 'resume' });
    await app.page.waitForFunction(() => window.heard.some(({ event }) => event === 'app:resumed'));
  });

  test('frees its journals when the page is loaded anew', async () => {
    expect(await invoke(app, 'journal:open', 'reloaded')).toMatchObject({ ok: true });
    expect(await invoke(app, 'journal:open', 'reloaded')).toMatchObject({ ok: false, code: 'already-open' });
    await app.page.reload();
    await app.page.waitForSelector('html[data-ready]', { state: 'attached' });
    expect(await invoke(app, 'journal:open', 'reloaded')).toMatchObject({ ok: true });
  });
});

describe('the session of the signed-in person', () => {
  beforeEach(freshFolder);
  afterEach(stopAll);

  const request = (path: string) => [{ method: 'POST', path, body: '{}', timeoutMs: 5000 }];
  const everyFile = () =>
    readdirSync(userData, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

  test('never enters the page and lies on no disk unwrapped, but goes with requests, after a restart too', async () => {
    const secret = 'tok_3f9c1d77aa5e';
    const server = await listening({
      user: { id: 'u1' },
      token: secret,
      expiresAt: 'x',
      recoveryPublicKey: null,
    });
    const first = await start({ serverUrl: server.origin });
    const reply = await invoke(first, 'net:request', ...request('/api/auth/sign-in'));
    expect(reply).toMatchObject({ ok: true, value: { kind: 'reply', status: 200 } });
    expect(JSON.stringify(reply)).not.toContain(secret);
    await first.quit();
    expect(first.log()).not.toContain(secret);
    expect(everyFile().some((bytes) => bytes.includes(secret))).toBe(false);

    const second = await start({ serverUrl: server.origin });
    await invoke(second, 'net:request', ...request('/api/sync/push'));
    await invoke(second, 'net:forget-session');
    await invoke(second, 'net:request', ...request('/api/sync/push'));
    expect(await server.stop()).toEqual([
      '/api/auth/sign-in none',
      `/api/sync/push Bearer ${secret}`,
      '/api/sync/push none',
    ]);
  });

  test('a keyring that does not open is a locked state, not an empty start', async () => {
    const first = await start();
    if (first.isRealElectron) {
      console.log('The real keyring cannot be locked from here; secrets.test.ts shows it.');
      return;
    }
    await first.page.evaluate(async () => {
      const { desktop } = window as unknown as { desktop: DesktopBridge };
      await desktop.invoke('keys:store', 'data-key', new Uint8Array([1, 2, 3]));
    });
    await first.quit();
    const before = readFileSync(join(userData, 'keys/data-key'));
    const locked = await start({ env: { STAND_IN_KEYRING: 'locked' } });
    expect(await invoke(locked, 'keys:load', 'data-key')).toMatchObject({
      ok: false,
      code: 'key-unavailable',
    });
    expect(readFileSync(join(userData, 'keys/data-key'))).toEqual(before);
  });
});

describe('starting and leaving', () => {
  beforeEach(freshFolder);
  afterEach(stopAll);

  test('a second start is refused, hands its link over and brings the first window forward', async () => {
    const app = await start();
    const before = (await app.state()).windows[0]?.focusCount ?? 0;
    expect(await app.startAgain(['--link=second-link'])).toMatchObject({ code: 0 });
    await app.page.waitForFunction(() => window.heard.some(({ event }) => event === 'app:link'));
    expect(await app.page.evaluate(() => window.heard)).toEqual([
      { event: 'app:link', payload: { token: 'second-link' } },
    ]);
    const [shown] = (await app.state()).windows;
    expect(shown?.isVisible).toBe(true);
    if (!app.isRealElectron) expect(shown?.focusCount).toBe(before + 1);
  });

  test('the link of the first start reaches the page once it listens', async () => {
    const app = await start({ args: ['--link=first-link'] });
    await app.page.waitForFunction(() => window.heard.length > 0);
    expect(await app.page.evaluate(() => window.heard)).toEqual([
      { event: 'app:link', payload: { token: 'first-link' } },
    ]);
  });

  test.each(['quit', 'close-window'] as const)(
    'on %s the pending save of the page is waited for',
    async (op) => {
      const app = await start();
      await invoke(app, 'journal:open', 'work');
      await app.page.evaluate(() => {
        window.pending = Array.from({ length: 50 }, (_, i) => `pending ${i}`);
      });
      if (op === 'close-window') await app.send({ op });
      expect(await app.quit()).toMatchObject({ code: 0 });
      expect(journalTexts()).toEqual(Array.from({ length: 50 }, (_, i) => `pending ${i}`));
    },
  );

  test('a page that does not answer cannot keep the app open', async () => {
    const app = await start();
    await app.page.evaluate(() => {
      window.neverDrain = true;
    });
    expect(await app.quit()).toMatchObject({ code: 0 });
  });

  test('after SIGKILL to the whole tree the journal, the keys and IndexedDB are there again', async () => {
    const first = await start();
    await invoke(first, 'journal:open', 'work');
    await first.page.evaluate(async () => {
      const { desktop } = window as unknown as { desktop: DesktopBridge };
      await desktop.invoke('keys:store', 'data-key', new Uint8Array([1, 2, 3]));
      await window.rows.put('row', 'value');
      for (let i = 0; i < 30; i += 1)
        await desktop.invoke('journal:append', 'work', [new TextEncoder().encode(`saved ${i}`)]);
    });
    await first.kill();
    expect(journalTexts()).toHaveLength(30);

    const second = await start();
    expect(await invoke(second, 'journal:open', 'work')).toMatchObject({ ok: true, value: { cutBytes: 0 } });
    const found = await second.page.evaluate(async () => {
      const { desktop } = window as unknown as { desktop: DesktopBridge };
      const key = await desktop.invoke('keys:load', 'data-key');
      const journal = await desktop.invoke('journal:read', 'work', 0);
      return {
        key: key.ok && key.value.bytes && [...key.value.bytes],
        row: await window.rows.get('row'),
        bytes: journal.ok && journal.value.bytes.length,
      };
    });
    expect(found).toEqual({
      key: [1, 2, 3],
      row: 'value',
      bytes: readFileSync(join(userData, 'journal/work')).length,
    });
  });
});

/** A server that notes each request and with which session it came. */
async function listening(reply: unknown = {}) {
  const requests: string[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.authorization ?? 'none'}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      return requests;
    },
  };
}
