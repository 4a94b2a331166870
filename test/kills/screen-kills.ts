import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { startTestPostgres } from '../support/global-postgres.ts';
import { type Desk, hosts, type OpenWorkstation } from '../support/hosts.ts';
import { startTestServer, type TestPerson } from '../support/server.ts';
import { blame, note, type Random, type Tally } from './tally.ts';

const caseCount = 20;
const renderer = join(import.meta.dirname, '../../dist/renderer');

async function enter(page: Page, { user, password }: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

/** The steps typed so far, and how many of them the screen has shown as saved. */
type Memory = { case: number; typed: number[]; saved: number };

const sliders = (page: Page) => page.locator('[data-layer][data-active="true"]').getByRole('slider');

/** What the first sliders say, in the order they are rated; null where nothing is. */
const ratings = (page: Page) =>
  sliders(page).evaluateAll((all) =>
    all.map((one) => /(\d) of \d/.exec(one.getAttribute('aria-valuetext') ?? '')?.[1] ?? null),
  );

/** Ratings typed one after the other over the ten sliders: after `count` keys each holds the last that hit it. */
function expected(typed: readonly number[], count: number): (string | null)[] {
  const values: (string | null)[] = Array.from({ length: 10 }, () => null);
  for (const [i, digit] of typed.slice(0, count).entries()) values[i % 10] = String(digit);
  return values;
}

const agrees = (found: readonly (string | null)[], wanted: readonly (string | null)[]) =>
  wanted.every((value, i) => found[i] === value);

/** Shown: every acknowledged key, and at most keys that were typed after it. */
function check(found: readonly (string | null)[], memory: Memory, tally: Tally): void {
  for (let count = memory.saved; count <= memory.typed.length; count += 1)
    if (agrees(found, expected(memory.typed, count))) {
      memory.typed.length = count;
      return;
    }
  const what = `case ${memory.case}: ${memory.saved} of ${memory.typed.length} keys were saved, found ${found}`;
  blame(tally, 'lost', what);
}

async function rateUntilKilled(desk: Desk, memory: Memory, random: Random, tally: Tally): Promise<void> {
  const { page } = desk;
  await sliders(page)
    .nth(memory.typed.length % 10)
    .focus();
  const until = Date.now() + 300 + random() * 1500;
  while (Date.now() < until) {
    const digit = 1 + Math.floor(random() * 5);
    memory.typed.push(digit);
    const count = memory.typed.length;
    await page.keyboard.press(`Digit${digit}`);
    if (count % 10 === 0) await sliders(page).first().focus();
    // What the screen says about all that was typed: only then is it acknowledged.
    if ((await page.locator('[data-saved="true"]').count()) === 0) continue;
    if (!agrees(await ratings(page), expected(memory.typed, count))) continue;
    if ((await page.locator('[data-saved="true"]').count()) === 0) continue;
    memory.saved = count;
    tally.acknowledged += 1;
  }
  await wait(random() * 30);
  await desk.kill();
}

async function openCase(page: Page, n: number): Promise<void> {
  await page
    .getByRole('button', { name: /continue|start/i })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByText(`${n} of ${caseCount}`, { exact: true }).first().waitFor();
}

type Stage = { open: OpenWorkstation; name: string; folder: string; cable: Cable; physician: TestPerson };

async function killsOnStage(stage: Stage, rounds: number, random: Random, told: () => void, tally: Tally) {
  const { open, folder, cable, physician } = stage;
  const memory: Memory = { case: 1, typed: [], saved: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    const desk = await open({ folder, serverUrl: cable.url });
    await enter(desk.page, physician);
    if (round === 0) {
      await desk.page.getByText('on this laptop', { exact: true }).first().waitFor();
      await desk.untilStartsOffline();
      await cable.pull();
    }
    await openCase(desk.page, memory.case);
    check(await ratings(desk.page), memory, tally);
    if (round === rounds) return desk.kill();
    await rateUntilKilled(desk, memory, random, tally);
    note(tally, `of the screen in ${stage.name}`);
    tally.rounds += 1;
    tally.kills += 1;
    told();
  }
}

/** Kills of the real app on both hosts, offline, while ratings are typed; acknowledged is what the screen called saved. */
export async function screenKills(
  rounds: number,
  random: Random,
  progress: (tally: Tally) => void,
  tally: Tally,
): Promise<void> {
  if (rounds === 0) return;
  const postgres = await startTestPostgres();
  const server = await startTestServer({ staticRoot: renderer, postgres });
  try {
    for (const [i, { name, open }] of hosts.entries()) {
      const mine = Math.floor(rounds / hosts.length) + (i < rounds % hosts.length ? 1 : 0);
      if (mine === 0) continue;
      const folder = mkdtempSync(join(tmpdir(), 'second-opinion-kills-screen-'));
      const cable = await layCable(server.url);
      const physician = await server.person({ roles: ['physician'] });
      await makeAssignedStudy(server.context, [physician.user.id], { name, size: caseCount });
      await killsOnStage(
        { open, name, folder, cable, physician },
        mine,
        random,
        () => progress(tally),
        tally,
      );
      await cable.close();
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    await server.stop();
    await postgres.stop();
  }
}
