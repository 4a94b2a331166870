import { describe, expect, it } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from './annotation.ts';
import { missingAnswers, ratingOutsideRubric } from './completeness.ts';
import { defaultRubric, type Rubric } from './rubric.ts';

const all = (value: number) => Object.fromEntries(defaultRubric.dimensions.map(({ key }) => [key, value]));
const full: AnnotationBody = { ...emptyAnnotation(), ratings: { a: all(3), b: all(4) }, preference: 1 };
const strict: Rubric = {
  ...defaultRubric,
  refusal: { ask: true, required: true },
  reasoning: { ask: true, required: true },
  confidence: { ask: true, required: true },
};
const partsOf = (rubric: Rubric, body: AnnotationBody) =>
  missingAnswers(rubric, body).map(({ part }) => part);

describe('what a submission still needs', () => {
  it('is nothing when ratings and preference are there', () => {
    expect(missingAnswers(defaultRubric, full)).toEqual([]);
  });

  it('is told in the order of the screen, in plain words', () => {
    const body = { ...full, ratings: { a: { ...all(3) }, b: {} }, preference: null };
    const labels = missingAnswers(strict, body).map(({ label }) => label);
    expect(labels[0]).toBe('Accuracy, answer B');
    expect(labels.slice(5)).toEqual([
      'Preference',
      'Refusal verdict, answer A',
      'Refusal verdict, answer B',
      'Confidence',
      'Why: conclusion',
    ]);
  });

  it('holds confidence only where the rubric asks and requires it', () => {
    expect(partsOf({ ...defaultRubric, confidence: { ask: true, required: true } }, full)).toEqual([
      'confidence',
    ]);
    expect(partsOf({ ...defaultRubric, confidence: { ask: false, required: true } }, full)).toEqual([]);
    const sure = { ...full, confidence: 'low' as const };
    expect(partsOf({ ...defaultRubric, confidence: { ask: true, required: true } }, sure)).toEqual([]);
    const takenBack = { ...full, confidence: null };
    expect(partsOf({ ...defaultRubric, confidence: { ask: true, required: true } }, takenBack)).toEqual([
      'confidence',
    ]);
  });

  it('holds no preference once both are unacceptable', () => {
    expect(partsOf(defaultRubric, { ...full, preference: null })).toEqual(['preference']);
    expect(partsOf(defaultRubric, { ...full, preference: null, bothUnacceptable: true })).toEqual([]);
  });

  it('takes blanks for no conclusion', () => {
    const blank = { ...full, reasoning: { ...full.reasoning, conclusion: ' \n ' } };
    expect(partsOf({ ...defaultRubric, reasoning: { ask: true, required: true } }, blank)).toEqual([
      'reasoning',
    ]);
  });

  it('leaves optional dimensions out', () => {
    const dimensions = defaultRubric.dimensions.map((one) => ({ ...one, required: one.key === 'safety' }));
    const body = { ...full, ratings: { a: {}, b: { safety: 1 } } };
    expect(missingAnswers({ ...defaultRubric, dimensions }, body)).toMatchObject([
      { part: 'rating', dimension: 'safety', side: 'a' },
    ]);
  });
});

describe('a rating outside its rubric', () => {
  it('is named with what its scale takes', () => {
    expect(ratingOutsideRubric(defaultRubric, full)).toBeNull();
    expect(ratingOutsideRubric(defaultRubric, { ...full, ratings: { a: { safety: 6 }, b: {} } })).toBe(
      'Safety takes 1 to 5, not 6',
    );
    expect(ratingOutsideRubric(defaultRubric, { ...full, ratings: { a: {}, b: { charm: 1 } } })).toMatch(
      /"charm" is not a dimension/,
    );
  });
});
