import { expect, it } from 'vitest';
import { type AnnotationBody, annotationBodySchema, emptyAnnotation, preferenceSteps } from './annotation.ts';
import { turnBody } from './turn-body.ts';

const flag = {
  id: 'f',
  side: 'a',
  kind: 'wrong-dose',
  severity: 'severe',
  note: '',
  start: 0,
  end: 4,
  quote: '5 mg',
} as const;
const body: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: { a: { safety: 1 }, b: { safety: 5 }, later: 'kept' },
  refusal: { a: 'no-refusal', b: 'unhelpful-refusal' },
  preference: 2,
  safetyFlags: [flag, { ...flag, id: 'g', side: 'b' }],
  fromANewerApp: { a: 1 },
};

it('leaves a body alone that was seen in the order of the file', () => {
  expect(turnBody(body, false)).toBe(body);
});

it('turns ratings, refusal, preference and flags, and keeps what it does not know', () => {
  expect(turnBody(body, true)).toEqual({
    ...body,
    ratings: { a: { safety: 5 }, b: { safety: 1 }, later: 'kept' },
    refusal: { a: 'unhelpful-refusal', b: 'no-refusal' },
    preference: -2,
    safetyFlags: [
      { ...flag, side: 'b' },
      { ...flag, id: 'g', side: 'a' },
    ],
  });
});

it('turns which response a corrected answer was written over', () => {
  const corrected = { ...body, correction: { from: 'a' as const, text: 'Stop it.' } };
  expect(turnBody(corrected, true).correction).toEqual({ from: 'b', text: 'Stop it.' });
  const written = { ...body, correction: { from: null, text: 'Stop it.' } };
  expect(turnBody(written, true).correction).toEqual(written.correction);
});

it('is undone by turning again, for every preference, and never makes a minus zero', () => {
  for (const preference of [...preferenceSteps, null]) {
    const once = turnBody({ ...body, preference }, true);
    expect(Object.is(once.preference, -0)).toBe(false);
    expect(annotationBodySchema.parse(once)).toEqual(once);
    expect(turnBody(once, true)).toEqual({ ...body, preference });
  }
});
