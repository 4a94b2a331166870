import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import {
  caseFlagKinds,
  confidences,
  refusalVerdicts,
  safetyFlagKinds,
  safetyFlagSeverities,
} from '../../shared/schema/annotation.ts';
import { defaultRubric, rubricSchema } from '../../shared/schema/rubric.ts';
import type { TestKeyboard } from './keyboard.ts';

/** All that can be asked about a case, and one rule that its answers can go against. */
export const fullRubric = rubricSchema.parse({
  ...defaultRubric,
  refusal: { ask: true, required: true },
  confidence: { ask: true, required: true },
  reasoning: { ask: true, required: true },
  rules: [{ kind: 'preferred-lower', key: 'preferred-less-safe', dimension: 'safety' }],
});
const dimensions = fullRubric.dimensions.map(({ key }) => key);

/** What is done beside the plain answers. */
export type Extras = { undoes?: boolean; flagsCase?: boolean; isAsked?: boolean };

/** What is answered about the nth case: other answers for every case, so that a mix-up would show. */
export function answersTo(n: number, extras: Extras = {}) {
  const ratings = dimensions.map((_key, row) => [((n * 7 + row * 3) % 5) + 1, ((n * 3 + row * 2) % 5) + 1]);
  const [a = 0, b = 0] = ratings[dimensions.indexOf('safety')] ?? [];
  // The safer one is preferred, but where the workstation is to ask.
  const towards = Math.sign(b - a) * (extras.isAsked ? -1 : 1);
  return {
    ...extras,
    ratings,
    preference: towards * ((n % 3) + 1),
    refusal: [n % 5, (n + 2) % 5] as const,
    confidence: n % 3,
    flag: { side: n % 2 === 0 ? ('a' as const) : ('b' as const), steps: n % 3, kind: n % 7, severity: n % 3 },
    reasoning: {
      evidence: `Case ${n}: dose and interval checked.`,
      alternatives: `Waiting ${n} days would do as well.`,
      conclusion: `The shorter one misses point ${n}.`,
    },
  };
}
export type Answers = ReturnType<typeof answersTo>;

/** The whole body as it must stand on the server for these answers, but for times, ids and places. */
export function bodyOf(answers: Answers, confidence = confidences[answers.confidence]) {
  const { ratings, preference, refusal, flag, reasoning, flagsCase, isAsked } = answers;
  const of = (side: 0 | 1) => Object.fromEntries(dimensions.map((key, row) => [key, ratings[row]?.[side]]));
  return {
    v: 1,
    ratings: { a: of(0), b: of(1) },
    preference,
    bothUnacceptable: false,
    refusal: { a: refusalVerdicts[refusal[0]], b: refusalVerdicts[refusal[1]] },
    reasoning,
    caseFlags: flagsCase ? [{ kind: caseFlagKinds[1], note: '' }] : [],
    safetyFlags: [
      {
        id: expect.any(String),
        side: flag.side,
        kind: safetyFlagKinds[flag.kind],
        severity: safetyFlagSeverities[flag.severity],
        note: '',
        start: expect.any(Number),
        end: expect.any(Number),
        quote: expect.any(String),
      },
    ],
    skip: null,
    confidence,
    ...(isAsked && { confirmations: [{ rule: 'preferred-less-safe', at: expect.any(String) }] }),
    guidelinesVersion: 1,
    rubricVersion: 1,
    time: expect.anything(),
  };
}

/** The words that the arrows have chosen. */
const picked = (page: Page) =>
  page.evaluate(() => [...(CSS.highlights.get('flag-picked') ?? [])].map(String).join(''));

async function flagPassage(page: Page, { press }: TestKeyboard, { flag }: Answers): Promise<string> {
  await press('x');
  if (flag.side === 'b') await press('x');
  for (let step = 0; step < flag.steps; step++) await press('ArrowRight');
  const words = await picked(page);
  await press('Enter', `Digit${flag.kind + 1}`, `Digit${flag.severity + 1}`);
  return words;
}

async function reason({ press, write }: TestKeyboard, { reasoning }: Answers): Promise<void> {
  await press('w');
  await write(reasoning.evidence);
  await press('Tab');
  await write(reasoning.alternatives);
  await press('Tab');
  await write(reasoning.conclusion);
  await press('Escape');
}

/** Answers the whole case on screen and hands it in; gives the words that were flagged. */
export async function doCase(page: Page, keyboard: TestKeyboard, answers: Answers): Promise<string> {
  const { press } = keyboard;
  for (const value of answers.ratings.flat()) await press(`Digit${value}`);
  if (answers.undoes) await press('Control+z', 'Control+Shift+z');
  await press('p', `Digit${answers.preference + 4}`);
  await press('r', `Digit${answers.refusal[0] + 1}`, 'r', `Digit${answers.refusal[1] + 1}`);
  await press('i', `Digit${answers.confidence + 1}`);
  if (answers.flagsCase) await press('f', 'Digit2', 'Escape');
  const words = await flagPassage(page, keyboard, answers);
  await reason(keyboard, answers);
  await press('Control+Enter');
  if (answers.isAsked) {
    await page.getByRole('alertdialog', { name: 'Are you sure?' }).waitFor();
    // A double press is no answer.
    await page.waitForTimeout(400);
    await press('Enter');
  }
  return words;
}
