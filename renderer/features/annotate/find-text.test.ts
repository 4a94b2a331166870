import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockBreak, findPlaces, foldText } from './find-text.ts';

const found = (text: string, words: string) =>
  findPlaces(foldText(text), words).map(({ start, end }) => text.slice(start, end));

describe('finding words', () => {
  it.each([
    ['case', 'Potassium POTASSIUM', 'potassium', ['Potassium', 'POTASSIUM']],
    ['diacritics', 'naïve Ménière Meniere', 'meniere', ['Ménière', 'Meniere']],
    ['diacritics typed', 'Meniere', 'Ménière', ['Meniere']],
    ['marks apart from their letter', 'e\u0301tat', 'état', ['e\u0301tat']],
    ['runs of blanks', 'give  25\n   mg\u00a0daily', '25 mg daily', ['25\n   mg\u00a0daily']],
    ['kinds of dashes', '5–10 mg, 5-10 mg', '5-10', ['5–10', '5-10']],
    ['kinds of apostrophes', 'patient’s', "patient's", ['patient’s']],
    ['lowered figures', 'CO₂ and K⁺', 'co2', ['CO₂']],
    ['the two signs for micro', '5 µg 5 μg', '5 μg', ['5 µg', '5 μg']],
    ['ligatures', 'ﬁbrillation', 'fib', ['ﬁb']],
    ['a capital with a longer small form', 'İstanbul x', 'istanbul x', ['İstanbul x']],
    ['Arabic with its vowel marks', 'دَوَاء', 'دواء', ['دَوَاء']],
    ['characters nobody sees', 'pot\u00adas\u200bsium', 'potassium', ['pot\u00adas\u200bsium']],
    ['places one after the other', 'aaaa', 'aa', ['aa', 'aa']],
  ])('takes no notice of %s', (_, text, words, places) => {
    expect(found(text, words)).toEqual(places);
  });

  it('keeps vowel signs that are letters', () => {
    expect(found('कि का', 'का')).toEqual(['का']);
  });

  it('finds nothing across two blocks, and nothing for no words', () => {
    expect(found(`one${blockBreak}two`, 'onetwo')).toEqual([]);
    expect(found(`one${blockBreak}two`, 'one two')).toEqual([]);
    expect(found('one', '  ')).toEqual([]);
    expect(found(`a${blockBreak}b`, blockBreak)).toEqual([]);
  });

  it('gives offsets that stand on what was found, in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (before, words) => {
          const text = `${before} ${words} end`;
          const folded = foldText(text);
          expect(folded.starts.length).toBe(folded.text.length);
          for (const { start, end } of findPlaces(folded, words)) {
            expect(start).toBeLessThan(end);
            expect(foldText(text.slice(start, end)).text.trim()).toBe(foldText(words).text.trim());
          }
        },
      ),
    );
  });
});
