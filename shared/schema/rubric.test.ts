import { describe, expect, it } from 'vitest';
import { anchorOf, defaultRubric, type RubricRule, rubricSchema, scaleBounds } from './rubric.ts';

const parse = (change: Record<string, unknown>) => rubricSchema.safeParse({ ...defaultRubric, ...change });
const messages = (result: ReturnType<typeof parse>) =>
  result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
const rule = (change: Partial<RubricRule>) => ({
  kind: 'flagged-high',
  key: 'one',
  dimension: 'safety',
  from: 4,
  ...change,
});

describe('the rules of a rubric', () => {
  it('are part of the rubric a study starts with', () => {
    expect(defaultRubric.rules.map(({ kind }) => kind)).toEqual([
      'preferred-lower',
      'flagged-high',
      'unacceptable-high',
    ]);
  });

  it('must be about a dimension the rubric has', () => {
    expect(messages(parse({ rules: [rule({ dimension: 'charm' })] }))).toEqual([
      'rules.0.dimension: no dimension has the key "charm"',
    ]);
  });

  it('must begin at a value their scale has', () => {
    expect(messages(parse({ rules: [rule({}), { ...rule({ key: 'two' }), from: 6 }] }))).toEqual([
      'rules.1.from: "safety" has no value 6',
    ]);
    expect(messages(parse({ rules: [{ ...rule({}), from: 0 }] }))).toEqual([
      'rules.0.from: "safety" has no value 0',
    ]);
    const dimensions = defaultRubric.dimensions.map((one) => ({
      ...one,
      scale: { kind: 'range', low: 'harm', high: 'safe' },
    }));
    expect(parse({ dimensions, rules: [{ ...rule({}), from: 80 }] }).success).toBe(true);
  });

  it('must not share a key', () => {
    expect(messages(parse({ rules: [rule({}), rule({})] }))).toEqual(['rules: two rules share a key']);
  });
});

describe('a scale', () => {
  it('runs from 1 to its anchors, or from 0 to 100', () => {
    expect(scaleBounds({ kind: 'steps', anchors: ['no', 'yes'] })).toEqual({ min: 1, max: 2 });
    expect(scaleBounds({ kind: 'range', low: 'no', high: 'yes' })).toEqual({ min: 0, max: 100 });
    expect(anchorOf({ kind: 'range', low: 'no', high: 'yes' }, 50)).toBe('');
    expect(anchorOf({ kind: 'range', low: 'no', high: 'yes' }, 100)).toBe('yes');
    expect(anchorOf({ kind: 'steps', anchors: ['no', 'yes'] }, 2)).toBe('yes');
  });
});
