import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseRecordSchema } from '../../shared/schema/case-record.ts';
import { clinicalContextSchema } from '../../shared/schema/clinical-context.ts';
import { knownAnswerProblems, knownAnswersOf, ratingProblems } from '../../shared/schema/known-answer.ts';
import { rubricSchema } from '../../shared/schema/rubric.ts';

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

function loadCases() {
  const files = readdirSync(join(import.meta.dirname, 'cases')).filter((name) => name.endsWith('.jsonl'));
  return [...files.map((file) => join('cases', file)), 'practice.jsonl'].flatMap((file) =>
    read(file)
      .trimEnd()
      .split('\n')
      .map((line) => {
        const record = caseRecordSchema.parse(JSON.parse(line));
        return { file: basename(file), record, context: clinicalContextSchema.parse(record.context) };
      }),
  );
}

const cases = loadCases();
const practice = cases.filter(({ file }) => file === 'practice.jsonl');
const known = cases.filter(({ record }) => record.expert !== undefined);
const ids = cases.map(({ record }) => record.id);
const responses = cases.flatMap(({ record }) => record.responses);
const words = (text: string) => text.trim().split(/\s+/).length;
const hasTable = (text: string) => /^\|.*\|\n\|[\s:|-]+\|$/m.test(text);

/** The ids for which `holds` is false, so that a failure names the cases. */
const failing = (holds: (item: (typeof cases)[number]) => boolean) =>
  cases.filter((item) => !holds(item)).map(({ record }) => record.id);

describe('the demo study as a whole', () => {
  it('has at least 24 cases over at least 6 specialties', () => {
    expect(cases.length).toBeGreaterThanOrEqual(24);
    expect(new Set(cases.map(({ record }) => record.specialty)).size).toBeGreaterThanOrEqual(6);
  });

  it('gives every case and every response an id of its own', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(responses.map(({ id }) => id)).size).toBe(responses.length);
  });

  it('keeps each case in the file of its specialty, and practice in one of its own', () => {
    expect(
      failing(
        ({ file, record }) =>
          file === 'practice.jsonl' || record.id.startsWith(`demo-${file.replace('.jsonl', '')}-`),
      ),
    ).toEqual([]);
  });

  it('has conversations of several turns that end with the physician', () => {
    const talks = cases.map(({ record }) => record.prompt).filter((prompt) => typeof prompt !== 'string');
    expect(talks.length).toBeGreaterThanOrEqual(8);
    for (const turns of talks) expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('lists every case in the README, with its title', () => {
    const readme = read('README.md');
    expect(
      failing(({ record }) =>
        readme.includes(`| \`${record.id}\` | ${record.title} | ${record.specialty} |`),
      ),
    ).toEqual([]);
  });

  it('comes with a rubric that parses and whose anchors fit beside a slider', () => {
    const rubric = rubricSchema.parse(JSON.parse(read('rubric.json')));
    expect(rubric.name).toBe('Clinical answer quality');
    expect(rubric.dimensions.map(({ key }) => key)).toEqual([
      'accuracy',
      'safety',
      'completeness',
      'reasoning',
      'communication',
    ]);
    for (const { scale } of rubric.dimensions) {
      const anchors = scale.kind === 'steps' ? scale.anchors : [];
      expect(anchors).toHaveLength(5);
      expect(anchors.filter((anchor) => anchor.length > 14)).toEqual([]);
    }
  });

  it('comes with guidelines that name every dimension', () => {
    const guidelines = read('guidelines.md');
    for (const name of ['Accuracy', 'Safety', 'Completeness', 'Reasoning', 'Communication'])
      expect(guidelines).toContain(name);
  });
});

