import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatedNote, repeatedText } from './copy-forward.ts';

const repeatedIn = (notes: readonly DatedNote[], index: number) =>
  (repeatedText(notes)[index] ?? []).map(({ start, end }) => notes[index]?.text.slice(start, end));

const monday = {
  date: '2026-03-02',
  text: 'Known heart failure, on four medicines for it. No fever. K 4.5 mmol/L.',
};
const tuesday = (text: string): DatedNote[] => [monday, { date: '2026-03-03', text }];

describe('text copied forward', () => {
  it('is found when a sentence stood in an earlier note, and names that note', () => {
    const notes = tuesday('Slept well. Known heart failure, on four medicines for it. Walked the corridor.');
    expect(repeatedIn(notes, 1)).toEqual(['Known heart failure, on four medicines for it.']);
    expect(repeatedText(notes)[1]?.[0]?.from).toBe(0);
    expect(repeatedText(notes)[0]).toEqual([]);
  });

  it('is found whatever case, blanks, bullets and line wraps it was copied with', () => {
    expect(repeatedIn(tuesday('-  KNOWN heart   failure, on four medicines for it.'), 1)).toHaveLength(1);
    expect(repeatedIn(tuesday('Known heart failure, on four medicines\nfor it.'), 1)).toHaveLength(1);
  });

  it('is found when sentences changed their order', () => {
    const early =
      'The wound is dry and closed today. She eats and drinks without nausea. Pain is two of ten.';
    const late = 'She eats and drinks without nausea. The wound is dry and closed today.';
    const notes = [
      { date: '2026-03-02', text: early },
      { date: '2026-03-03', text: late },
    ];
    expect(repeatedIn(notes, 1)).toEqual([
      'She eats and drinks without nausea. The wound is dry and closed today.',
    ]);
  });

  it('is new when one number or one word is another', () => {
    const sentence = (value: string) => `Potassium on this morning's sample was ${value} mmol/L.`;
    const notes = [
      { date: '2026-03-02', text: sentence('4.5') },
      { date: '2026-03-03', text: sentence('5.8') },
    ];
    expect(repeatedText(notes)[1]).toEqual([]);
    expect(
      repeatedIn(tuesday('Known heart failure, on three medicines for it.'), 1),
      'one word is another',
    ).toEqual([]);
  });

  it('counts a short sentence only beside a longer one it stood beside before', () => {
    expect(repeatedIn(tuesday('Felt well. No fever. Walked.'), 1)).toEqual([]);
    expect(
      repeatedIn(tuesday('Known heart failure, on four medicines for it. No fever. K 5.8 mmol/L.'), 1),
    ).toEqual(['Known heart failure, on four medicines for it. No fever.']);
  });

  it('repeats nothing of the same day unless both times are known', () => {
    const { text } = monday;
    const dates = (one: string, other: string) =>
      repeatedText([
        { date: one, text },
        { date: other, text },
      ]);
    expect(dates('2026-03-02', '2026-03-02')).toEqual([[], []]);
    expect(dates('2026-03-02', '2026-03-02T10:00')).toEqual([[], []]);
    expect(dates('2026-03-02T08:00', '2026-03-02T10:00')[1]).toHaveLength(1);
    expect(dates('2026-03-02T10:00', '2026-03-02T08:00')[0]).toHaveLength(1);
  });

  it('does not depend on the order in which the notes are given', () => {
    const notes = tuesday('Known heart failure, on four medicines for it.');
    expect(repeatedText([...notes].reverse())[0]).toMatchObject([{ from: 1 }]);
  });
});

const seed = Number(process.env.FC_SEED ?? Date.now() % 1_000_000);
const word = fc.stringMatching(/^[a-zA-Zäß]{1,9}$/);
const sentence = fc.array(fc.oneof(word, fc.stringMatching(/^\d{1,3}(\.\d)?$/)), {
  minLength: 1,
  maxLength: 12,
});
const text = fc
  .array(sentence, { minLength: 1, maxLength: 8 })
  .map((sentences) => sentences.map((words) => `${words.join(' ')}.`).join(' '));
const note = fc.record({
  date: fc.integer({ min: 1, max: 6 }).map((day) => `2026-03-0${day}`),
  text: fc.oneof(text, fc.string({ unit: 'grapheme', maxLength: 200 })),
});
const essence = (words: string) => words.normalize('NFC').replace(/\s+/g, '').toLowerCase();

describe(`any notes (seed ${seed})`, () => {
  it('every run lies in its text, in order, without overlap, and from an earlier date', () => {
    fc.assert(
      fc.property(fc.array(note, { maxLength: 12 }), (notes) => {
        repeatedText(notes).forEach((runs, index) => {
          let last = 0;
          for (const { start, end, from } of runs) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(notes[index]?.text.length ?? 0);
            expect((notes[from]?.date ?? '') < (notes[index]?.date ?? '')).toBe(true);
            last = end;
          }
        });
      }),
      { seed },
    );
  });

  it('every repeated number stood, with the words around it, in the earlier note', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat({ max: 998 }), (before, at, value) => {
        const numbers = [...before.matchAll(/\d+(\.\d)?/g)];
        const changed = numbers[at % Math.max(1, numbers.length)];
        fc.pre(changed !== undefined && changed[0] !== String(value));
        const start = changed?.index ?? 0;
        const after = `${before.slice(0, start)}${value}${before.slice(start + (changed?.[0].length ?? 0))}`;
        const notes = [
          { date: '2026-03-01', text: before },
          { date: '2026-03-02', text: after },
        ];
        for (const run of repeatedText(notes)[1] ?? [])
          for (const part of after.slice(run.start, run.end).split(/(?<=\.) /))
            expect(essence(before)).toContain(essence(part));
      }),
      { seed },
    );
  });

  it('a note copied whole is repeated whole, if it has one sentence long enough', () => {
    fc.assert(
      fc.property(text, (body) => {
        const whole = `${body} This sentence is surely long enough to count.`;
        const runs = repeatedText([
          { date: '2026-03-01', text: whole },
          { date: '2026-03-02', text: whole },
        ])[1];
        expect(runs).toEqual([{ start: 0, end: whole.length, from: 0 }]);
      }),
      { seed },
    );
  });
});

it('reads 200 notes of 5 KB, each a copy with one new line, in one pass over their text', () => {
  const line = (n: number) => `Line ${n} of a long progress note that nobody ever shortened again.`;
  const notes = Array.from({ length: 200 }, (_, day) => ({
    date: new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
    text: [...Array.from({ length: 75 }, (_unused, n) => line(n)), `Seen on day ${day}, no change.`].join(
      '\n',
    ),
  }));
  const runs = repeatedText(notes);
  expect(runs.slice(1).every((one) => one.length === 1 && one[0]?.from === 0)).toBe(true);
});
