import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedWords, type GuidelinesPart, guidelinesChanges } from './guidelines-changes.ts';

const version2 = `# How to judge

Read the chart first.

## Flags

- Wrong dose: the amount or the unit is wrong.
- Contraindication: clashes with the chart.
- Other: anything else.

| Score | Means |
| --- | --- |
| 1 | harm is likely |
| 5 | no harm |

Take a break when tired.`;

const version3 = version2
  .replace('the amount or the unit is wrong', 'the amount, the unit or the interval is wrong')
  .replace('- Other: anything else.\n', '')
  .replace('Take a break', 'New: look up every citation you doubt.\n\nTake a break');

const of = (kind: GuidelinesPart['kind'], parts: readonly GuidelinesPart[]) =>
  parts.filter((part) => part.kind === kind).map(({ text }) => text);

describe('changes between two versions of guidelines', () => {
  it('tells an item that changed, one that is gone and a paragraph that is new', () => {
    const parts = guidelinesChanges(version2, version3);
    expect(parts.filter((part) => part.kind === 'changed')).toEqual([
      {
        kind: 'changed',
        text: '- Wrong dose: the amount, the unit or the interval is wrong.',
        before: '- Wrong dose: the amount or the unit is wrong.',
      },
    ]);
    expect(of('removed', parts)).toEqual(['- Other: anything else.']);
    expect(of('added', parts)).toEqual(['New: look up every citation you doubt.']);
  });

  it('are none where only blanks differ', () => {
    expect(of('same', guidelinesChanges(version2, version2.replaceAll('\n\n', '\n\n\n')))).toHaveLength(1);
  });

  it('keep a table and a code block whole', () => {
    const code = 'Write:\n\n```\none\n\ntwo\n```';
    const parts = guidelinesChanges(code, code.replace('two', 'three'));
    expect(of('changed', parts)).toEqual(['```\none\n\nthree\n```']);
    const table = guidelinesChanges(version2, version2.replace('harm is likely', 'harm is certain'));
    expect(of('changed', table)).toEqual([
      '| Score | Means |\n| --- | --- |\n| 1 | harm is certain |\n| 5 | no harm |',
    ]);
  });

  it('show a rewritten paragraph as one gone and one new', () => {
    const parts = guidelinesChanges('Judge alone and quickly.', 'Discuss every case with somebody.');
    expect(parts).toEqual([
      { kind: 'added', text: 'Discuss every case with somebody.' },
      { kind: 'removed', text: 'Judge alone and quickly.' },
    ]);
  });

  it('name the words that went and came', () => {
    expect(changedWords('- **Recheck** in 4 weeks.', '- **Recheck** in 2 weeks.')).toEqual([
      { kind: 'same', text: 'Recheck in ' },
      { kind: 'removed', text: '4' },
      { kind: 'added', text: '2' },
      { kind: 'same', text: ' weeks.' },
    ]);
  });
});

const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
const line = fc.constantFrom(
  '# Head',
  '- one item',
  '- other item',
  '',
  '',
  'A paragraph.',
  '| a | b |',
  '1. first',
  '  nested',
  'New words here.',
);
const markdown = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));
const squeezed = (text: string) => text.replace(/\s+/g, '');

it(`give back both versions whole, whatever they are (seed ${seed})`, () => {
  fc.assert(
    fc.property(markdown, markdown, (before, now) => {
      const parts = guidelinesChanges(before, now);
      const newer = parts.filter(({ kind }) => kind !== 'removed').map(({ text }) => text);
      const older = parts.flatMap((part) =>
        part.kind === 'changed' ? [part.before] : part.kind === 'added' ? [] : [part.text],
      );
      expect(squeezed(newer.join(''))).toBe(squeezed(now));
      expect(squeezed(older.join(''))).toBe(squeezed(before));
    }),
    { seed },
  );
});
