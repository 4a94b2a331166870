import { expect, it } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../schema/annotation.ts';
import { defaultRubric } from '../schema/rubric.ts';
import { countRawAgreement, preferenceSpread } from './raw-agreement.ts';

const body = (change: Partial<AnnotationBody>): AnnotationBody => ({ ...emptyAnnotation(), ...change });
const rated = (a: number, b: number, preference: AnnotationBody['preference']) =>
  body({ ratings: { a: { safety: a }, b: { safety: b } }, preference });

it('counts pairs of raters as one would by hand', () => {
  const agreement = countRawAgreement(defaultRubric);
  // Three raters, so three pairs: safety of A is 4, 4, 5; of B 1, 3, 5; preference 2, 1, -1.
  agreement.add([rated(4, 1, 2), rated(4, 3, 1), rated(5, 5, -1)]);
  // One rater alone makes no pair; of the next two, one left the preference open.
  agreement.add([rated(1, 1, 0)]);
  agreement.add([rated(2, 2, null), rated(2, 5, 3)]);
  const by = new Map(agreement.result().map((row) => [row.key, row]));
  expect(by.get('safety:a')).toMatchObject({ label: 'Safety, answer A', pairs: 4, same: 2, withinOne: 4 });
  expect(by.get('safety:b')).toMatchObject({ pairs: 4, same: 0, withinOne: 0 });
  expect(by.get('preference')).toMatchObject({ pairs: 3, same: 0, withinOne: 1 });
  expect(by.get('both-unacceptable')).toMatchObject({ pairs: 4, same: 4, withinOne: null });
  expect(by.get('refusal:a')).toMatchObject({ pairs: 0, same: 0, withinOne: null });
  expect(by.get('accuracy:a')).toMatchObject({ pairs: 0 });
});

it('leaves refusal out when the rubric does not ask for it', () => {
  const rubric = { ...defaultRubric, refusal: { ask: false, required: false } };
  const keys = countRawAgreement(rubric)
    .result()
    .map((row) => row.key);
  expect(keys.some((key) => key.startsWith('refusal'))).toBe(false);
});

it('measures the spread of preferences from two answers on', () => {
  expect(preferenceSpread([rated(1, 1, -3), rated(1, 1, 2), rated(1, 1, null)])).toBe(5);
  expect(preferenceSpread([rated(1, 1, 1), rated(1, 1, null)])).toBeNull();
});
