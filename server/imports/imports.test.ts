import { createReadStream, existsSync, openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCases as importEndpoint } from '../../shared/contract/imports.ts';
import { AppError } from '../../shared/errors.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { createStudy } from '../studies/domain.ts';
import { type ImportInput, importCases } from './domain.ts';

const dataFolder = new URL('../../../shared/data/', import.meta.url);
const hasData = existsSync(dataFolder);
if (!hasData)
  console.warn(`The imports of real files do not run: there is no folder ${dataFolder.pathname}.`);

let server: TestServer;
let lead: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server?.stop());

let studies = 0;
async function newStudy(): Promise<StudyId> {
  studies += 1;
  return (await createStudy(server.context, { name: `Study ${studies}` })).id;
}

const record = (id: string, change: object = {}) => ({
  id,
  prompt: `What about ${id}?`,
  responses: [
    { id: 'a', text: `First answer to ${id}.`, model: 'model-a' },
    { id: 'b', text: `Second answer to ${id}.`, model: 'model-b' },
    { id: 'c', text: `Third answer to ${id}.`, model: 'model-c' },
  ],
  ...change,
});
const asLines = (...records: unknown[]) => records.map((each) => JSON.stringify(each)).join('\n');

function run(studyId: StudyId, source: string | Uint8Array | Readable, change: Partial<ImportInput> = {}) {
  const stream = source instanceof Readable ? source : Readable.from([Buffer.from(source)]);
  return importCases(server.context, {
    studyId,
    source: stream,
    fileName: 'test.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
    ...change,
  });
}
const failure = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (cause: unknown) => cause,
  );
  if (error instanceof AppError) return error;
  throw error;
};
type Problems = {
  refused: number;
  problems: { line: number; field: string; problem: string; fix: string }[];
};

async function counts(studyId: StudyId) {
  const { rows } = await server.db.execute<Record<string, number>>(sql`
    select (select count(*)::int from cases where study_id = ${studyId}) as cases,
      (select count(*)::int from responses r join cases k on k.id = r.case_id where k.study_id = ${studyId}) as responses,
      (select count(*)::int from comparisons where study_id = ${studyId}) as comparisons,
      (select count(*)::int from imports where study_id = ${studyId}) as imports,
      (select count(*)::int from audit_events where subject = ${`study:${studyId}`} and action = 'cases-imported') as audited`);
  return rows[0];
}
const nothing = { cases: 0, responses: 0, comparisons: 0, imports: 0, audited: 0 };

describe.runIf(hasData)('importing the real files', () => {
  const file = (name: string) => createReadStream(new URL(name, dataFolder));

  it.each([
    [
      'clinical-medquad/pairs.jsonl',
      { lines: 1023, cases: 1023, responses: 2176, comparisons: 1308, identicalPairs: 0, emptyResponses: 0 },
    ],
    [
      'clinical-aci-bench/notes.jsonl',
      { lines: 120, cases: 120, responses: 720, comparisons: 1800, identicalPairs: 6, emptyResponses: 11 },
    ],
    [
      'scale-alpaca-eval/pairs.jsonl.gz',
      {
        lines: 12072,
        cases: 12072,
        responses: 24144,
        comparisons: 12072,
        identicalPairs: 49,
        emptyResponses: 6,
      },
    ],
    [
      'clinical-mts-dialog/summaries.jsonl',
      { lines: 100, cases: 100, responses: 500, comparisons: 1000, identicalPairs: 95, emptyResponses: 0 },
    ],
    [
      'clinical-kqa/pairs.jsonl',
      { lines: 48, cases: 48, responses: 96, comparisons: 48, identicalPairs: 0, emptyResponses: 0 },
    ],
  ])('takes %s whole, and a second time changes nothing', async (name, expected) => {
    const studyId = await newStudy();
    const first = await run(studyId, file(name));
    expect(first).toMatchObject({ ...expected, unchangedCases: 0, refused: 0, problems: [] });
    const { cases, responses, comparisons } = expected;
    expect(await counts(studyId)).toMatchObject({ cases, responses, comparisons, imports: 1, audited: 1 });
    const second = await run(studyId, file(name));
    expect(second).toMatchObject({
      cases: 0,
      responses: 0,
      comparisons: 0,
      unchangedCases: expected.cases,
      refused: 0,
    });
    expect(await counts(studyId)).toMatchObject({ cases, responses, comparisons });
  });

  it('keeps every byte of the texts', async () => {
    const studyId = await newStudy();
    await run(studyId, file('clinical-mts-dialog/summaries.jsonl'));
    const { rows } = await server.db.execute<{ id: string; texts: string[]; context: string }>(sql`
      select k.external_id as id, k.context_text as context, array_agg(r.text order by r.id) as texts
      from cases k join responses r on r.case_id = k.id where k.study_id = ${studyId} group by k.id`);
    const stored = new Map(rows.map((row) => [row.id, row]));
    const text = await (await openAsBlob(new URL('clinical-mts-dialog/summaries.jsonl', dataFolder))).text();
    const records = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; context: string; responses: { text: string }[] });
    expect(records.some((each) => each.context.includes('\r\n'))).toBe(true);
    for (const each of records) {
      expect(stored.get(each.id)?.context).toBe(each.context);
      expect(stored.get(each.id)?.texts.sort()).toEqual(
        each.responses.map((response) => response.text).sort(),
      );
    }
  });

  it('refuses prompts without answers, says so for each line, and writes nothing', async () => {
    const studyId = await newStudy();
    const error = await failure(run(studyId, file('clinical-kqa/questions_only.jsonl')));
    const report = error.details as Problems;
    expect(error.code).toBe('import-failed');
    expect(report.refused).toBe(1212);
    expect(report.problems).toHaveLength(200);
    expect(report.problems[0]).toMatchObject({ line: 1, field: 'responses', problem: 'is missing' });
    expect(await counts(studyId)).toEqual(nothing);
  });
});

