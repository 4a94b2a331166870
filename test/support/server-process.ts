import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isAlive } from '../../server/db/living-process.ts';
import { readPostmaster } from '../../server/db/postmaster.ts';

export type ServerProcess = {
  url: string;
  child: ChildProcess;
  /** SIGKILL to the server alone: PostgreSQL runs on, and the next start takes it over. */
  kill: () => Promise<void>;
  /** SIGKILL to the server and to every process of PostgreSQL at once, as a power cut ends them. */
  killWithPostgres: () => Promise<void>;
  stop: () => Promise<void>;
};

const script = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const logOf = (dataDir: string) => join(dataDir, 'server.log');

async function untilListening(child: ChildProcess, dataDir: string, from: number): Promise<string> {
  for (;;) {
    const text = readFileSync(logOf(dataDir), 'utf8').slice(from);
    const url = /listens on (\S+)/.exec(text)?.[1];
    if (url) return url;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${text}`);
    await wait(20);
  }
}

/** Address and password of the PostgreSQL of a data folder, and its processes. */
export function embeddedPostgres(dataDir: string) {
  const kept = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')) as {
    password: string;
    port: number;
    cluster: string;
  };
  const password = encodeURIComponent(kept.password);
  return { ...kept, url: `postgres://postgres:${password}@127.0.0.1:${kept.port}/second_opinion` };
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  while (pids.some((pid) => isAlive(pid))) await wait(10);
}

/** The real server over the embedded PostgreSQL of a data folder, as `npm start` runs it; its output is in server.log. */
export async function startServerProcess(
  dataDir: string,
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const log = openSync(logOf(dataDir), 'a', 0o600);
  const from = readFileSync(logOf(dataDir), 'utf8').length;
  const settings = { SECOND_OPINION_DATA: dataDir, DATABASE_URL: '', PORT: '0', ...env };
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', log, log],
  });
  const ended = once(child, 'exit');
  const url = await untilListening(child, dataDir, from);
  return {
    url,
    child,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    killWithPostgres: async () => {
      const postmaster = readPostmaster(embeddedPostgres(dataDir).cluster)?.pid;
      if (postmaster === undefined) throw new Error('PostgreSQL does not run');
      await killAll([child.pid ?? postmaster, postmaster, ...childrenOf(postmaster)]);
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
