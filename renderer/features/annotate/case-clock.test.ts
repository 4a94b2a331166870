import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnnotationTime,
  annotationTimeSchema,
  timedSections,
} from '../../../shared/schema/annotation.ts';
import { type CaseClock, createCaseClock, idleLimitMs, tickMs } from './case-clock.ts';

const none: AnnotationTime = { activeMs: 0, wallMs: 0 };
const clockOf = (words = 0) => createCaseClock(none, words);

/** An awake machine: the timer runs every few seconds until a moment. */
function awake(clock: CaseClock, from: number, until: number) {
  for (let at = from + tickMs; at <= until; at += tickMs) clock.tick(at);
}

it('counts quiet reading as active up to the limit, and the rest as wall time only', () => {
  const clock = clockOf();
  clock.open(0);
  awake(clock, 0, 50_000);
  clock.sign(50_000, 'context');
  expect(clock.read(50_000)).toMatchObject({ activeMs: 50_000, wallMs: 50_000 });
  awake(clock, 50_000, 650_000);
  expect(clock.read(650_000)).toMatchObject({
    activeMs: 110_000,
    wallMs: 650_000,
    sections: { answers: 50_000, context: 60_000 },
  });
});

it('gives long texts a longer limit, but never longer than a screen of text takes', () => {
  expect(idleLimitMs(30)).toBe(60_000);
  expect(idleLimitMs(600)).toBe(200_000);
  expect(idleLimitMs(33_000)).toBe(300_000);
});

it('counts a window without focus as wall time and as focus lost, once for each time', () => {
  const clock = clockOf();
  clock.open(0);
  clock.leave(10_000);
  clock.leave(11_000);
  awake(clock, 11_000, 40_000);
  clock.comeBack(40_000);
  clock.comeBack(41_000);
  clock.close(45_000);
  expect(clock.read(99_000)).toMatchObject({
    activeMs: 15_000,
    wallMs: 45_000,
    focusLost: { times: 1, ms: 30_000 },
  });
});

it('counts a case that opens behind another window as focus lost from the start', () => {
  const clock = clockOf();
  clock.open(0, false);
  expect(clock.read(9000)).toMatchObject({ activeMs: 0, wallMs: 9000, focusLost: { times: 1, ms: 9000 } });
});

it('counts a closed lid as nothing at all, and needs a sign before time is active again', () => {
  const clock = clockOf();
  clock.open(0);
  awake(clock, 0, 10_000);
  clock.tick(8 * 3600_000);
  awake(clock, 8 * 3600_000, 8 * 3600_000 + 30_000);
  expect(clock.read(8 * 3600_000 + 30_000)).toMatchObject({ activeMs: 10_000, wallMs: 40_000 });
  clock.sign(8 * 3600_000 + 30_000, 'answers');
  expect(clock.read(8 * 3600_000 + 35_000)).toMatchObject({ activeMs: 15_000, wallMs: 45_000 });
});

it('counts nothing for a clock that jumps back', () => {
  const clock = clockOf();
  clock.open(100_000);
  clock.sign(105_000, null);
  clock.sign(3000, null);
  expect(clock.read(0)).toMatchObject({ activeMs: 5000, wallMs: 5000 });
});

it('goes on from what was spent before, on this laptop or another', () => {
  const before = {
    activeMs: 1000,
    wallMs: 2000,
    sections: { context: 400, judging: 600 },
    focusLost: { times: 2, ms: 500 },
    edits: 7,
  };
  const clock = createCaseClock(before, 0);
  clock.open(500);
  clock.sign(500, 'judging');
  clock.countEdit();
  clock.close(1500);
  expect(clock.read(1500)).toEqual({
    activeMs: 2000,
    wallMs: 3000,
    sections: { context: 400, judging: 1600 },
    focusLost: { times: 2, ms: 500 },
    edits: 8,
  });
});

it('tells no sections where an older app counted without them, because they could not add up', () => {
  const clock = createCaseClock({ activeMs: 1000, wallMs: 2000 }, 0);
  clock.open(0);
  expect(clock.read(1000)).toMatchObject({ activeMs: 2000, wallMs: 3000 });
  expect(clock.read(1000)).not.toHaveProperty('sections');
});

describe('whatever happens, in whatever order', () => {
  const seed = Number(process.env.SEED ?? 20261121);
  const step = fc.record({
    /** Backward jumps and sleeps among the usual few seconds. */
    wait: fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 9000, noNaN: true }) },
      fc.integer({ min: -50_000, max: 400_000 }),
    ),
    what: fc.constantFrom('sign', 'tick', 'leave', 'comeBack', 'close', 'open', 'edit'),
    section: fc.constantFrom(...timedSections, null),
  });
  const steps = fc.array(step, { maxLength: 60 });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function take(clock: CaseClock, at: number, { what, section }: Step) {
    if (what === 'sign') clock.sign(at, section);
    else if (what === 'edit') clock.countEdit();
    else clock[what](at);
  }
  function holds(property: (clock: CaseClock, run: readonly { at: number; step: Step }[]) => void) {
    const check = fc.property(steps, fc.nat({ max: 2000 }), (all, words) => {
      let at = 5000;
      const run = all.map((one) => {
        at += one.wait;
        return { at, step: one };
      });
      const clock = clockOf(words);
      clock.open(5000);
      property(clock, run);
    });
    fc.assert(check, { seed, numRuns: 400 });
  }

  it(`active and lost time fit into wall time, sections add up, figures only grow (seed ${seed})`, () => {
    holds((clock, run) => {
      let before = clock.read(5000);
      let latest = 5000;
      for (const { at, step: one } of run) {
        take(clock, at, one);
        latest = Math.max(latest, at);
        const time = annotationTimeSchema.parse(clock.read(latest));
        const sections = Object.values(time.sections ?? {}).reduce((sum, ms) => sum + ms, 0);
        expect(sections).toBe(time.activeMs);
        expect(time.activeMs + (time.focusLost?.ms ?? 0)).toBeLessThanOrEqual(time.wallMs);
        expect(time.activeMs).toBeGreaterThanOrEqual(before.activeMs);
        expect(time.wallMs).toBeGreaterThanOrEqual(before.wallMs);
        expect(time.focusLost?.ms).toBeGreaterThanOrEqual(before.focusLost?.ms ?? 0);
        before = time;
      }
    });
  });

  it(`no quiet stretch counts for more than the limit, however often the timer runs (seed ${seed})`, () => {
    holds((clock, run) => {
      for (const { at, step: one } of run) take(clock, at, one);
      const last = Math.max(5000, ...run.map(({ at }) => at));
      const before = clock.read(last).activeMs;
      awake(clock, last, last + 700_000);
      expect(clock.read(last + 700_000).activeMs - before).toBeLessThanOrEqual(idleLimitMs(2000));
    });
  });
});
