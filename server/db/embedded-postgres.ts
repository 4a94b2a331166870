import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../../shared/errors.ts';
import { countLeases, takeLease, withLock } from './folder-lock.ts';
import { isAlive } from './living-process.ts';
import { canEnter, postgresBinaries, type RunAs, reachableFolder, runAs } from './postgres-binaries.ts';
import { dropDeadPostmaster, hasPostmasterFile, readPostmaster } from './postmaster.ts';

export type OpenPostgres = { url: string; database: string; release: () => Promise<void> };
export type OpenPostgresOptions = {
  dataDir: string;
  /** Server settings for tests, such as fsync=off; none in production. */
  settings?: Record<string, string>;
};

/** Kept as `<data>/postgres.json`, readable by its owner only. */
type Kept = { password: string; port: number; cluster: string };
type Place = { data: string; kept: Kept; account: RunAs };

const database = 'second_opinion';
const startPatienceMs = 120_000;
const unavailable = (message: string, cause?: unknown) =>
  new AppError('database-unavailable', { message, cause });

function writeKept(data: string, kept: Kept): void {
  const file = join(data, 'postgres.json');
  const part = `${file}.part`;
  rmSync(part, { force: true });
  const handle = openSync(part, 'wx', 0o600);
  writeFileSync(handle, `${JSON.stringify(kept, null, 2)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(part, file);
}

function readKept(data: string): Kept | null {
  const file = join(data, 'postgres.json');
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (cause) {
    throw unavailable(
      `${file} cannot be read. It holds the database's password: restore it from a backup.`,
      cause,
    );
  }
}

function chooseCluster(data: string, account: RunAs): string {
  if (canEnter(account, data)) return join(data, 'postgres');
  // Random, so that a data folder made anew in the same place never meets the old one's cluster.
  return reachableFolder(`postgres-${randomBytes(6).toString('hex')}`);
}

function prepare(dataDir: string): Place {
  const account = runAs();
  const asRoot = account.uid !== undefined;
  mkdirSync(dataDir, { recursive: true, mode: asRoot ? 0o755 : 0o700 });
  const data = realpathSync(dataDir);
  const known = readKept(data);
  if (known) return { data, kept: known, account };
  const cluster = chooseCluster(data, account);
  if (existsSync(cluster))
    throw unavailable(
      `${join(data, 'postgres.json')} is missing although there is a database in ${cluster}. Restore that file from a backup; it holds the password.`,
    );
  const kept = { password: randomBytes(24).toString('base64url'), port: 0, cluster };
  writeKept(data, kept);
  return { data, kept, account };
}

const initFlags = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
];

/** Runs initdb; resolves with the last line it complained with, or null when it succeeded. */
function initCluster(account: RunAs, cluster: string, passwordFile: string): Promise<string | null> {
  const args = [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, ...initFlags];
  // In a group of its own, as Ctrl+C in the terminal must not leave half a cluster; the folder is one it may enter.
  const child = spawn(postgresBinaries(account).initdb, args, {
    ...account,
    cwd: cluster,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('close', (code) => settle(code === 0 ? null : (complaint.trim().split('\n').at(-1) ?? '')));
  });
}

// Made under another name and renamed when whole, so that an interrupted first start leaves no half cluster.
async function createCluster({ data, kept, account }: Place): Promise<void> {
  if (existsSync(join(kept.cluster, 'PG_VERSION'))) return;
  const part = `${kept.cluster}.part`;
  const passwordFile = `${kept.cluster}.password`;
  rmSync(part, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(part, { mode: 0o700 });
  writeFileSync(passwordFile, `${kept.password}\n`, { mode: 0o600, flag: 'wx' });
  if (account.uid !== undefined)
    for (const path of [part, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    const complaint = await initCluster(account, part, passwordFile);
    if (complaint !== null) throw unavailable(`The database could not be created in ${data}: ${complaint}`);
    renameSync(part, kept.cluster);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => settle(port));
    });
  });
}

type Answer = 'ours' | 'not-yet' | 'refused' | 'another';

async function ask(kept: Kept, port: number): Promise<Answer> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: kept.password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0] && resolve(rows[0].data_directory) === resolve(kept.cluster) ? 'ours' : 'another';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === '28P01' || code === '28000' ? 'refused' : 'not-yet';
  } finally {
    await client.end().catch(() => {});
  }
}

