import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../test/support/shared-data.ts';
import { type ContextBlock, contextBlocks } from './context-blocks.ts';

const kinds = (text: string) => contextBlocks(text).map(({ kind }) => kind);

describe('raw context', () => {
  it('sets off the turns of a talk, in brackets or before a colon', () => {
    expect(contextBlocks('[doctor] hi\n[patient_guest] hey\n[doctor] well\n[patient_guest] good')).toEqual([
      { kind: 'turn', speaker: 'doctor', voice: 0, text: 'hi' },
      { kind: 'turn', speaker: 'patient_guest', voice: 1, text: 'hey' },
      { kind: 'turn', speaker: 'doctor', voice: 0, text: 'well' },
      { kind: 'turn', speaker: 'patient_guest', voice: 1, text: 'good' },
    ]);
    expect(kinds('Doctor: Hi?\r\n Patient: Hey.\r\nDoctor: Pain?\r\nPatient: Yes.')).toEqual([
      'turn',
      'turn',
      'turn',
      'turn',
    ]);
  });

  it('takes no single label for a speaker', () => {
    expect(kinds('Reason: dyspnoea.\n\nSource: the family.')).toEqual(['paragraph', 'paragraph']);
  });

  it('recognises heads that charts use, and leaves sentences whole', () => {
    expect(contextBlocks('Allergies: penicillin (rash)\nMedications: none')).toEqual([
      { kind: 'paragraph', label: 'Allergies:', text: ' penicillin (rash)' },
      { kind: 'paragraph', label: 'Medications:', text: ' none' },
    ]);
    expect(kinds('PAST MEDICAL HISTORY\nGout.\n\nFamily situation:\nLives alone.')).toEqual([
      'heading',
      'paragraph',
      'heading',
      'paragraph',
    ]);
    expect(kinds('She planned: nothing of it came true.')).toEqual(['paragraph']);
  });

  it('keeps columns level, tabs too', () => {
    expect(contextBlocks('Date        K    Na\n2026-01-10  4.5  138')).toEqual([
      { kind: 'table', text: 'Date        K    Na\n2026-01-10  4.5  138' },
    ]);
    expect(contextBlocks('Drug\tDose\nFurosemide\t40 mg')).toEqual([
      { kind: 'table', text: 'Drug        Dose\nFurosemide  40 mg' },
    ]);
    expect(kinds('One sentence.  Two blanks after it.\nAnother line.')).toEqual(['paragraph']);
  });
});

const wordsIn = (block: ContextBlock) =>
  block.kind === 'turn'
    ? block.speaker + block.text
    : block.kind === 'paragraph'
      ? block.label + block.text
      : block.text;
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
const line = fc.oneof(
  fc.constantFrom(
    '[doctor] hi',
    '[patient] hey',
    'Plan: go',
    'A\tB',
    'a   b   c',
    '| x | y |',
    'HEAD',
    '',
    '---',
  ),
  fc.string({ maxLength: 40 }),
);

it(`loses no letter of any text (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const text = lines.join('\n');
      expect(letters(contextBlocks(text).map(wordsIn).join(''))).toBe(letters(text));
    }),
    { seed },
  );
});

const aciBench = sharedData('clinical-aci-bench/notes.jsonl');

it.runIf(aciBench)('reads every real visit as a talk, whole', () => {
  const records = readFileSync(aciBench ?? '', 'utf8')
    .trim()
    .split('\n');
  for (const record of records) {
    const { context } = JSON.parse(record) as { context: string };
    const blocks = contextBlocks(context);
    expect(letters(blocks.map(wordsIn).join(''))).toBe(letters(context));
    expect(blocks.filter(({ kind }) => kind === 'turn').length).toBeGreaterThan(blocks.length / 2);
  }
});
