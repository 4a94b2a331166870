import { describe, expect, it } from 'vitest';
import { readRecordLine } from './record-line.ts';

const good = {
  id: 'case-1',
  prompt: 'May I give ibuprofen?',
  responses: [
    { id: 'r1', text: 'No.', model: 'm1', score: 0.5 },
    { id: 'r2', text: '', model: 'm2' },
  ],
  source: 'kept',
};
const problemsOf = (value: unknown) => {
  const read = readRecordLine(typeof value === 'string' ? value : JSON.stringify(value));
  return 'problems' in read
    ? read.problems.map(({ field, problem, fix }) => `${field}: ${problem} -> ${fix}`)
    : [];
};

describe('readRecordLine', () => {
  it('reads a record and keeps fields it does not know', () => {
    const read = readRecordLine(JSON.stringify(good));
    expect('record' in read && read.record).toMatchObject({ ...good, context: '', meta: {} });
  });

  it('names a missing field and what belongs there', () => {
    expect(problemsOf({ id: 'x', prompt: 'p' })).toEqual([
      'responses: is missing -> add a list of at least two responses {"id": "...", "text": "...", "model": "..."}',
    ]);
    expect(problemsOf({ ...good, responses: [{ id: 'a', model: 'm' }, good.responses[1]] })).toEqual([
      'responses[0].text: is missing -> add the text of the answer; an empty answer is ""',
    ]);
  });

  it('names a wrong type, an empty text and a list that is too short', () => {
    expect(problemsOf({ ...good, id: 7 })[0]).toMatch(/^id: is a number -> write a text/);
    expect(problemsOf({ ...good, id: '' })[0]).toMatch(/^id: is empty -> /);
    expect(problemsOf({ ...good, prompt: 3 })[0]).toMatch(
      /^prompt: is a number -> write a text, or a list of turns/,
    );
    expect(problemsOf({ ...good, responses: [good.responses[0]] })[0]).toMatch(
      /^responses: has fewer than 2 entries/,
    );
    expect(problemsOf([good])).toEqual([
      ': is a list -> write an object such as {"id": "...", "prompt": "...", "responses": [...]}',
    ]);
  });

  it('looks into the structured context and the turns of a prompt', () => {
    expect(problemsOf({ ...good, prompt: [{ role: 'doctor', content: 'x' }] })).toEqual([
      'prompt[0].role: is "doctor" -> write one of "system", "user", "assistant"',
    ]);
    const context = { labs: [{ name: 'K', points: [{ at: 'yesterday', value: '5.8' }] }], medication: [] };
    expect(problemsOf({ ...good, context })).toEqual([
      'context.labs[0].points[0].at: is "yesterday", not a date -> write a date such as 2025-03-14 or 2025-03-14T08:30',
      'context.labs[0].points[0].value: is a text -> write a number',
      'context.medication: is not a field of the structured record -> check its spelling, or move it to "meta"',
    ]);
  });

  it('says where a line stops being JSON', () => {
    expect(problemsOf('{"id": "x" "prompt": 1}')[0]).toMatch(
      /^: is not valid JSON at character 12, near "\{"id": "x" "prompt": 1\}"/,
    );
    expect(problemsOf('{"id": "x", "prompt": "half')[0]).toMatch(/ends in the middle, after/);
    expect(problemsOf('hello')[0]).toMatch(/is not valid JSON: "hello"/);
  });

  it('refuses two responses with one id', () => {
    const twin = { ...good.responses[0], text: 'Yes.' };
    expect(problemsOf({ ...good, responses: [...good.responses, twin] })).toEqual([
      'responses[2].id: repeats the id "r1" of responses[0] -> give each response of a record its own id',
    ]);
  });

  it('refuses what no database or hash can carry, wherever it stands', () => {
    expect(problemsOf({ ...good, prompt: 'a\u0000b' })[0]).toMatch(/^prompt: contains a NUL/);
    expect(problemsOf(`${JSON.stringify(good).slice(0, -1)},"meta":{"note":"\\ud83d"}}`)[0]).toMatch(
      /^meta\.note: contains a NUL or half/,
    );
    expect(problemsOf(`${JSON.stringify(good).slice(0, -1)},"big":1e999}`)[0]).toMatch(
      /^big: is a number too large/,
    );
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(problemsOf(`${JSON.stringify(good).slice(0, -1)},"deep":${deep}}`)[0]).toMatch(
      /nested deeper than 50 levels/,
    );
  });
});