/** Errors reach us with the reply; in PostgreSQL's log they would stand with the statement and the values of the row. */
const quietLog = { log_min_messages: 'log', log_min_error_statement: 'panic', log_error_verbosity: 'terse' };

// PostgreSQL's own group: Ctrl+C in the terminal reaches the server, which drains before it stops the database.
function spawnPostgres({ data, kept, account }: Place, port: number, settings: Record<string, string>) {
  const log = openSync(join(data, 'postgres.log'), 'a', 0o600);
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...quietLog, ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    postgresBinaries(account).postgres,
    ['-D', kept.cluster, '-p', String(port), ...flags],
    {
      ...account,
      cwd: kept.cluster,
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  return child;
}

/** Starts PostgreSQL on a free port; false when it ended instead of answering. */
async function tryStart(place: Place, port: number, settings: Record<string, string>): Promise<boolean> {
  const child = spawnPostgres(place, port, settings);
  const until = Date.now() + startPatienceMs;
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    if ((await ask(place.kept, port)) === 'ours') return true;
    if (Date.now() > until) return false;
    await wait(20);
  }
  return false;
}

/**
 * After a kill, PostgreSQL refuses to start while its former self or one of its processes is still listed by
 * the system. That passes within moments; a dead process that nobody collects is dropped after some seconds.
 */
async function start(place: Place, settings: Record<string, string>): Promise<number> {
  const began = Date.now();
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    writeKept(place.data, { ...place.kept, port });
    if (await tryStart(place, port, settings)) return port;
    const isLeftOver = hasPostmasterFile(place.kept.cluster);
    const waitedMs = Date.now() - began;
    if (waitedMs > 15_000 || (attempt >= 3 && !isLeftOver)) break;
    if (waitedMs > 3_000) dropDeadPostmaster(place.kept.cluster);
    await wait(200);
  }
  throw unavailable(
    `The built-in PostgreSQL does not start. The last lines of ${join(place.data, 'postgres.log')} say why.`,
  );
}

/** The port of a PostgreSQL that already runs on this cluster, or null when there is none. */
async function findRunning({ data, kept }: Place): Promise<number | null> {
  const until = Date.now() + startPatienceMs;
  for (;;) {
    const postmaster = readPostmaster(kept.cluster);
    if (!postmaster) return null;
    const answer = await ask(kept, postmaster.port);
    if (answer === 'ours') return postmaster.port;
    if (answer === 'refused')
      throw unavailable(
        `The database in ${kept.cluster} does not take the password in ${join(data, 'postgres.json')}. Restore that file from a backup.`,
      );
    if (Date.now() > until)
      throw unavailable(
        `PostgreSQL (process ${postmaster.pid}) holds ${kept.cluster} but does not answer. Stop that process and try again.`,
      );
    // Starting up, or shutting down after its last holder left.
    await wait(50);
  }
}

async function stop({ kept, account }: Place): Promise<void> {
  const postmaster = readPostmaster(kept.cluster);
  if (!postmaster) return;
  if (process.platform === 'win32')
    spawnSync(postgresBinaries(account).pgCtl, ['stop', '-D', kept.cluster, '-m', 'fast', '-w']);
  else process.kill(postmaster.pid, 'SIGINT');
  while (isAlive(postmaster.pid)) await wait(10);
}

/**
 * The embedded PostgreSQL of a data folder: created on first use, started when it does not run, shared by
 * every process that opened it and stopped by the last one that releases it.
 */
export async function openPostgres({ dataDir, settings = {} }: OpenPostgresOptions): Promise<OpenPostgres> {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o755 : 0o700 });
  const data = realpathSync(dataDir);
  const lock = join(data, 'postgres.lock');
  const leases = join(data, 'leases');
  const { place, lease, port } = await withLock(lock, async () => {
    const place = prepare(data);
    await createCluster(place);
    const port = (await findRunning(place)) ?? (await start(place, settings));
    if (port !== place.kept.port) writeKept(data, { ...place.kept, port });
    return { place, port, lease: takeLease(leases) };
  });
  chmodSync(join(data, 'postgres.json'), 0o600);
  let released: Promise<void> | null = null;
  const release = () =>
    withLock(lock, async () => {
      lease.end();
      if (countLeases(leases) === 0) await stop(place);
    });
  return {
    url: `postgres://postgres:${encodeURIComponent(place.kept.password)}@127.0.0.1:${port}/${database}`,
    database,
    release: () => {
      released ??= release();
      return released;
    },
  };
}
