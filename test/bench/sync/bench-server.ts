import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connect } from '../../../server/db/client.ts';
import { openPostgres } from '../../../server/db/embedded-postgres.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { loadOrCreateRecoveryKey } from '../../../server/db/recovery-key.ts';

const root = join(import.meta.dirname, '../../..');

export type BenchServer = {
  url: string;
  connection: Connection;
  databaseUrl: string;
  /** Resident memory of the server's process, bytes. */
  memory: () => number;
  stop: () => Promise<void>;
};

/** Starts a Node process and resolves with the first address it prints. */
export function startListening(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const url = /listens on (http:\S+)/.exec(text)?.[1];
      if (url) resolve({ child, url });
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it listened.`)));
  });
}

export const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });

/** Linux tells a process's resident memory; elsewhere the figure is left out. */
function residentBytes(pid: number | undefined): number {
  try {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? Number.NaN) * 1024;
  } catch {
    return Number.NaN;
  }
}

/** The real server in a process of its own, over a real PostgreSQL that flushes every commit to the disk. */
export async function startBenchServer(): Promise<BenchServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-bench-'));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  const postgres = await openPostgres({ dataDir });
  await migrate(postgres.url, { recoveryPublicKey: () => loadOrCreateRecoveryKey(dataDir) });
  const connection = connect(postgres.url, { max: 4 });
  const { child, url } = await startListening(['server/main.ts'], {
    SECOND_OPINION_DATA: dataDir,
    PORT: '0',
    DATABASE_URL: '',
    LOG_LEVEL: 'silent',
  });
  return {
    url,
    connection,
    databaseUrl: postgres.url,
    memory: () => residentBytes(child.pid),
    stop: async () => {
      await connection.close();
      await ended(child);
      await postgres.release();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
