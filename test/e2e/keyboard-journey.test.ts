import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { annotationRevisions, assignments } from '../../server/db/schema.ts';
import { type AnnotationBody, confidences } from '../../shared/schema/annotation.ts';
import { holdsQuote } from '../../shared/schema/safety-flag.ts';
import { startLaptop } from '../support/annotate.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { answersTo, bodyOf, doCase, fullRubric } from '../support/case-by-keyboard.ts';
import { launchBrowser } from '../support/chromium.ts';
import { type TestKeyboard, takeKeyboard } from '../support/keyboard.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const caseCount = 10;
/** For a case without its free text. */
const mostKeys = 60;
/** What happens once on the way. */
const askedAt = 5;
const answersAt = (n: number) =>
  answersTo(n, { undoes: n === 3, flagsCase: n === 4, isAsked: n === askedAt });

let server: TestServer;
let browser: Browser;
let physician: TestPerson;
let batchId: string;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  physician = await server.person({ roles: ['physician'] });
  const options = { size: caseCount, rubric: fullRubric };
  ({ batchId } = await makeAssignedStudy(server.context, [physician.user.id], options));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const untilCase = (page: Page, n: number) =>
  page.getByText(`${n} of ${caseCount}`, { exact: true }).first().waitFor();

/** Opens the workstation where every touch of a mouse or finger would be told. */
async function begin(): Promise<{ page: Page; keyboard: TestKeyboard; touches: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const touches: string[] = [];
  await page.exposeFunction('tellTouch', (kind: string) => touches.push(kind));
  await page.addInitScript(() => {
    const { tellTouch } = window as unknown as { tellTouch: (kind: string) => void };
    const tell = ({ isTrusted, type }: Event) => void (isTrusted && tellTouch(type));
    for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel'])
      addEventListener(kind, tell, true);
  });
  await page.goto(server.url);
  await page.getByLabel('E-mail address').waitFor();
  return { page, keyboard: takeKeyboard(page), touches };
}

async function signIn(page: Page, keyboard: TestKeyboard): Promise<void> {
  await keyboard.write(physician.user.email);
  await keyboard.press('Tab');
  await keyboard.write(physician.password);
  // What follows waits for the server: the next stop is looked at once it is there.
  await page.keyboard.press('Enter');
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await keyboard.untilAt(/^button.*Continue/);
  await page.keyboard.press('Enter');
}

/** Goes back to the case just handed in, changes one answer, and hands it in again. */
async function correctLast(page: Page, keyboard: TestKeyboard): Promise<void> {
  await keyboard.press('b');
  await untilCase(page, askedAt);
  await keyboard.press('i', 'Digit1', 'Control+Enter');
}

/** Tells the keys of one stretch after the other. */
function tally({ pressed }: TestKeyboard) {
  const lines: string[] = [];
  let before = pressed();
  const tell = (what: string): number => {
    const { keys, characters } = pressed();
    const all = keys - before.keys;
    const withoutText = all - (characters - before.characters);
    before = { keys, characters };
    lines.push(`${what}: ${withoutText} keys, ${all} with the free text`);
    return withoutText;
  };
  return { tell, lines };
}

async function submittedOn() {
  const rows = await server.db
    .select({ position: assignments.position, id: assignments.id, body: annotationRevisions.body })
    .from(annotationRevisions)
    .innerJoin(assignments, eq(assignments.id, annotationRevisions.assignmentId))
    .where(eq(annotationRevisions.state, 'submitted'))
    .orderBy(asc(assignments.position), asc(annotationRevisions.seq));
  return rows.map(({ body, ...row }) => ({ ...row, body: JSON.parse(body) as AnnotationBody }));
}

/** Letters and digits only: the page shows Markdown without its signs. */
const bare = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

it('does ten full cases by keyboard alone, in few keys, and never loses sight of where the keyboard is', async () => {
  const { page, keyboard, touches } = await begin();
  const { tell, lines } = tally(keyboard);
  await signIn(page, keyboard);
  const flagged: string[] = [];
  tell('sign in');
  for (let n = 1; n <= caseCount; n++) {
    await untilCase(page, n);
    if (n === askedAt + 1) {
      await correctLast(page, keyboard);
      tell(`back to case ${askedAt} and one correction`);
      await untilCase(page, n);
    }
    flagged.push(await doCase(page, keyboard, answersAt(n)));
    expect(tell(`case ${n}`)).toBeLessThan(mostKeys);
  }
  await page.getByText('Batch 1 is done').waitFor();
  console.log(lines.join('\n'));
  expect(keyboard.faults).toEqual([]);
  expect(touches).toEqual([]);

  await expect.poll(async () => (await submittedOn()).length, { timeout: 60_000 }).toBe(caseCount + 1);
  const texts = await (await startLaptop(physician)).assignments(batchId);
  const stored = await submittedOn();
  expect(new Set(stored.map(({ position }) => position)).size).toBe(caseCount);
  for (const [at, { position, id, body }] of stored.entries()) {
    const isCorrection = stored[at - 1]?.position === position;
    expect(body).toEqual(bodyOf(answersAt(position + 1), isCorrection ? confidences[0] : undefined));
    const text = texts.find((one) => one.id === id);
    const flag = body.safetyFlags[0];
    if (!text || !flag) throw new Error(`case ${position + 1} has no text or no flag`);
    expect(holdsQuote(text[flag.side], flag)).toBe(true);
    expect(bare(flag.quote)).toBe(bare(flagged[position] ?? ''));
    expect(bare(flag.quote)).not.toBe('');
  }
});