describe('known answers', () => {
  const answersOf = ({ record }: (typeof cases)[number]) => knownAnswersOf(record);

  it('stand on every case of practice, at least five, and on some of the work', () => {
    expect(practice.length).toBeGreaterThanOrEqual(5);
    expect(practice.filter((item) => answersOf(item).length !== 1)).toEqual([]);
    expect(known.length - practice.length).toBeGreaterThanOrEqual(2);
    expect(known.flatMap(({ record }) => knownAnswerProblems(record))).toEqual([]);
  });

  it('give a reason, rate both responses on every dimension, and quote what they flag', () => {
    const rubric = rubricSchema.parse(JSON.parse(read('rubric.json')));
    for (const item of known) {
      expect(ratingProblems(item.record, rubric), item.record.id).toEqual([]);
      for (const { one, two, answer } of answersOf(item)) {
        expect(answer.why.length, item.record.id).toBeGreaterThan(200);
        const sides = [
          { text: item.record.responses[one]?.text, said: answer.a },
          { text: item.record.responses[two]?.text, said: answer.b },
        ];
        for (const { text, said } of sides) {
          expect(Object.keys(said.ratings), item.record.id).toEqual(rubric.dimensions.map(({ key }) => key));
          for (const { quote } of said.flags) expect(text, item.record.id).toContain(quote);
        }
      }
    }
  });

  it('do not say "A" or "B": each physician sees the responses in an order of their own', () => {
    const lettered = /\b(?:answer|response) (?:A|B|one|two)\b|\b[AB]'s\b/;
    expect(known.filter((item) => answersOf(item).some(({ answer }) => lettered.test(answer.why)))).toEqual(
      [],
    );
  });

  it('of practice find either side better, and once neither acceptable', () => {
    const answers = practice.flatMap(answersOf).map(({ answer }) => answer);
    const signs = answers.map(({ preference }) => (preference === null ? null : Math.sign(preference)));
    expect(signs.filter((sign) => sign === -1).length).toBeGreaterThanOrEqual(2);
    expect(signs.filter((sign) => sign === 1).length).toBeGreaterThanOrEqual(2);
    expect(answers.filter(({ bothUnacceptable }) => bothUnacceptable)).toHaveLength(1);
  });
});

describe('the chart of each case', () => {
  it('names the patient, a problem and a dated note', () => {
    expect(
      failing(
        ({ context }) => Boolean(context.patient) && context.problems.length > 0 && context.notes.length > 0,
      ),
    ).toEqual([]);
  });

  it('lists medications', () => {
    expect(failing(({ context }) => context.medications.length > 0)).toEqual([]);
  });

  it('says either what the patient is allergic to or that no allergy is known, never both', () => {
    expect(failing(({ context }) => context.allergies.length > 0 !== context.noKnownAllergies)).toEqual([]);
  });

  it('has series, each with two to six points in the order of time', () => {
    expect(
      failing(({ context }) => {
        const series = [...context.vitals, ...context.labs];
        return (
          series.length > 0 &&
          series.every(({ points }) => {
            const at = points.map((point) => point.at);
            return at.length >= 2 && at.length <= 6 && at.join() === [...at].sort().join();
          })
        );
      }),
    ).toEqual([]);
  });

  it('holds only dates from February to October 2026', () => {
    expect(
      failing(({ context }) =>
        [
          ...context.notes.map((note) => note.date),
          ...[...context.vitals, ...context.labs].flatMap(({ points }) => points.map(({ at }) => at)),
        ].every((date) => date >= '2026-02-01' && date < '2026-11-01'),
      ),
    ).toEqual([]);
  });
});

describe('the two responses of each case', () => {
  it('are two, differ, and come from two models', () => {
    expect(
      failing(
        ({ record: { responses: pair } }) =>
          pair.length === 2 && pair[0]?.text !== pair[1]?.text && pair[0]?.model !== pair[1]?.model,
      ),
    ).toEqual([]);
  });

  it('leave a line on what differs for the lead', () => {
    expect(failing(({ record }) => String(record.meta.what_differs ?? '').length > 20)).toEqual([]);
  });

  it('never name a model, nor does anything else that a physician sees', () => {
    const leak = /\b(alpha|beta)\b|demo-model/i;
    expect(
      failing(({ record, context }) => {
        const seen = [record.title, record.prompt, context, record.responses.map(({ text }) => text)];
        return !leak.test(JSON.stringify(seen));
      }),
    ).toEqual([]);
  });

  it('put either model first about equally often', () => {
    const first = cases.filter(({ record }) => record.responses[0]?.model === 'demo-model-alpha').length;
    expect(first / cases.length).toBeGreaterThan(0.35);
    expect(first / cases.length).toBeLessThan(0.65);
  });

  it('include tables, very short and very long answers, and right-to-left text', () => {
    expect(responses.filter(({ text }) => hasTable(text)).length).toBeGreaterThanOrEqual(6);
    expect(responses.filter(({ text }) => words(text) <= 120).length).toBeGreaterThanOrEqual(5);
    expect(responses.some(({ text }) => words(text) >= 900)).toBe(true);
    expect(responses.some(({ text }) => /\p{Script=Arabic}/u.test(text))).toBe(true);
  });
});
