import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPostgres, openPostgres } from './embedded-postgres.ts';
import { isAlive } from './living-process.ts';

const module = new URL('./embedded-postgres.ts', import.meta.url).href;
const holderScript = (dataDir: string) => `
  import { openPostgres } from ${JSON.stringify(module)};
  const postgres = await openPostgres({ dataDir: ${JSON.stringify(dataDir)} });
  process.on('SIGTERM', () => postgres.release().then(() => process.exit(0)));
  console.log(postgres.url);
  setInterval(() => {}, 1000);
`;

let dataDir: string;
let holders: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-pg-'));
  chmodSync(dataDir, 0o755);
  holders = [];
});

afterEach(async () => {
  for (const holder of holders) if (holder.exitCode === null) holder.kill('SIGKILL');
  // Whatever a test left running is taken over and stopped.
  await (await openPostgres({ dataDir })).release();
  rmSync(dataDir, { recursive: true, force: true });
});

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((settle) => child.once('exit', () => settle()));
}

async function startHolder(
  options: { detached?: boolean } = {},
): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--input-type=module', '-e', holderScript(dataDir)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  holders.push(child);
  const url = await new Promise<string>((settle, reject) => {
    child.stdout?.once('data', (text: Buffer) => settle(String(text).trim()));
    child.once('exit', (code) => reject(new Error(`the holder ended with ${code}`)));
  });
  return { child, url };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const postmasterPid = () =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
const isStopped = () => !existsSync(join(dataDir, 'postgres', 'postmaster.pid'));

describe('the embedded PostgreSQL', () => {
  it('keeps its data over a stop and a start, with fsync on and loopback only', async () => {
    const first = await openPostgres({ dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    expect(await query(first.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    await first.release();
    expect(isStopped()).toBe(true);
    const second = await openPostgres({ dataDir });
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    await second.release();
  });

  it('keeps its password where only its owner can read it', async () => {
    const postgres = await openPostgres({ dataDir });
    const file = join(dataDir, 'postgres.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { password: string; port: number };
    expect(kept.password.length).toBeGreaterThanOrEqual(32);
    expect(new URL(postgres.url).port).toBe(String(kept.port));
    await postgres.release();
  });

  it('is taken over with its data after its holder was killed', async () => {
    const { child, url } = await startHolder();
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const pid = postmasterPid();
    child.kill('SIGKILL');
    await exitOf(child);
    expect(isAlive(pid)).toBe(true);
    const postgres = await openPostgres({ dataDir });
    expect(postmasterPid()).toBe(pid);
    expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    await postgres.release();
    expect(isAlive(pid)).toBe(false);
  });

  it('starts again with its data after it and its holder were killed', async () => {
    const { child, url } = await startHolder();
    await query(url, 'CREATE TABLE kept AS SELECT 9 AS n');
    const pid = postmasterPid();
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await exitOf(child);
    while (isAlive(pid)) await wait(10);
    expect(isStopped()).toBe(false);
    const postgres = await openPostgres({ dataDir });
    expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([{ n: 9 }]);
    await postgres.release();
  });

  it('runs on while one of two holders is left, and stops with the last', async () => {
    const { child } = await startHolder();
    const here = await openPostgres({ dataDir });
    const pid = postmasterPid();
    child.kill('SIGTERM');
    await exitOf(child);
    expect(await query(here.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    await here.release();
    expect(isAlive(pid)).toBe(false);
    expect(isStopped()).toBe(true);
  });

  it('runs on when the first of two holders releases twice', async () => {
    const first = await openPostgres({ dataDir });
    const second = await openPostgres({ dataDir });
    await Promise.all([first.release(), first.release()]);
    expect(await query(second.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    await second.release();
    expect(isStopped()).toBe(true);
  });

  it('is started once when several open it at the same time', async () => {
    const opened: OpenPostgres[] = await Promise.all([1, 2, 3, 4].map(() => openPostgres({ dataDir })));
    expect(new Set(opened.map((postgres) => postgres.url)).size).toBe(1);
    await Promise.all(opened.map((postgres) => postgres.release()));
    expect(isStopped()).toBe(true);
  });

  it('survives a Ctrl+C that reaches the whole process group of its holder', async () => {
    const { child, url } = await startHolder({ detached: true });
    const pid = postmasterPid();
    if (child.pid === undefined) throw new Error('the holder has no process number');
    process.kill(-child.pid, 'SIGINT');
    await exitOf(child);
    expect(isAlive(pid)).toBe(true);
    expect(await query(url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
  });

  it('ignores a postmaster.pid whose number now belongs to another program', async () => {
    await (await openPostgres({ dataDir })).release();
    const stale = `${process.pid}\n${join(dataDir, 'postgres')}\n1\n65000\n\n127.0.0.1\n`;
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), stale);
    const postgres = await openPostgres({ dataDir });
    expect(await query(postgres.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    await postgres.release();
  });

  it('makes the cluster anew when its first start was cut short', async () => {
    const { child } = await startHolder();
    child.kill('SIGTERM');
    await exitOf(child);
    const kept = readFileSync(join(dataDir, 'postgres.json'), 'utf8');
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.password'), 'left over');
    const postgres = await openPostgres({ dataDir });
    expect(await query(postgres.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    expect(JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))).toMatchObject({
      password: (JSON.parse(kept) as { password: string }).password,
    });
    await postgres.release();
  });

  it('says which file to restore when the password is gone', async () => {
    await (await openPostgres({ dataDir })).release();
    const file = join(dataDir, 'postgres.json');
    const kept = readFileSync(file);
    rmSync(file);
    await expect(openPostgres({ dataDir })).rejects.toThrow(/postgres\.json is missing.*Restore that file/);
    writeFileSync(file, kept, { mode: 0o600 });
  });
});
