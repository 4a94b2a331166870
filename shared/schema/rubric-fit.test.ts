import { describe, expect, it } from 'vitest';
import { annotationBodySchema, emptyAnnotation } from './annotation.ts';
import { missingAnswers } from './completeness.ts';
import { defaultRubric, type Rubric } from './rubric.ts';
import { fittedTo, unfitRatings } from './rubric-fit.ts';
import { turnBody } from './turn-body.ts';

const [accuracy, safety, ...others] = defaultRubric.dimensions;
if (!accuracy || !safety) throw new Error('the default rubric has five dimensions');
const next: Rubric = {
  ...defaultRubric,
  dimensions: [
    { ...accuracy, scale: { kind: 'steps', anchors: ['no', 'partly', 'yes'] } },
    { ...safety, key: 'harm', label: 'Harm' },
    ...others,
  ],
  rules: [],
};
const body = {
  ...emptyAnnotation(),
  ratings: { a: { accuracy: 5, safety: 4, reasoning: 3 }, b: { accuracy: 2, reasoning: 1 } },
  rubricVersion: 1,
};

describe('an annotation under a new version of its rubric', () => {
  it('names what does not fit any more', () => {
    expect(unfitRatings(next, body)).toEqual([
      { side: 'a', dimension: 'accuracy', value: 5 },
      { side: 'a', dimension: 'safety', value: 4 },
    ]);
    expect(unfitRatings(defaultRubric, body)).toEqual([]);
  });

  it('keeps what fits, sets the rest aside with the version it was made under, and asks for it again', () => {
    const fitted = fittedTo(next, body);
    expect(fitted.ratings).toEqual({ a: { reasoning: 3 }, b: { accuracy: 2, reasoning: 1 } });
    expect(fitted.earlierRatings).toEqual([{ rubricVersion: 1, a: { accuracy: 5, safety: 4 }, b: {} }]);
    expect(unfitRatings(next, fitted)).toEqual([]);
    const missing = missingAnswers(next, fitted).map(({ label }) => label);
    expect(missing).toContain('Accuracy, answer A');
    expect(missing).toContain('Harm, answer B');
    expect(missing).not.toContain('Accuracy, answer B');
    expect(annotationBodySchema.parse(fitted)).toEqual(fitted);
  });

  it('is the very same where everything fits', () => {
    expect(fittedTo(defaultRubric, body)).toBe(body);
  });

  it('is turned for a reviewer with all that was set aside', () => {
    const turned = turnBody(fittedTo(next, body), true);
    expect(turned.earlierRatings).toEqual([{ rubricVersion: 1, a: {}, b: { accuracy: 5, safety: 4 } }]);
  });
});
