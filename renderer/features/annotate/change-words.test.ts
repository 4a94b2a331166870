import { describe, expect, it } from 'vitest';
import { emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import { applyEdit, type Edit } from './annotation-edit.ts';
import { changeWords } from './change-words.ts';

const flag = {
  id: 'f',
  side: 'b',
  kind: 'wrong-dose',
  severity: 'severe',
  note: '',
  start: 0,
  end: 4,
  quote: 'dose',
} as const;
const after = (...edits: Edit[]) => edits.reduce(applyEdit, emptyAnnotation());
const words = (from: Edit[], to: Edit[]) => changeWords(defaultRubric, after(...from), after(...to));
const rate = (value: number): Edit => ({ type: 'rate', side: 'a', dimension: 'safety', value });

describe('the words for a change', () => {
  it.each<[string, Edit[], Edit[]]>([
    ['Safety of A, 4 to 2', [rate(4)], [rate(2)]],
    ['Safety of A, 4 to not rated', [rate(4)], []],
    ['Preference, A better to Equal', [{ type: 'prefer', value: -2 }], [{ type: 'prefer', value: 0 }]],
    ['Both unacceptable, off to on', [], [{ type: 'both-unacceptable', on: true }]],
    ['Refusal of B, not given to No refusal', [], [{ type: 'refusal', side: 'b', verdict: 'no-refusal' }]],
    ['Confidence, High to not given', [{ type: 'confidence', value: 'high' }], []],
    ['Why: evidence', [], [{ type: 'reasoning', part: 'evidence', text: 'K 5.8' }]],
    ['Corrected answer', [], [{ type: 'correction', correction: { from: 'a', text: 'No.' } }]],
    ['Corrected answer, taken away', [{ type: 'correction', correction: { from: 'a', text: 'No.' } }], []],
    ['Flag “Broken case”, on to off', [{ type: 'case-flag', kind: 'broken-case', on: true }], []],
    [
      'Note on “Broken case”',
      [{ type: 'case-flag', kind: 'broken-case', on: true }],
      [
        { type: 'case-flag', kind: 'broken-case', on: true },
        { type: 'case-flag-note', kind: 'broken-case', note: 'cut off' },
      ],
    ],
    ['Marked passage in B, put back', [], [{ type: 'safety-flag', flag }]],
    ['Marked passage in B, taken away', [{ type: 'safety-flag', flag }], []],
    [
      'Marked passage in B',
      [{ type: 'safety-flag', flag }],
      [{ type: 'safety-flag', flag: { ...flag, severity: 'low' } }],
    ],
    ['2 answers', [], [rate(3), { type: 'prefer', value: 1 }]],
  ])('are "%s"', (expected, from, to) => {
    expect(words(from, to)).toBe(expected);
  });

  it('are none where nothing differs that a person could see', () => {
    const body = emptyAnnotation();
    expect(changeWords(defaultRubric, body, { ...body, time: { activeMs: 5, wallMs: 9 } })).toBeNull();
  });
});