describe('pairs', () => {
  it('makes neighbours or a baseline against the others', async () => {
    const lines = asLines(record('x'), record('y'));
    expect((await run(await newStudy(), lines, { pairs: 'adjacent' })).comparisons).toBe(4);
    expect((await run(await newStudy(), lines, { pairs: 'baseline:model-b' })).comparisons).toBe(4);
    expect((await run(await newStudy(), lines)).comparisons).toBe(6);
  });

  it('names the models of the file when the baseline is none of them', async () => {
    const studyId = await newStudy();
    const error = await failure(run(studyId, asLines(record('x')), { pairs: 'baseline:gpt' }));
    expect(error.message).toContain('of the model "gpt". Models found: model-a, model-b, model-c.');
    expect(await counts(studyId)).toEqual(nothing);
  });

  it('adds only the missing pairs when the rule is wider the next time', async () => {
    const studyId = await newStudy();
    const lines = asLines(record('x'));
    await run(studyId, lines, { pairs: 'adjacent' });
    expect(await run(studyId, lines)).toMatchObject({ cases: 0, unchangedCases: 1, comparisons: 1 });
    expect(await counts(studyId)).toMatchObject({ cases: 1, responses: 3, comparisons: 3 });
  });

  it('keeps and counts pairs with the same text twice, and empty answers', async () => {
    const responses = [
      { id: 'a', text: 'Same.', model: 'm1' },
      { id: 'b', text: ' Same.\n', model: 'm2' },
      { id: 'c', text: '', model: 'm3' },
    ];
    const report = await run(await newStudy(), asLines(record('x', { responses })));
    expect(report).toMatchObject({ responses: 3, comparisons: 3, identicalPairs: 1, emptyResponses: 1 });
  });
});

