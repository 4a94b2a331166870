import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenPostgres, openPostgres } from '../db/embedded-postgres.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Each command is a process of its own, and the machine may be busy. */
const patience = 240_000;
const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-cli-'));
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Result = { code: number | null; stdout: string; stderr: string };
type Environment = Record<string, string | undefined>;

function start(
  args: readonly string[],
  env: Environment = {},
): { child: ChildProcess; result: Promise<Result> } {
  const { DATABASE_URL: _database, PUBLIC_URL: _public, SECOND_OPINION_DATA: _data, ...rest } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...rest, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const result = new Promise<Result>((settle, reject) => {
    const read = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => (read.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (read.stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => settle({ code, ...read }));
  });
  return { child, result };
}
const cli = (args: readonly string[], env?: Environment) => start(args, env).result;

/** Runs a command that must succeed, and reads its one JSON document. */
async function json<T = Record<string, unknown>>(args: readonly string[], env?: Environment): Promise<T> {
  const { code, stdout, stderr } = await cli([...args, '--json'], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
type Failure = { error: { code: string; message: string; details?: unknown } };
async function jsonFailure(
  args: readonly string[],
  env?: Environment,
): Promise<Failure['error'] & { exit: number | null }> {
  const { code, stdout, stderr } = await cli([...args, '--json'], env);
  expect(stdout).toBe('');
  return { ...(JSON.parse(stderr) as Failure).error, exit: code };
}

const record = (id: string) => ({
  id,
  prompt: `What about ${id}?`,
  specialty: 'Cardiology',
  responses: ['one', 'two', 'three'].map((which) => ({
    id: which,
    text: `${which} of ${id}`,
    model: `model-${which}`,
  })),
});
function file(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
}

describe('with nothing else running', { timeout: patience }, () => {
  it('starts the database for each command and stops it again', async () => {
    const data = ['--data', join(folder, 'alone')];
    const cases = file('alone.jsonl', ['a', 'b', 'c', 'd'].map(record));
    expect(await json([...data, 'import', cases, '--study', 'Heart', '--pairs', 'adjacent'])).toMatchObject({
      studyCreated: true,
      report: { cases: 4, comparisons: 8, refused: 0 },
    });
    expect(await json(['import', cases, '--study', 'Heart', ...data])).toMatchObject({
      studyCreated: false,
      report: { cases: 0, unchangedCases: 4, comparisons: 4 },
    });
    expect(await json(['audit', 'verify', ...data])).toMatchObject({ firstBreak: null });
  });
});

describe('beside a process that holds the database', { timeout: patience }, () => {
  let held: OpenPostgres;
  let data: string[];
  beforeAll(async () => {
    const dataDir = join(folder, 'held');
    held = await openPostgres({ dataDir, settings: fast });
    data = ['--data', dataDir];
    await json(['study', 'create', '--name', 'First', ...data]);
  });
  afterAll(() => held?.release());

  it('shares it, or takes the one of DATABASE_URL', async () => {
    type Studies = { studies: { name: string }[] };
    expect((await json<Studies>(['study', 'list', ...data])).studies.map(({ name }) => name)).toEqual([
      'First',
    ]);
    const other = new URL(held.url);
    other.pathname = '/elsewhere';
    expect(await json(['study', 'list', ...data], { DATABASE_URL: other.href })).toEqual({ studies: [] });
  });

  it('[S13] gives the database a new epoch after a backup was put back', async () => {
    const first = await json<{ from: string; to: string }>(['site', 'new-epoch', ...data]);
    const second = await json<{ from: string; to: string }>(['site', 'new-epoch', ...data]);
    expect(first.to).not.toBe(first.from);
    expect(second).toMatchObject({ from: first.to, reason: 'asked-for' });
    expect(await json(['audit', 'verify', ...data])).toMatchObject({ firstBreak: null });
  });

  it('speaks to people in short sentences and aligned tables', async () => {
    const path = file('people.jsonl', [
      record('a'),
      '{"id": "b", "prompt"',
      {
        ...record('c'),
        responses: [
          { id: 'x', model: 'm' },
          { id: 'y', text: 't', model: 'm' },
        ],
      },
    ]);
    const failed = await cli(['import', path, '--study', 'First', ...data]);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr.split('\n')).toEqual([
      'Nothing was imported. Mend the rows listed below, or choose to skip them, and import again.',
      expect.stringMatching(/^ {2}line 2: is not valid JSON: it ends in the middle, after .* -> /),
      '  line 3, responses[0].text: is missing -> add the text of the answer; an empty answer is ""',
      '',
    ]);
    const skipped = await cli(['import', path, '--study', 'First', '--skip-bad-lines', ...data]);
    expect(skipped.stdout).toContain(
      'Imported 1 case, 3 responses and 3 comparisons into "First".\n2 lines refused:\n  line 2',
    );
    const listed = await cli(['study', 'list', ...data]);
    expect(listed.stdout.split('\n').slice(0, 2)).toEqual([
      'STUDY  CASES  COMPARISONS  BATCHES  ASSIGNED  SUBMITTED',
      'First      1            3        0         0          0',
    ]);
    // No terminal, no progress line.
    expect(skipped.stderr).toBe('');
  });

  it('names what is unknown and lists what there is', async () => {
    expect(await jsonFailure(['batch', 'list', '--study', 'Frist', ...data])).toMatchObject({
      exit: 1,
      code: 'not-found',
      message: 'There is no study "Frist". There is: "First".',
    });
    expect(
      await jsonFailure(['assign', '--study', 'First', '--batch', 'B9', '--to', 'all', ...data]),
    ).toMatchObject({
      message: 'There is no batch in study "First" "B9". It has none yet; make one with "batch create".',
    });
    expect(await jsonFailure(['users', 'link', 'who@example.org', ...data])).toMatchObject({
      code: 'not-found',
      message: 'There is no person "who@example.org". Nobody is invited yet; use "users invite".',
    });
    const missing = join(folder, 'none.jsonl');
    expect(await jsonFailure(['import', missing, '--study', 'First', ...data])).toMatchObject({
      exit: 1,
      code: 'file-unreadable',
      message: `There is no file "${missing}". Check the path and try again.`,
    });
    expect(await jsonFailure(['import', folder, '--study', 'First', ...data])).toMatchObject({
      code: 'file-unreadable',
    });
  });

  it('ends with 2 for a wrong command line, before it opens anything', async () => {
    const nowhere = ['--data', join(folder, 'nowhere')];
    for (const args of [
      ['nonsense'],
      ['import', 'x'],
      ['batch', 'create', '--study', 's', '--name', 'n', '--size', 'many'],
      ['import', 'x', '--study', 's', '--pairs', 'some'],
      ['users', 'invite', 'a@b.org', '--role', 'king'],
    ])
      expect(await jsonFailure([...args, ...nowhere])).toMatchObject({ exit: 2, code: 'usage' });
    const help = await cli(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('import [options] <file>');
  });

  it('makes no study for a dry run or a failed import', async () => {
    const good = file('good.jsonl', [record('a')]);
    const bad = file('bad.jsonl', ['{}']);
    expect(await json(['import', good, '--study', 'Not yet', '--dry-run', ...data])).toMatchObject({
      studyCreated: false,
      report: { dryRun: true, cases: 1 },
    });
    expect(await jsonFailure(['import', bad, '--study', 'Not yet', ...data])).toMatchObject({
      exit: 1,
      code: 'import-failed',
      details: { refused: 1 },
    });
    expect(await jsonFailure(['batch', 'list', '--study', 'Not yet', ...data])).toMatchObject({
      code: 'not-found',
    });
  });

  it('leaves nothing half done when it is stopped in the middle of an import', async () => {
    const path = file(
      'long.jsonl',
      Array.from({ length: 40_000 }, (_, i) => record(`r${i}`)),
    );
    const { child, result } = start(['import', path, '--study', 'Stopped', '--json', ...data]);
    const pg = (await import('pg')).default;
    const client = new pg.Client({ connectionString: held.url });
    await client.connect();
    try {
      for (let held = 0; held === 0; ) {
        const { rows } = await client.query<{ held: number }>(
          `select count(*)::int as held from pg_locks where locktype = 'advisory' and objsubid = 1 and granted`,
        );
        held = rows[0]?.held ?? 0;
        if (child.exitCode !== null) throw new Error('the import was over before it could be stopped');
      }
      child.kill('SIGINT');
      const { code, stderr } = await result;
      expect(code).toBe(130);
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'interrupted' } });
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int as count from studies where name = 'Stopped'`,
      );
      expect(rows[0]?.count).toBe(0);
    } finally {
      await client.end();
    }
  });

  it('makes practice, publishes guidelines, changes settings and locks', async () => {
    const known = (id: string) => ({
      ...record(id),
      expert: { better: 'one', than: 'two', why: 'Right dose.' },
    });
    const cases = file('known.jsonl', [known('k1'), known('k2'), record('k3')]);
    expect(await json([...data, 'import', cases, '--study', 'Known'])).toMatchObject({
      report: { knownAnswers: 2 },
    });
    const study = ['--study', 'Known', ...data];
    const create = ['batch', 'create', '--name', 'Practice', '--size', '9', '--kind', 'practice'];
    expect(await json([...create, ...study])).toMatchObject({ batch: { kind: 'practice', comparisons: 2 } });
    const settings = ['study', 'settings', ...study];
    const off = { qualification: { required: false, passShare: 0.8 }, calibrationEvery: null };
    expect(await json(settings)).toMatchObject({ study: { settings: off, known: 2 } });
    expect(await json([...settings, '--qualification', 'on', '--pass-share', '0.7'])).toMatchObject({
      study: { settings: { qualification: { required: true, passShare: 0.7 }, calibrationEvery: null } },
    });
    expect(await json([...settings, '--calibration-every', '5'])).toMatchObject({
      study: { settings: { qualification: { required: true, passShare: 0.7 }, calibrationEvery: 5 } },
    });
    const said = await cli([...settings, '--calibration-every', 'off']);
    expect(said.stdout).toContain('real work opens after practice is passed with 70 % of the preferences');
    expect(said.stdout).toContain('known cases among real work are never told of');
    const text = file('guidelines.md', ['# How to judge', '', 'Read the chart first.']);
    const publish = ['guidelines', 'publish', '--file', text, ...study];
    expect(await json(publish)).toEqual({ version: 1, batches: 1 });
    expect((await cli(publish)).stdout).toContain('the same as version 1');
    const missing = await jsonFailure(['guidelines', 'publish', '--file', `${text}.not`, ...study]);
    expect(missing).toMatchObject({ exit: 1, code: 'file-unreadable' });
    const lock = (word: string) => json(['batch', word, '--batch', 'Practice', ...study]);
    expect(await lock('lock')).toMatchObject({ batch: { lockedAt: expect.any(String) } });
    expect(await lock('unlock')).toMatchObject({ batch: { lockedAt: null } });
  });

  it('goes the lead’s whole way', async () => {
    const cases = file('cases.jsonl', ['a', 'b', 'c', 'd'].map(record));
    await json([...data, 'import', cases, '--study', 'Heart']);
    type Invited = { link: string; person: { email: string; status: string } };
    for (const email of ['Ada@Example.org', 'ben@example.org']) {
      const invited = await json<Invited>([
        'users',
        'invite',
        email,
        '--role',
        'physician',
        '--specialty',
        'Cardiology, Nephrology',
        ...data,
      ]);
      expect(invited.person).toMatchObject({
        email: email.toLowerCase(),
        status: 'invited',
        specialties: ['Cardiology', 'Nephrology'],
      });
      expect(invited.link).toMatch(/^http:\/\/127\.0\.0\.1:4860\/link#.{20,}$/);
    }
    const linked = await json<Invited>(['users', 'link', 'ada@example.org', ...data], {
      PUBLIC_URL: 'https://review.example.org',
    });
    expect(linked.link).toMatch(/^https:\/\/review\.example\.org\/link#/);
    expect(await json(['users', 'list', ...data])).toMatchObject({ people: [{}, {}] });

    const create = [
      'batch',
      'create',
      '--study',
      'Heart',
      '--name',
      'B1',
      '--size',
      '6',
      '--order',
      'random',
      '--overlap',
      '2',
      '--deadline',
      '2027-01-31',
    ];
    expect(await json([...create, ...data])).toMatchObject({
      batch: { name: 'B1', comparisons: 6, overlap: 2, deadline: '2027-01-31' },
    });
    const assign = ['assign', '--study', 'Heart', '--batch', 'B1', '--to'];
    expect(await json([...assign, 'ADA@example.org, ben@example.org', ...data])).toMatchObject({
      assignments: 12,
      perPhysician: [{ email: 'ada@example.org', assignments: 6 }, { assignments: 6 }],
    });
    expect(await json([...assign, 'all', ...data])).toMatchObject({ assignments: 0 });
    expect(await json(['batch', 'list', '--study', 'Heart', ...data])).toMatchObject({
      batches: [{ assigned: 12 }],
    });
    expect(await json(['progress', '--study', 'Heart', '--batch', 'B1', ...data])).toMatchObject({
      physicians: [{ assigned: 6 }, { assigned: 6 }],
    });
    expect(
      await json(['export', '--raw', '--study', 'Heart', '--out', join(folder, 'out.jsonl'), ...data]),
    ).toMatchObject({ revisions: 0 });
    expect(readFileSync(join(folder, 'out.jsonl'), 'utf8')).toBe('');
    expect(await json(['audit', 'verify', ...data])).toMatchObject({ firstBreak: null });
  });
});
