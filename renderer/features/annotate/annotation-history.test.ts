import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnnotationBody,
  caseFlagKinds,
  confidences,
  emptyAnnotation,
  preferenceSteps,
  refusalVerdicts,
  sides,
} from '../../../shared/schema/annotation.ts';
import { type Edit, edited, type History, redone, startHistory, undone } from './annotation-edit.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const side = fc.constantFrom(...sides);
const dimension = fc.constantFrom('accuracy', 'safety', 'tone');
const kind = fc.constantFrom(...caseFlagKinds);
const text = fc.string({ maxLength: 12 });
const body: fc.Arbitrary<AnnotationBody> = fc
  .record({ preference: fc.constantFrom(...preferenceSteps, null), bothUnacceptable: fc.boolean() })
  .map((some) => ({ ...emptyAnnotation(), ...some }));
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ type: fc.constant('rate' as const), side, dimension, value: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ type: fc.constant('unrate' as const), side, dimension }),
  fc.record({ type: fc.constant('prefer' as const), value: fc.constantFrom(...preferenceSteps, null) }),
  fc.record({ type: fc.constant('both-unacceptable' as const), on: fc.boolean() }),
  fc.record({
    type: fc.constant('refusal' as const),
    side,
    verdict: fc.constantFrom(...refusalVerdicts, null),
  }),
  fc.record({
    type: fc.constant('reasoning' as const),
    part: fc.constantFrom('evidence' as const, 'alternatives' as const, 'conclusion' as const),
    text,
  }),
  fc.record({ type: fc.constant('case-flag' as const), kind, on: fc.boolean() }),
  fc.record({ type: fc.constant('case-flag-note' as const), kind, note: text }),
  fc.record({ type: fc.constant('confidence' as const), value: fc.constantFrom(...confidences, null) }),
  fc.record({
    type: fc.constant('correction' as const),
    correction: fc.option(fc.record({ from: fc.option(side), text })),
    visit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    type: fc.constant('safety-flag' as const),
    flag: fc.record({
      id: fc.constantFrom('one', 'two'),
      side,
      kind: fc.constant('wrong-dose' as const),
      severity: fc.constantFrom('low' as const, 'severe' as const),
      note: text,
      start: fc.constant(0),
      end: fc.constant(4),
      quote: fc.constant('dose'),
    }),
  }),
  fc.record({ type: fc.constant('remove-safety-flag' as const), id: fc.constantFrom('one', 'two') }),
  fc.record({ type: fc.constant('replace' as const), body }),
);
/** An edit and the pause before it, milliseconds: some join the step before, some do not. */
const edits = fc.array(fc.tuple(edit, fc.constantFrom(0, 100, 900, 1500)), { maxLength: 60 });

function run(steps: readonly (readonly [Edit, number])[]): History {
  let at = 0;
  return steps.reduce((history, [one, pause]) => {
    at += pause;
    return edited(history, one, at);
  }, startHistory(emptyAnnotation()));
}

function toTheEnd(history: History, step: typeof undone): History {
  const next = step(history);
  return next ? toTheEnd(next.history, step) : history;
}

describe(`any run of edits (seed ${seed}; SEED=${seed} repeats it)`, () => {
  it('undone fully gives the first body, and redone the last', () => {
    fc.assert(
      fc.property(edits, (steps) => {
        const history = run(steps);
        const first = toTheEnd(history, undone);
        expect(first.present).toStrictEqual(emptyAnnotation());
        expect(toTheEnd(first, redone).present).toStrictEqual(history.present);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('walked back and forth anywhere never shows a body that was not there', () => {
    fc.assert(
      fc.property(edits, fc.array(fc.boolean(), { maxLength: 40 }), (steps, walk) => {
        const history = run(steps);
        const seen = [...history.past.map((step) => step.body), history.present];
        let here = history;
        for (const back of walk) here = (back ? undone(here) : redone(here))?.history ?? here;
        expect(seen).toContain(here.present);
      }),
      { seed, numRuns: 200 },
    );
  });
});