describe('bad lines', () => {
  const bad = () =>
    Buffer.concat([
      Buffer.from(`${asLines(record('one'))}\n{"id": "two", "prompt"\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(
        asLines(
          { id: 'four', prompt: 'p' },
          record('one', { prompt: 'changed' }),
          record('six'),
          record('six'),
        ),
      ),
    ]);

  it('stops with every problem listed and nothing written', async () => {
    const studyId = await newStudy();
    const error = await failure(run(studyId, bad()));
    const { refused, problems } = error.details as Problems;
    expect(refused).toBe(4);
    expect(problems.map(({ line, field }) => `${line} ${field}`)).toEqual([
      '2 ',
      '3 ',
      '4 responses',
      '5 id',
    ]);
    expect(problems[3]?.problem).toBe('repeats the id "one" of line 1 with another content');
    expect(await counts(studyId)).toEqual(nothing);
  });

  it('skips them by choice, and takes the good ones', async () => {
    const studyId = await newStudy();
    const report = await run(studyId, bad(), { badLines: 'skip' });
    expect(report).toMatchObject({ lines: 7, cases: 2, refused: 4, unchangedCases: 1 });
    expect(await counts(studyId)).toMatchObject({ cases: 2, imports: 1, audited: 1 });
  });

  it('refuses a case of the study that comes back changed', async () => {
    const studyId = await newStudy();
    await run(studyId, asLines(record('x')));
    const error = await failure(run(studyId, asLines(record('x', { specialty: 'Cardiology' }))));
    expect((error.details as Problems).problems[0]).toEqual({
      line: 1,
      field: 'id',
      problem: 'has the id "x" of a case in the study, but another content',
      fix: 'give this record a new id, or bring back the content it had',
    });
  });

  it('finds an id again hundreds of lines later', async () => {
    const lines = asLines(
      ...Array.from({ length: 450 }, (_, i) => record(`r${i}`)),
      record('r3', { title: 'Another' }),
    );
    const error = await failure(run(await newStudy(), lines));
    expect((error.details as Problems).problems).toMatchObject([
      { line: 451, problem: 'repeats the id "r3" of line 4 with another content' },
    ]);
  });

  it('takes nothing of a gzip file that is cut short, even when bad lines are skipped', async () => {
    const studyId = await newStudy();
    const packed = gzipSync(
      asLines(...Array.from({ length: 3000 }, (_, i) => record(`r${i}-${Math.sin(i)}`))),
    );
    const error = await failure(run(studyId, packed.subarray(0, packed.length - 2000), { badLines: 'skip' }));
    expect(error.message).toMatch(
      /^The gzip file is cut short or damaged after line \d+\. Nothing was imported/,
    );
    expect(await counts(studyId)).toEqual(nothing);
  });

  it('refuses a line of 10 MB and an empty file', async () => {
    const long = record('long', { prompt: 'x'.repeat(10 * 1024 * 1024) });
    const report = await run(await newStudy(), asLines(long, record('short')), { badLines: 'skip' });
    expect(report).toMatchObject({ lines: 2, cases: 1, refused: 1 });
    expect(report.problems[0]?.problem).toBe('is longer than 5 MB');
    expect((await failure(run(await newStudy(), '\n\n'))).message).toContain('The file holds no record.');
  });
});

describe('a dry run', () => {
  it('reports as the import would and writes nothing', async () => {
    const studyId = await newStudy();
    const lines = asLines(record('x'), { id: 'y' }, record('x'));
    const report = await run(studyId, lines, { dryRun: true });
    expect(report).toMatchObject({ dryRun: true, cases: 1, unchangedCases: 1, comparisons: 3, refused: 1 });
    expect(await counts(studyId)).toEqual(nothing);
  });
});

describe('what is stored', () => {
  it('keeps unknown fields apart, a title from the last question, and structured context', async () => {
    const studyId = await newStudy();
    const prompt = [
      { role: 'user', content: 'First question' },
      { role: 'assistant', content: 'Answer' },
      { role: 'user', content: `Second   question\n${'about potassium '.repeat(10)}` },
    ];
    const context = { problems: [{ name: 'CKD 3b' }] };
    const responses = record('x').responses.map((response) => ({ ...response, score: 1 }));
    await run(
      studyId,
      asLines(
        record('x', { prompt, context, responses, specialty: 'Nephrology', meta: { a: 1 }, site: 'north' }),
      ),
    );
    const { rows } = await server.db.execute<Record<string, unknown>>(sql`
      select k.title, k.specialty, k.context_text, k.context, k.meta, k.prompt, r.meta as response_meta
      from cases k join responses r on r.case_id = k.id where k.study_id = ${studyId} limit 1`);
    expect(rows[0]).toMatchObject({
      title: 'Second question about potassium about potassium about potassium about potassium…',
      specialty: 'Nephrology',
      context_text: '',
      context: { problems: [{ name: 'CKD 3b' }] },
      meta: { site: 'north', meta: { a: 1 } },
      prompt,
      response_meta: { score: 1 },
    });
  });

  it('audits the file with its hash and counts in the same transaction', async () => {
    const studyId = await newStudy();
    const lines = asLines(record('x'));
    await run(studyId, lines, { fileName: 'cases.jsonl' });
    const { rows } = await server.db.execute<{ detail: Record<string, unknown> }>(
      sql`select detail from audit_events where subject = ${`study:${studyId}`} and action = 'cases-imported'`,
    );
    const digest = await crypto.subtle.digest('SHA-256', Buffer.from(lines));
    expect(rows[0]?.detail).toMatchObject({
      fileName: 'cases.jsonl',
      fileSha256: Buffer.from(digest).toString('hex'),
      cases: 1,
      comparisons: 3,
    });
  });

  it('takes two imports of the same file at once as one', async () => {
    const studyId = await newStudy();
    const lines = asLines(...Array.from({ length: 300 }, (_, i) => record(`r${i}`)));
    const reports = await Promise.all([run(studyId, lines), run(studyId, lines)]);
    expect(reports.map((report) => report.cases).sort((a, b) => a - b)).toEqual([0, 300]);
  });
});

describe('over HTTP', () => {
  const query = { fileName: 'cases.jsonl' };

  it('answers with progress and one report', async () => {
    const studyId = await newStudy();
    const upload = gzipSync(asLines(...Array.from({ length: 2500 }, (_, i) => record(`r${i}`))));
    const lines = await lead.call(importEndpoint, { params: { studyId }, query }, { upload });
    expect(lines.at(0)).toEqual({ type: 'progress', lines: 0 });
    expect(lines.filter((line) => line.type === 'progress').length).toBeGreaterThan(1);
    expect(lines.at(-1)).toMatchObject({ type: 'report', report: { cases: 2500, comparisons: 7500 } });
  });

  it('answers a file with bad lines with one failure that lists them', async () => {
    const studyId = await newStudy();
    const lines = await lead.call(importEndpoint, { params: { studyId }, query }, { upload: '{"id": 1}' });
    expect(lines.at(-1)).toMatchObject({
      type: 'failed',
      error: { code: 'import-failed', details: { refused: 1 } },
    });
    expect(await counts(studyId)).toEqual(nothing);
  });

  it('still answers when the file is refused long before its end', async () => {
    const studyId = await newStudy();
    const upload = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.alloc(5_000_000, 0x20)]);
    const lines = await lead.call(importEndpoint, { params: { studyId }, query }, { upload });
    expect(lines.at(-1)).toMatchObject({ type: 'failed', error: { code: 'file-unreadable' } });
  });

  it('is refused with a status of its own before the file is read', async () => {
    const studyId = await newStudy();
    for (const role of ['physician', 'qa'] as const) {
      const other = await server.person({ roles: [role] });
      const error = await failure(
        other.call(importEndpoint, { params: { studyId } }, { upload: asLines(record('x')) }),
      );
      expect(error.code).toBe('forbidden');
    }
    const missing = '00000000-0000-7000-8000-000000000000';
    expect(
      (await failure(lead.call(importEndpoint, { params: { studyId: missing } }, { upload: '{}' }))).code,
    ).toBe('not-found');
  });

  it('rolls back when the caller goes away in the middle', async () => {
    const studyId = await newStudy();
    const sent = Promise.withResolvers<void>();
    async function* half() {
      yield Buffer.from(`${asLines(...Array.from({ length: 1000 }, (_, i) => record(`r${i}`)))}\n`);
      sent.resolve();
      await new Promise(() => {});
    }
    const controller = new AbortController();
    // Fetch streams an async iterable as its body, which the DOM's types do not know.
    const init: object = {
      method: 'POST',
      headers: { authorization: `Bearer ${lead.token}`, 'content-type': 'application/x-ndjson' },
      body: half(),
      duplex: 'half',
      signal: controller.signal,
    };
    const request = fetch(`${server.url}/api/studies/${studyId}/imports`, init).catch(() => {});
    await sent.promise;
    await openImports(studyId, 1);
    controller.abort();
    await request;
    await openImports(studyId, 0);
    expect(await counts(studyId)).toEqual(nothing);
  });
});

/** Waits until so many imports hold the lock of the study. */
async function openImports(studyId: StudyId, count: number): Promise<void> {
  const key = sql`hashtextextended(${`import:${studyId}`}, 0)`;
  for (;;) {
    const { rows } = await server.db.execute<{ held: number }>(sql`
      select count(*)::int as held from pg_locks where locktype = 'advisory' and granted
        and ((classid::bigint << 32) | objid::bigint) = ${key}
        and database = (select oid from pg_database where datname = current_database())`);
    if (rows[0]?.held === count) return;
    await new Promise((settle) => setTimeout(settle, 20));
  }
}

describe('known answers', () => {
  const expert = (change: object = {}) => ({ better: 'a', than: 'b', by: 1, why: 'Right dose.', ...change });
  const knownOf = async (studyId: StudyId) =>
    (
      await server.db.execute<{ one: string; two: string; preference: number; meta: unknown }>(sql`
        select o.external_id as one, t.external_id as two, (g.answer->>'preference')::int as preference, k.meta
        from gold g join comparisons c on c.id = g.comparison_id join cases k on k.id = c.case_id
        join responses o on o.id = c.response_one_id join responses t on t.id = c.response_two_id
        where c.study_id = ${studyId} order by c.ordinal`)
    ).rows;
  const why = (promise: Promise<unknown>) =>
    failure(promise).then((error) =>
      (error.details as Problems).problems.map(({ line, field, problem }) => `${line} ${field} ${problem}`),
    );

  it('are kept with the comparison they are about, and nowhere else', async () => {
    const studyId = await newStudy();
    const both = [expert({ better: 'c', than: 'a' }), { equal: ['b', 'c'], why: 'Same.' }];
    const report = await run(studyId, asLines(record('x', { expert: both }), record('y')));
    expect(report).toMatchObject({ comparisons: 6, knownAnswers: 2, refused: 0 });
    expect(await knownOf(studyId)).toEqual([
      { one: 'a', two: 'c', preference: 1, meta: {} },
      { one: 'b', two: 'c', preference: 0, meta: {} },
    ]);
  });

  it('change nothing when they come again, and may be added to cases that are there', async () => {
    const studyId = await newStudy();
    await run(studyId, asLines(record('x'), record('y')));
    const withAnswers = asLines(record('x', { expert: expert() }), record('y'));
    const added = await run(studyId, withAnswers);
    expect(added).toMatchObject({ cases: 0, unchangedCases: 2, comparisons: 0, knownAnswers: 1, refused: 0 });
    const again = await run(studyId, withAnswers);
    expect(again).toMatchObject({ unchangedCases: 2, knownAnswers: 0, refused: 0 });
    expect(await run(studyId, asLines(record('x')))).toMatchObject({ unchangedCases: 1, refused: 0 });
    expect(await knownOf(studyId)).toHaveLength(1);
  });

  it('are refused when the study has another one for the same two responses, or the file does', async () => {
    const studyId = await newStudy();
    const first = record('x', { expert: expert() });
    await run(studyId, asLines(first));
    const other = record('x', { expert: expert({ by: 3 }) });
    expect(await why(run(studyId, asLines(other)))).toEqual([
      '1 expert is another known answer than the study has for these two responses',
    ]);
    expect(await knownOf(studyId)).toMatchObject([{ preference: -1 }]);
    expect(await why(run(await newStudy(), asLines(first, other)))).toEqual([
      '2 id repeats the id "x" of line 1 with another content',
    ]);
  });

  it('are refused when this import compares other responses, and taken once it compares these', async () => {
    const studyId = await newStudy();
    const lines = asLines(record('x', { expert: expert({ better: 'a', than: 'c' }) }));
    const narrow = { pairs: 'adjacent' };
    expect(await why(run(studyId, lines, narrow))).toEqual([
      '1 expert is about two responses that this import does not compare',
    ]);
    await run(studyId, asLines(record('x')), narrow);
    expect(await why(run(studyId, lines, narrow))).toHaveLength(1);
    expect(await run(studyId, lines)).toMatchObject({ comparisons: 1, knownAnswers: 1 });
    expect(await run(studyId, lines, narrow)).toMatchObject({ knownAnswers: 0, refused: 0 });
  });

  it('are checked against the rubric of the study, and a dry run says the same', async () => {
    const studyId = await newStudy();
    const responses = { a: { ratings: { safety: 7, tone: 1 } } };
    const lines = asLines(record('w'), record('x', { expert: expert({ responses }) }));
    const problems = [
      '2 expert.responses.a.ratings.safety is 7',
      '2 expert.responses.a.ratings.tone is no dimension of the study’s rubric',
    ];
    expect(await why(run(studyId, lines))).toEqual(problems);
    const dry = await run(studyId, lines, { dryRun: true });
    expect(dry).toMatchObject({ lines: 2, cases: 1, refused: 1, knownAnswers: 0 });
    const skipped = await run(studyId, lines, { badLines: 'skip' });
    expect(skipped).toMatchObject({ cases: 1, refused: 1 });
    expect(await counts(studyId)).toMatchObject({ cases: 1, comparisons: 3 });
  });
});
