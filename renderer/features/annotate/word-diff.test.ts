import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffWords } from './word-diff.ts';
import { spokenDifference, summaryOf } from './word-diff-summary.ts';
import { rangeAt, readText } from './word-diff-text.ts';
import { wordsOf } from './word-diff-words.ts';

const forms = (text: string) => wordsOf(text).map(({ form }) => form);
const patient = { timeoutMs: 10_000 };

/** What is marked on each side, place by place. */
function marked(a: string, b: string): (string | null)[][] {
  const found = diffWords(a, b, patient);
  if (found.kind !== 'differences') throw new Error(found.kind);
  return found.differences.map((one) => [
    one.a && a.slice(one.a.from, one.a.to),
    one.b && b.slice(one.b.from, one.b.to),
  ]);
}

describe('the words of a text', () => {
  it('are words, numbers with sign and decimals, and the signs that turn a threshold around', () => {
    expect(forms('K is 5.8 mmol/L (≤ 5.0), −2 to 3,5 %; 10-20 mg, pH 7.35.')).toEqual([
      'K',
      'is',
      '5.8',
      'mmol',
      'L',
      '≤',
      '5.0',
      '-2',
      'to',
      '3,5',
      '%',
      '10',
      '20',
      'mg',
      'pH',
      '7.35',
    ]);
  });

  it('do not differ by a capital at the head of a sentence, but Mg is not mg', () => {
    expect(forms('Stop the DRUG, Mg')).toEqual(['stop', 'the', 'DRUG', 'Mg']);
  });

  it('do not differ by the kind of apostrophe or the spelling of an accent', () => {
    expect(forms('Crohn’s caf\u0065\u0301')).toEqual(forms("Crohn's caf\u00e9"));
  });

  it('are found where a script has no blanks', () => {
    expect(forms('应立即停用螺内酯').length).toBeGreaterThan(2);
    expect(forms('ควรหยุดยาทันที').length).toBeGreaterThan(1);
    expect(wordsOf('停用 5 mg').every(({ from, to }) => to > from)).toBe(true);
  });

  it('stand where they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let last = 0;
        for (const { from, to } of wordsOf(text)) {
          expect(from).toBeGreaterThanOrEqual(last);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          last = to;
        }
      }),
    );
  });
});

describe('word differences', () => {
  it('are what only one answer says, place by place', () => {
    expect(
      marked('Start 25 mg daily and check potassium', 'Start 12.5 mg daily, check potassium today'),
    ).toEqual([
      ['25', '12.5'],
      ['and', null],
      [null, 'today'],
    ]);
  });

  it('count a moved word as different', () => {
    expect(diffWords('stop it now then call us', 'then stop it now call us', patient)).toMatchObject({
      kind: 'differences',
      onlyA: 1,
      onlyB: 1,
    });
  });

  it('see a sign or a decimal that turns the advice around', () => {
    expect(marked('Stop when K is > 5.5 today', 'Stop when K is < 5.5 today')).toEqual([['>', '<']]);
    expect(marked('give 10 mg once a day', 'give 1.0 mg once a day')).toEqual([['10', '1.0']]);
  });

  it('are none where only layout differs', () => {
    expect(diffWords('Stop it.\nCall us!', 'stop it, call us', patient)).toEqual({ kind: 'same' });
    expect(diffWords('', '...', patient)).toEqual({ kind: 'same' });
  });

  it('are not marked where almost everything differs, or where one answer is empty', () => {
    expect(diffWords('alpha beta gamma delta', 'one two three four delta', patient).kind).toBe('apart');
    expect(diffWords('alpha beta gamma delta', 'delta gamma beta alpha', patient).kind).toBe('apart');
    expect(diffWords('', 'Stop it', patient)).toEqual({ kind: 'empty' });
  });

  it('give up when their time is over, and say so', () => {
    const words = (seed: number) =>
      Array.from({ length: 12_000 }, (_, at) => `w${(at * seed) % 9973}`).join(' ');
    const found = diffWords(words(7), words(11), { timeoutMs: 1 });
    expect(found).toEqual({ kind: 'gave-up' });
    expect(summaryOf(found)).toMatch(/too long and too different/);
  });

  it('and what is the same make up both texts', () => {
    const text = fc.array(fc.constantFrom('stop', 'start', '25', 'mg', '5.8', '>'), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [a, b] = [left.join(' '), right.join(' ')];
        const found = diffWords(a, b, patient);
        if (found.kind !== 'differences') return;
        expect(
          without(
            a,
            found.differences.map((one) => one.a),
          ),
        ).toEqual(
          without(
            b,
            found.differences.map((one) => one.b),
          ),
        );
        expect(left.length - found.onlyA).toBe(right.length - found.onlyB);
      }),
    );
  });
});

function without(text: string, spans: ({ from: number; to: number } | null)[]): string[] {
  let kept = '';
  let at = 0;
  for (const span of spans) {
    if (!span) continue;
    kept += text.slice(at, span.from);
    at = span.to;
  }
  return (kept + text.slice(at)).split(' ').filter((word) => word !== '');
}

describe('what is told of a comparison', () => {
  it.each([
    [{ kind: 'same' as const }, 'Both answers have the same words in the same order'],
    [
      { kind: 'apart' as const, share: 0.083 },
      'Almost everything differs: at most 8 % is the same. Nothing is marked',
    ],
    [
      { kind: 'differences' as const, onlyA: 1, onlyB: 24, share: 0.62, differences: [] },
      '1 word only in A, 24 only in B; the same: 62 %',
    ],
    [
      { kind: 'differences' as const, onlyA: 1, onlyB: 1, share: 0.9996, differences: [] },
      '1 word only in A, 1 only in B; the same: over 99 %',
    ],
  ])('is one line', (found, line) => expect(summaryOf(found)).toBe(line));

  it('is each difference in words, cut where it is long', () => {
    const texts = { a: `one ${'two '.repeat(200)}`, b: 'three' };
    const place = { number: 2, of: 7 };
    expect(spokenDifference({ a: { from: 0, to: 3 }, b: { from: 0, to: 5 } }, texts, place)).toBe(
      'Difference 2 of 7: A has “one”, B has “three”',
    );
    expect(spokenDifference({ a: { from: 4, to: 800 }, b: null }, texts, place)).toMatch(
      /only A has “two .*…”$/,
    );
  });
});

describe('the text of an answer', () => {
  it('parts blocks, joins what stands within words, and finds its places again', () => {
    document.body.innerHTML =
      '<div id="r"><p>Not <b>n</b>ow.</p><ul><li>one</li><li>two<span class="visually-hidden">x</span></li></ul></div>';
    const root = document.querySelector('#r') as HTMLElement;
    const read = readText(root);
    expect(read.text).toBe('Not now.\none\ntwo');
    expect(rangeAt(read, 4, 7)?.toString()).toBe('now');
    expect(rangeAt(read, 9, 16)?.toString()).toBe('onetwo');
    root.querySelector('p')?.replaceChildren('x');
    expect(rangeAt({ ...read, nodes: [] }, 4, 7)).toBeNull();
  });
});
