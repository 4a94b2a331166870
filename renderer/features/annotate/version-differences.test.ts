import { describe, expect, it } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { RevisionId } from '../../../shared/schema/ids.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import type { OtherVersion } from '../../data/types.ts';
import { chosenBody, stateOfChoice } from './version-choice.ts';
import { pickedBody, versionDifferences } from './version-differences.ts';

const own: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: { a: { accuracy: 4, safety: 5 }, b: { accuracy: 2 } },
  preference: -2,
  reasoning: { evidence: 'Same on both.', alternatives: '', conclusion: 'A stops the drug.' },
  confirmations: [{ rule: 'one', at: '2026-11-21T09:00:00.000Z' }],
};
const other: AnnotationBody = {
  ...own,
  ratings: { a: { accuracy: 4, safety: 2 }, b: { accuracy: 2, completeness: 3 } },
  preference: null,
  bothUnacceptable: true,
  confidence: 'high',
  reasoning: { ...own.reasoning, conclusion: 'Both are unsafe.' },
  caseFlags: [{ kind: 'broken-case', note: 'cut off' }],
  confirmations: [{ rule: 'two', at: '2026-11-21T09:00:00.000Z' }],
  time: { activeMs: 5, wallMs: 5 },
};
const differences = versionDifferences(defaultRubric, own, other);

describe('what differs between two versions', () => {
  it('names each answer that differs with the words of both, in the order of the screen, and nothing else', () => {
    expect(differences.map(({ label, own: mine, other: theirs }) => [label, mine, theirs])).toEqual([
      ['Safety of A', '5 · safe', '2 · risky'],
      ['Completeness of B', 'not answered', '3 · adequate'],
      ['Preference', 'A better', 'Both unacceptable'],
      ['Why: conclusion', 'A stops the drug.', 'Both are unsafe.'],
      ['Confidence', 'not answered', 'High'],
      ['Flag: Broken case', 'not answered', 'flagged: cut off'],
    ]);
  });

  it('names answers to a dimension that the rubric has no more', () => {
    const rated = { ...own, ratings: { ...own.ratings, a: { ...own.ratings.a, empathy: 3 } } };
    expect(versionDifferences(defaultRubric, own, rated)).toMatchObject([
      { label: 'empathy of A', other: '3' },
    ]);
  });

  it('takes over single answers and leaves every other as it was', () => {
    const picks = new Map([
      ['rating a safety', 'other'],
      ['case-flag broken-case', 'other'],
    ] as const);
    const picked = pickedBody(differences, picks, own, other);
    expect(picked.ratings).toEqual({ a: { accuracy: 4, safety: 2 }, b: { accuracy: 2 } });
    expect(picked.caseFlags).toEqual(other.caseFlags);
    expect(picked).toMatchObject({ preference: -2, reasoning: own.reasoning });
    expect(picked.confirmations?.map(({ rule }) => rule)).toEqual(['one', 'two']);
  });

  it('is the very version where all or none is taken from it', () => {
    const all = (side: 'own' | 'other') => new Map(differences.map(({ id }) => [id, side] as const));
    expect(pickedBody(differences, all('other'), own, other)).toBe(other);
    expect(pickedBody(differences, all('own'), own, other)).toBe(own);
  });

  it('each answer taken over by itself removes that difference and no other', () => {
    for (const { id } of differences) {
      const picked = pickedBody(differences, new Map([[id, 'other']]), own, other);
      const left = versionDifferences(defaultRubric, picked, other).map((one) => one.id);
      expect(left).toEqual(differences.map((one) => one.id).filter((one) => one !== id));
    }
  });
});

const revision = (n: number) => `00000008-0000-7000-8000-00000000000${n}` as RevisionId;
const otherVersion = (mine: OtherVersion['state'], theirs: OtherVersion['state']): OtherVersion => ({
  revisionId: revision(2),
  state: theirs,
  madeAt: null,
  device: 'Ward 3',
  body: other,
  own: { revisionId: revision(1), state: mine, madeAt: null, device: null },
});

describe('the choice', () => {
  it('says which two revisions it was between and what was kept', () => {
    const at = '2026-11-21T10:00:00.000Z';
    const chosen = chosenBody(own, otherVersion('submitted', 'draft'), { kept: 'own', body: own }, at);
    expect(chosen.resolutions).toEqual([{ revisions: [revision(1), revision(2)], kept: 'own', at }]);
    const again = chosenBody(chosen, otherVersion('draft', 'draft'), { kept: 'parts', body: other }, at);
    expect(again.resolutions).toHaveLength(2);
  });

  it.each([
    ['own', 'submitted', 'draft', 'submitted'],
    ['own', 'draft', 'submitted', 'draft'],
    ['other', 'draft', 'submitted', 'submitted'],
    ['other', 'submitted', 'skipped', 'skipped'],
    ['parts', 'submitted', 'submitted', 'submitted'],
    ['parts', 'submitted', 'draft', 'draft'],
  ] as const)('%s of %s and %s is %s', (kept, mine, theirs, state) => {
    expect(stateOfChoice(otherVersion(mine, theirs), { kept, body: own })).toBe(state);
  });
});
