import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type Config, readConfig } from '../config.ts';
import { connect } from '../db/client.ts';
import { type Context, systemActor } from '../db/context.ts';
import { openPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { loadOrCreateRecoveryKey } from '../db/recovery-key.ts';
import { findBaseUrl } from '../db/server-address.ts';
import { type Output, startOutput } from './output.ts';

/** What every command gets. The signal is given when the person presses Ctrl+C. */
export type Session = {
  context: Context;
  output: Output;
  signal: AbortSignal;
  /** Where the site's recovery key is kept. */
  dataDir: string;
  /** Where people open the server: the running one's address, else the configured one. */
  serverUrl: string;
};
export type GlobalOptions = { json: boolean; data?: string };

/** Paths are the caller's: npm runs its scripts in the project's folder, whatever folder they were called from. */
export function callersPath(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return resolve(script === 'cli' && folder ? folder : process.cwd(), path);
}

const openDatabase = async ({
  databaseUrl,
  dataDir,
}: Config): Promise<{ url: string; release: () => Promise<void> }> =>
  databaseUrl === null ? openPostgres({ dataDir }) : { url: databaseUrl, release: async () => {} };

function configOf({ data }: GlobalOptions): Config {
  const config = readConfig(process.env, data === undefined ? [] : ['--data', data]);
  return { ...config, dataDir: data === undefined ? config.dataDir : callersPath(data) };
}

function stopOnInterrupt(): AbortController {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      // Pressed again while stopping: the database rolls back what a vanished process left open.
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new AppError('interrupted'));
    });
  return controller;
}

/** Runs a command on the database, whether a server runs on it or not, and leaves nothing running behind. */
export async function withSession(
  options: GlobalOptions,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const { signal } = stopOnInterrupt();
  const output = startOutput(options.json);
  const config = configOf(options);
  const database = await openDatabase(config);
  try {
    await migrate(database.url, { recoveryPublicKey: () => loadOrCreateRecoveryKey(config.dataDir) });
    const { db, close } = connect(database.url, { max: 3 });
    try {
      const context = { db, actor: systemActor, clock: () => new Date() };
      const serverUrl = findBaseUrl(config.dataDir, process.env);
      await work({ context, output, signal, dataDir: config.dataDir, serverUrl });
    } finally {
      await close();
    }
  } finally {
    output.endProgress();
    await database.release();
  }
}
