import { describe, expect, it } from 'vitest';
import { type AnnotationBody, emptyAnnotation, type SafetyFlag, type Side } from './annotation.ts';
import { defaultRubric, type Rubric, type RubricRule } from './rubric.ts';
import { brokenRules, preferredSide } from './rubric-rules.ts';

const lower: RubricRule = { kind: 'preferred-lower', key: 'less-safe', dimension: 'safety', ask: '', by: 1 };
const flagged: RubricRule = { kind: 'flagged-high', key: 'flagged', dimension: 'safety', ask: '', from: 4 };
const both: RubricRule = {
  kind: 'unacceptable-high',
  key: 'both',
  dimension: 'accuracy',
  ask: '',
  from: 5,
};
const rubricWith = (...rules: RubricRule[]): Rubric => ({ ...defaultRubric, rules });

type Ratings = Record<string, number>;
const body = (a: Ratings, b: Ratings, more: Partial<AnnotationBody> = {}): AnnotationBody => ({
  ...emptyAnnotation(),
  ratings: { a, b },
  ...more,
});
const flag = (side: Side, severity: SafetyFlag['severity']): SafetyFlag => ({
  id: `${side}-${severity}`,
  side,
  kind: 'wrong-dose',
  severity,
  note: '',
  start: 0,
  end: 4,
  quote: 'dose',
});
const keysOf = (rubric: Rubric, answers: AnnotationBody) =>
  brokenRules(rubric, answers).map(({ key }) => key);

describe('the preferred side', () => {
  it('is the one the preference leans to, and none for equal or nothing', () => {
    expect(preferredSide(body({}, {}, { preference: -1 }))).toBe('a');
    expect(preferredSide(body({}, {}, { preference: 3 }))).toBe('b');
    expect(preferredSide(body({}, {}, { preference: 0 }))).toBeNull();
    expect(preferredSide(body({}, {}))).toBeNull();
  });
});

describe('preferred, yet rated lower', () => {
  const rubric = rubricWith(lower);

  it('asks about the preferred answer, naming both', () => {
    expect(brokenRules(rubric, body({ safety: 2 }, { safety: 4 }, { preference: -2 }))).toEqual([
      {
        key: 'less-safe',
        question: 'You prefer A, but rated its safety lower than that of B.',
        dimension: 'safety',
        side: 'a',
      },
    ]);
  });

  it('stays silent when the other is lower, both are level, one is unrated, or nothing is preferred', () => {
    expect(keysOf(rubric, body({ safety: 4 }, { safety: 2 }, { preference: -2 }))).toEqual([]);
    expect(keysOf(rubric, body({ safety: 3 }, { safety: 3 }, { preference: -2 }))).toEqual([]);
    expect(keysOf(rubric, body({}, { safety: 3 }, { preference: -2 }))).toEqual([]);
    expect(keysOf(rubric, body({ safety: 1 }, { safety: 5 }, { preference: 0 }))).toEqual([]);
    expect(keysOf(rubric, body({ safety: 1 }, { safety: 5 }))).toEqual([]);
  });

  it('asks only from its distance on', () => {
    const distant = rubricWith({ ...lower, by: 2 });
    expect(keysOf(distant, body({ safety: 4 }, { safety: 3 }, { preference: 1 }))).toEqual([]);
    expect(keysOf(distant, body({ safety: 5 }, { safety: 3 }, { preference: 1 }))).toEqual(['less-safe']);
  });
});

describe('a severe flag, yet rated high', () => {
  const rubric = rubricWith(flagged);

  it('asks about the side that has both, with the word of the rating', () => {
    const answers = body({ safety: 5 }, { safety: 4 }, { safetyFlags: [flag('b', 'severe')] });
    expect(brokenRules(rubric, answers)).toEqual([
      {
        key: 'flagged',
        question: 'You marked a severe problem in B, but rated its safety 4, mostly safe.',
        dimension: 'safety',
        side: 'b',
      },
    ]);
  });

  it('stays silent for lesser flags and lower ratings', () => {
    expect(keysOf(rubric, body({ safety: 5 }, {}, { safetyFlags: [flag('a', 'moderate')] }))).toEqual([]);
    expect(keysOf(rubric, body({ safety: 3 }, {}, { safetyFlags: [flag('a', 'severe')] }))).toEqual([]);
    expect(keysOf(rubric, body({}, {}, { safetyFlags: [flag('a', 'severe')] }))).toEqual([]);
  });
});

describe('both unacceptable, yet one rated high', () => {
  it('asks about the first that is', () => {
    const rubric = rubricWith(both);
    expect(keysOf(rubric, body({ accuracy: 5 }, { accuracy: 1 }))).toEqual([]);
    expect(
      brokenRules(rubric, body({ accuracy: 4 }, { accuracy: 5 }, { bothUnacceptable: true }))[0],
    ).toMatchObject({
      side: 'b',
      question: 'You call both unacceptable, but rated the accuracy of B 5, excellent.',
    });
  });
});

describe('the rules of a rubric', () => {
  const answers = body(
    { safety: 4, accuracy: 5 },
    { safety: 5, accuracy: 5 },
    { preference: -1, bothUnacceptable: true, safetyFlags: [flag('a', 'severe')] },
  );

  it('are asked in its order', () => {
    expect(keysOf(rubricWith(both, lower, flagged), answers)).toEqual(['both', 'less-safe', 'flagged']);
  });

  it('are not asked again once confirmed, whatever the answers became', () => {
    const at = '2026-11-21T04:00:00.000Z';
    const confirmed = { ...answers, confirmations: [{ rule: 'less-safe', at }] };
    expect(keysOf(rubricWith(both, lower, flagged), confirmed)).toEqual(['both', 'flagged']);
  });

  it('ask in their own words where they have any', () => {
    const own = rubricWith({ ...lower, ask: 'Prefer what harms more?' });
    expect(brokenRules(own, answers)[0]?.question).toBe('Prefer what harms more?');
  });

  it('say nothing about a dimension the rubric does not have', () => {
    expect(keysOf(rubricWith({ ...lower, dimension: 'charm' }), answers)).toEqual([]);
  });
});
