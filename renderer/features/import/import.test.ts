import '../../../test/support/blob-reading.ts';
import { describe, expect, it } from 'vitest';
import { readFirstRecord } from './first-record.ts';
import { pairsOfRecord, pairsRule } from './pairs-rule.ts';

const record = {
  id: 'case-1',
  prompt: 'May I add spironolactone?',
  responses: [
    { id: 'r1', text: 'Not now.', model: 'one' },
    { id: 'r2', text: 'Yes.', model: 'two' },
  ],
};
const fileOf = (text: string | Uint8Array<ArrayBuffer>) => new File([text], 'pairs.jsonl');

async function gzip(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('the first record of a file', () => {
  it('is read past blank lines, and the rest of the file is left alone', async () => {
    const first = await readFirstRecord(fileOf(`\n\n${JSON.stringify(record)}\r\n{"broken`));
    expect(first).toMatchObject({ kind: 'record', record: { id: 'case-1' }, models: ['one', 'two'] });
  });
  it('is read from a gzipped file, whatever the file is called', async () => {
    const first = await readFirstRecord(fileOf(await gzip(`${JSON.stringify(record)}\n`)));
    expect(first.kind).toBe('record');
  });
  it.each([
    ['', 'is empty'],
    ['id,prompt\n1,x', 'not JSON'],
    [JSON.stringify({ ...record, responses: [record.responses[0]] }), '"responses"'],
  ])('says what is wrong with %j', async (text, words) => {
    expect(await readFirstRecord(fileOf(text))).toMatchObject({
      kind: 'problem',
      problem: expect.stringContaining(words),
    });
  });
  it('says so when a gzipped file is damaged', async () => {
    const bytes = await gzip(JSON.stringify(record));
    bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 0xff;
    expect(await readFirstRecord(fileOf(bytes.slice(0, 12)))).toMatchObject({ kind: 'problem' });
  });
});

describe('the rule for pairs', () => {
  it('is the form the server takes, and none while the baseline has no name', () => {
    expect(pairsRule('all', '')).toBe('all');
    expect(pairsRule('baseline', ' clinician ')).toBe('baseline:clinician');
    expect(pairsRule('baseline', ' ')).toBeNull();
  });
  it('says how many pairs a record gives', () => {
    const models = ['a', 'b', 'c', 'd'];
    expect(pairsOfRecord('all', models, '')).toBe(6);
    expect(pairsOfRecord('adjacent', models, '')).toBe(3);
    expect(pairsOfRecord('baseline', models, 'b')).toBe(3);
    expect(pairsOfRecord('baseline', models, 'x')).toBe(0);
  });
});
