import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extentOf,
  type PassageUnit,
  type PickedPassage,
  sentenceAt,
  stepPassage,
  type UnitText,
} from './passage-units.ts';

const blocks = [
  'Not now. Her potassium is 5.8 mmol/L and rising. Guidelines advise against it.',
  'Stop at 6.0.',
  'a = 1\nb = 2',
];

function whole(parts: readonly string[]): UnitText {
  let at = 0;
  const placed = parts.map((part) => {
    const start = at;
    at += part.length + 1;
    return { start, end: start + part.length, lines: part.includes('\n') };
  });
  return { text: parts.join('\u0000'), blocks: placed };
}
const text = whole(blocks);
const words = (picked: PickedPassage | null) => {
  const { start, end } = extentOf(text, picked ?? { anchor: 0, head: 0 });
  return text.text.slice(start, end);
};
const begin = (at = 0) => sentenceAt(text, at) as PickedPassage;
const walk = (from: PickedPassage, ...steps: [PassageUnit, 'on' | 'back', 'extend'?][]) =>
  steps.reduce(
    (picked, [unit, way, extend]) => stepPassage(text, picked, unit, way === 'on', extend !== undefined),
    from,
  );

describe('choosing a passage by keyboard', () => {
  it('begins with the sentence at a place', () => {
    expect(words(begin())).toBe('Not now.');
    expect(words(begin(12))).toBe('Her potassium is 5.8 mmol/L and rising.');
    expect(words(begin(10_000))).toBe('');
  });

  it('goes sentence by sentence through all blocks, to both ends of the text', () => {
    expect(words(walk(begin(), ['sentence', 'on']))).toBe('Her potassium is 5.8 mmol/L and rising.');
    expect(words(walk(begin(), ['sentence', 'on'], ['sentence', 'on'], ['sentence', 'on']))).toBe(
      'Stop at 6.0.',
    );
    expect(words(walk(begin(80), ['sentence', 'on']))).toBe('a = 1');
    expect(words(walk(begin(80), ['sentence', 'back']))).toBe('Guidelines advise against it.');
    expect(walk(begin(), ['sentence', 'back'])).toEqual(begin());
    const last = begin(text.text.length - 1);
    expect(words(last)).toBe('b = 2');
    expect(walk(last, ['sentence', 'on'])).toBe(last);
  });

  it('goes block by block, to the first sentence of each', () => {
    expect(words(walk(begin(12), ['block', 'on']))).toBe('Stop at 6.0.');
    expect(words(walk(begin(12), ['block', 'on'], ['block', 'on']))).toBe('a = 1');
    expect(words(walk(begin(12), ['block', 'on'], ['block', 'back']))).toBe('Not now.');
  });

  it('grows and shrinks by sentences', () => {
    expect(words(walk(begin(), ['sentence', 'on', 'extend']))).toBe(
      'Not now. Her potassium is 5.8 mmol/L and rising.',
    );
    expect(words(walk(begin(), ['sentence', 'on', 'extend'], ['sentence', 'back', 'extend']))).toBe(
      'Not now.',
    );
    expect(words(walk(begin(12), ['block', 'on', 'extend']))).toBe(
      'Her potassium is 5.8 mmol/L and rising. Guidelines advise against it.',
    );
  });

  it('is refined by words', () => {
    const second = begin(12);
    expect(words(walk(second, ['word', 'on']))).toBe('Her');
    expect(words(walk(second, ['word', 'back']))).toBe('rising');
    expect(words(walk(second, ['word', 'on'], ['word', 'on'], ['word', 'on'], ['word', 'on']))).toBe('5.8');
    const dose = walk(
      second,
      ['word', 'on'],
      ['word', 'on'],
      ['word', 'on'],
      ['word', 'on'],
      ['word', 'on', 'extend'],
    );
    expect(words(dose)).toBe('5.8 mmol');
    expect(words(walk(dose, ['sentence', 'on']))).toBe('Her potassium is 5.8 mmol/L and rising.');
    expect(words(walk(second, ['word', 'back', 'extend']))).toBe('Her potassium is 5.8 mmol/L and rising');
  });

  it('turns around its anchor and is never empty', () => {
    const rising = walk(begin(12), ['word', 'back']);
    expect(words(walk(rising, ['word', 'back', 'extend']))).toBe('and');
    expect(words(walk(rising, ['word', 'back', 'extend'], ['word', 'back', 'extend']))).toBe('L and');
    expect(words(walk(rising, ['word', 'back', 'extend'], ['word', 'on', 'extend']))).toBe('rising');
  });

  it('always holds words of the text, whatever the steps', () => {
    const unit = fc.constantFrom<PassageUnit>('sentence', 'word', 'block');
    const part = fc.string({
      unit: fc.constantFrom('a', '5', '.', ' ', '\n', 'é', '😀', '!', '(', 'ب'),
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(unit, fc.boolean(), fc.boolean())),
        (parts, steps) => {
          const any = whole(parts);
          let picked = sentenceAt(any, 0);
          if (picked === null) return;
          for (const [by, forward, extend] of steps) {
            picked = stepPassage(any, picked, by, forward, extend);
            const { start, end } = extentOf(any, picked);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(any.text.length);
          }
        },
      ),
    );
  });
});
