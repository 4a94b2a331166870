import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type BrowserProcess, startBrowserProcess } from '../support/browser-process.ts';
import { startLabSite } from '../support/lab-site.ts';
import { screenKills } from './screen-kills.ts';
import { blame, newTally, note, type Part, type Random, type Tally } from './tally.ts';

/** Every tenth kill is of the real screen, half of them on each host; the others are of a page that only saves. */
const screenShare = 10;
const cases = 3;

/** Numbers saves; the newest acknowledged one of each case must be there after a kill, or a newer one. */
type Memory = { last: number; acknowledged: number[] };

const numberIn = (text: string) => Number(/^save (\d+)/.exec(text)?.[1] ?? 0);

async function openLab(profile: string, url: string): Promise<BrowserProcess> {
  const browser = await startBrowserProcess(profile);
  await browser.page.goto(url);
  await browser.page.waitForFunction(() => window.lab !== undefined);
  return browser;
}

/** What the last kill left, compared with what was acknowledged before it. */
export async function checkLab({ page }: BrowserProcess, memory: Memory, tally: Tally): Promise<void> {
  const isFirst = memory.last === 0;
  if (!isFirst && (await page.evaluate(() => window.lab.isWiped()))) note(tally, 'IndexedDB wiped');
  if (isFirst) await page.evaluate(() => window.lab.download());
  const stand = await page.evaluate(() => window.lab.stand());
  if (stand.length !== cases) blame(tally, 'lost', `${stand.length} of ${cases} cases are on the laptop`);
  for (const [n, { text, state }] of stand.entries()) {
    const found = numberIn(text);
    const wanted = memory.acknowledged[n] ?? 0;
    if (found < wanted) blame(tally, 'lost', `case ${n}: save ${wanted}, found "${text.slice(0, 20)}"`);
    if (found > 0 && (text !== textOf(found) || state !== stateOf(found)))
      blame(tally, 'altered', `case ${n}: save ${found}`);
    memory.last = Math.max(memory.last, found);
  }
}

const textOf = (n: number) => `save ${n} ${'why '.repeat((n * 31) % 300)}`.trimEnd();
const stateOf = (n: number) => (n % 5 === 0 ? 'submitted' : 'draft');

/** Saves until the page is gone; `saved` hears of each save that has settled, and of each that was refused. */
export async function saveUntilGone(
  { page }: BrowserProcess,
  from: number,
  heard: (n: number, error: string | null) => void,
): Promise<void> {
  await page.exposeFunction('acknowledge', heard);
  const running = page.evaluate(
    async ([first, count]) => {
      const tell = (window as unknown as { acknowledge: (n: number, error: string | null) => Promise<void> })
        .acknowledge;
      for (let n = first; ; n += 1) {
        const text = `save ${n} ${'why '.repeat((n * 31) % 300)}`.trimEnd();
        const error = await window.lab.save(n % count, text, n % 5 === 0 ? 'submitted' : 'draft').then(
          () => null,
          (cause: { code?: string }) => cause.code ?? String(cause),
        );
        // Nobody waits for the telling: the next save is under way while the test hears of this one.
        void tell(n, error);
        if (error !== null) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    [from, cases] as const,
  );
  await running.catch(() => undefined);
}

async function killWhileSaving(
  browser: BrowserProcess,
  memory: Memory,
  random: Random,
  tally: Tally,
): Promise<void> {
  const started = Promise.withResolvers<void>();
  const saving = saveUntilGone(browser, memory.last + 1, (n, error) => {
    if (error !== null) throw new Error(`a save was refused: ${error}`);
    memory.acknowledged[n % cases] = n;
    memory.last = n;
    tally.acknowledged += 1;
    started.resolve();
  });
  await Promise.race([started.promise, saving]);
  await wait(random() * 400);
  await browser.kill();
  await saving;
}

async function labKills(
  rounds: number,
  random: Random,
  told: (tally: Tally) => void,
  tally: Tally,
): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-kills-profile-'));
  const site = await startLabSite();
  const memory: Memory = { last: 0, acknowledged: [] };
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const browser = await openLab(profile, site.url);
      await checkLab(browser, memory, tally);
      if (round === rounds) await browser.kill();
      else {
        await killWhileSaving(browser, memory, random, tally);
        note(tally, 'of the saving page');
        tally.rounds += 1;
        tally.kills += 1;
        told(tally);
      }
    }
  } finally {
    await site.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** SIGKILL to the workstation's whole process tree while it saves; what comes back is what the next start, offline, shows. */
export const workstationKills: Part = async ({ rounds, random, progress }) => {
  const tally = newTally('workstation');
  const ofScreens = Math.floor(rounds / screenShare);
  await labKills(rounds - ofScreens, random, progress, tally);
  await screenKills(ofScreens, random, progress, tally);
  return tally;
};
