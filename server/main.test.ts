import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../test/support/server.ts';
import { readConfig } from './config.ts';
import { readLineageMark, writeLineageMark } from './db/lineage-mark.ts';
import { findBaseUrl } from './db/server-address.ts';
import { readSite } from './db/site.ts';
import { startServer } from './main.ts';

let dataDir: string;
let database: TestDatabase;
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-main-'));
  chmodSync(dataDir, 0o755);
  database = await cloneDatabase();
  children = [];
});
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const settings = () => ({ SECOND_OPINION_DATA: dataDir, DATABASE_URL: database.databaseUrl, PORT: '0' });

function runMain(env: Record<string, string>, args: string[] = []) {
  const script = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (output.out += String(text)));
  child.stderr.on('data', (text: Buffer) => (output.err += String(text)));
  const ended = once(child, 'close').then(([code]) => code as number);
  return { child, output, ended };
}

async function untilListening({ child, output }: ReturnType<typeof runMain>): Promise<string> {
  while (!output.out.includes('\n')) {
    if (child.exitCode !== null) throw new Error(output.err);
    await new Promise((settle) => setTimeout(settle, 20));
  }
  return /listens on (\S+)/.exec(output.out)?.[1] ?? '';
}

describe('the server process', () => {
  it('prints one line, answers, and ends cleanly at a signal that comes twice', async () => {
    const running = runMain(settings());
    const url = await untilListening(running);
    expect((await fetch(`${url}/api/health`)).status).toBe(200);
    expect(findBaseUrl(dataDir, {})).toBe(url);
    running.child.kill('SIGINT');
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(running.output.out).toBe(`Second Opinion listens on ${url}\n`);
    expect(running.output.err).toBe('');
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
  });

  it('starts its own PostgreSQL, keeps the recovery key beside it, and stops both', async () => {
    const running = runMain({ SECOND_OPINION_DATA: dataDir, PORT: '0', DATABASE_URL: '' });
    const url = await untilListening(running);
    expect(await (await fetch(`${url}/api/health`)).json()).toEqual({ status: 'ok', database: 'ok' });
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(readFileSync(join(dataDir, 'recovery-key.pem'), 'utf8')).toContain('BEGIN PRIVATE KEY');
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  it('[S13] gives a database that knows less than it did a new epoch before it listens', async () => {
    const { epoch } = await readSite(database.db);
    writeLineageMark(dataDir, { epoch, events: 1_000_000 });
    const server = await startServer(readConfig({ ...settings(), LOG_LEVEL: 'silent' }, []));
    const { epoch: renewed } = await readSite(server.db);
    await server.stop();
    expect(renewed).not.toBe(epoch);
    expect(readLineageMark(dataDir)).toMatchObject({ epoch: renewed });
  });

  it('lists every configuration error and ends with 1', async () => {
    const running = runMain({ ...settings(), PORT: 'x', LOG_LEVEL: 'loud' });
    expect(await running.ended).toBe(1);
    expect(running.output.err).toMatch(
      /^The configuration is not valid.*\n {2}PORT: .*\n {2}LOG_LEVEL: .*\n$/,
    );
  });

  it('names a database it cannot reach', async () => {
    const running = runMain({ ...settings(), DATABASE_URL: 'postgres://postgres:x@127.0.0.1:1/none' });
    expect(await running.ended).toBe(1);
    expect(running.output.err).toBe(
      'The database cannot be reached. Nothing was changed; try again in a minute.\n',
    );
  });
});

describe('a busy port', () => {
  it('is reported by its number and, on Linux, with the program that holds it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const failure = await startServer(readConfig({ ...settings(), PORT: String(port) })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'port-in-use', details: { port } });
    const message = failure instanceof Error ? failure.message : '';
    expect(message).toContain(`Port ${port} is in use by`);
    expect(message).toContain(`--port ${port + 1}`);
    if (process.platform === 'linux') expect(message).toContain(`(process ${process.pid})`);
    holder.close();
    const connections = async () => {
      const { rows } = await database.pool.query(
        'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()',
      );
      return rows[0];
    };
    // PostgreSQL counts a closed connection until its process is gone.
    await expect.poll(connections, { timeout: 30_000 }).toEqual({ n: 1 });
  });
});

describe('stopping', () => {
  it('finishes a request that runs, and takes no new one', async () => {
    const server = await startServer(readConfig(settings()), { staticRoot: null });
    const blocker = await database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE site IN ACCESS EXCLUSIVE MODE');
    await blocker.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const slow = fetch(`${server.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'a@test.example', password: 'x', carrier: 'token' }),
    });
    const waiting =
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while ((await database.pool.query(waiting)).rowCount === 0)
      await new Promise((settle) => setTimeout(settle, 10));
    const stopped = server.stop();
    await expect(fetch(`${server.url}/api/health`)).rejects.toThrow();
    await blocker.query('COMMIT');
    blocker.release();
    expect((await slow).status).toBe(401);
    await stopped;
  });
});
