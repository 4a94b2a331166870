import { describe, expect, it } from 'vitest';
import type { ArrivedAnnotation } from '../../../shared/contract/reviews.ts';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { Dimension } from '../../../shared/schema/rubric.ts';
import { agreementLines } from './agreement-lines.ts';
import { preferenceMarks, raterShort, ratingMarks } from './marks.ts';
import { percentText, preferenceWords } from './review-words.ts';

const dimension: Dimension = {
  key: 'safety',
  label: 'Safety',
  description: '',
  required: true,
  scale: { kind: 'steps', anchors: ['harm', 'risky', 'unclear', 'mostly safe', 'safe'] },
};
const rated = (rater: string, a: number | undefined, over: Partial<AnnotationBody> = {}): ArrivedAnnotation =>
  ({
    rater,
    body: { ...emptyAnnotation(), ratings: { a: a === undefined ? {} : { safety: a }, b: {} }, ...over },
  }) as ArrivedAnnotation;

describe("raters' marks on one scale", () => {
  it('run from the low to the high anchor and carry its words', () => {
    const marks = ratingMarks([rated('Rater 1', 1), rated('Rater 2', 4)], dimension, 'a');
    expect(marks.map(({ at, words }) => [at, words])).toEqual([
      [0, '1 harm'],
      [0.75, '4 mostly safe'],
    ]);
  });
  it('stand beside each other where they are the same', () => {
    const marks = ratingMarks(
      [rated('Rater 1', 3), rated('Rater 2', 3), rated('Rater 3', 5)],
      dimension,
      'a',
    );
    expect(marks.map((mark) => mark.place)).toEqual([0, 1, 0]);
  });
  it('are left out for a rater who did not rate', () => {
    expect(ratingMarks([rated('Rater 1', undefined)], dimension, 'a')).toEqual([]);
    expect(ratingMarks([rated('Rater 1', 3)], dimension, 'b')).toEqual([]);
  });
  it('work on a scale from 0 to 100', () => {
    const range: Dimension = { ...dimension, scale: { kind: 'range', low: 'worst', high: 'best' } };
    expect(ratingMarks([rated('Rater 1', 40)], range, 'a')[0]).toMatchObject({ at: 0.4, words: '40' });
  });
  it('put preferences between the two responses', () => {
    const marks = preferenceMarks(
      [rated('Rater 1', 1, { preference: -3 }), rated('Rater 2', 1, { preference: 0 }), rated('Rater 3', 1)],
      preferenceWords,
    );
    expect(marks.map(({ at, words }) => [at, words])).toEqual([
      [0, 'Response 1 much better'],
      [0.5, 'equal'],
    ]);
  });
  it('carry a short name', () => {
    expect(raterShort('Rater 12')).toBe('12');
    expect(raterShort('Anna')).toBe('An');
  });
});

describe('a percentage', () => {
  it('is a dash without anything to count', () => {
    expect(percentText(0, 0)).toBe('–');
    expect(percentText(null, 5)).toBe('–');
    expect(percentText(5, 6)).toBe('83 %');
  });
});

describe('the lines of raw agreement', () => {
  const row = (key: string, label: string) => ({ key, label, pairs: 4, same: 2, withinOne: 3 });
  it('put both responses of a dimension beside each other and leave what is asked once alone', () => {
    const lines = agreementLines([
      row('safety:a', 'Safety, answer A'),
      row('safety:b', 'Safety, answer B'),
      row('preference', 'Preference'),
    ]);
    expect(lines.map(({ label, first, second }) => [label, first.key, second?.key ?? null])).toEqual([
      ['Safety', 'safety:a', 'safety:b'],
      ['Preference', 'preference', null],
    ]);
  });
});
