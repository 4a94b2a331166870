import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../shared/errors.ts';
import { buildApp } from './app.ts';
import { defaultSessionPolicy } from './auth/session-policy.ts';
import { type Config, type ConfigProblem, readConfig } from './config.ts';
import { connect, type Db } from './db/client.ts';
import { type Context, systemActor } from './db/context.ts';
import { openPostgres } from './db/embedded-postgres.ts';
import { watchLineage } from './db/lineage.ts';
import { migrate } from './db/migrate.ts';
import { loadOrCreateRecoveryKey } from './db/recovery-key.ts';
import { announceServer } from './db/server-address.ts';
import { createLogger } from './http/logging.ts';
import { findPortHolder } from './port-holder.ts';

export type StartOptions = {
  /** Folder of the built renderer. */
  staticRoot?: string | null;
  trustedOrigin?: string | null;
  /** Whose time it goes by; the machine's own when left out. */
  clock?: () => Date;
};

export type RunningServer = {
  /** Where people open it. */
  url: string;
  app: FastifyInstance;
  db: Db;
  /** The command line's context on this database, for the demo and other first-day work. */
  context: Context;
  databaseUrl: string;
  /** Stops accepting, finishes what runs, then closes the pool and releases PostgreSQL. May be called twice. */
  stop: () => Promise<void>;
};

type Database = { url: string; release: () => Promise<void> };

const builtRenderer = fileURLToPath(new URL('../dist/renderer', import.meta.url));

/** What must be undone, latest first; each step is tried even when one before it failed. */
function createUndo() {
  const steps: (() => Promise<void> | void)[] = [];
  return {
    add: (step: () => Promise<void> | void) => steps.unshift(step),
    run: async () => {
      const failures: unknown[] = [];
      for (const step of steps.splice(0))
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      if (failures.length > 0) throw failures[0];
    },
  };
}

const openDatabase = async ({ databaseUrl, dataDir }: Config): Promise<Database> =>
  databaseUrl === null ? openPostgres({ dataDir }) : { url: databaseUrl, release: async () => {} };

async function portInUse(port: number): Promise<AppError> {
  const holder = await findPortHolder(port);
  const by = holder ? `"${holder.name}" (process ${holder.pid})` : 'another program';
  return new AppError('port-in-use', {
    message: `Port ${port} is in use by ${by}. Choose another with --port, such as --port ${port < 65_535 ? port + 1 : 4860}, or stop that program.`,
    details: { port, ...holder },
  });
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EADDRINUSE') throw await portInUse(port);
    if (code === 'EACCES')
      throw new AppError('port-in-use', {
        message: `Port ${port} may not be used by this account. Choose one above 1023 with --port.`,
      });
    throw error;
  }
  const address = app.server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}

async function startOn(config: Config, options: StartOptions, undo: ReturnType<typeof createUndo>) {
  mkdirSync(config.dataDir, { recursive: true });
  const database = await openDatabase(config);
  undo.add(() => database.release());
  await migrate(database.url, { recoveryPublicKey: () => loadOrCreateRecoveryKey(config.dataDir) });
  const { db, close } = connect(database.url);
  undo.add(close);
  const logger = createLogger(config.logLevel);
  // Before anybody can ask: a laptop must never take a restored database for the one it knew.
  const lineage = await watchLineage({
    db,
    dataDir: config.dataDir,
    clock: () => new Date(),
    onRenewed: (renewal) => logger.warn(renewal, 'the database was put back; laptops shake hands anew'),
    onFailure: (error) => logger.error({ err: error }, 'how far the database has come could not be noted'),
  });
  undo.add(lineage.end);
  const clock = options.clock ?? (() => new Date());
  const app = await buildApp({
    db,
    logger,
    clock,
    staticRoot: options.staticRoot === undefined ? builtRenderer : options.staticRoot,
    trustedOrigin: options.trustedOrigin ?? null,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    sessionPolicy: { ...defaultSessionPolicy, idleDays: config.sessionDays },
  });
  undo.add(() => app.close());
  const listening = await listen(app, config);
  const url = config.publicUrl ?? listening;
  const announced = announceServer(config.dataDir, url);
  undo.add(announced.end);
  const context: Context = { db, actor: systemActor, clock };
  return { url, app, db, context, databaseUrl: database.url };
}

/** Starts everything the server needs and listens. @throws AppError that says what to do; nothing is left running */
export async function startServer(config: Config, options: StartOptions = {}): Promise<RunningServer> {
  const undo = createUndo();
  try {
    const running = await startOn(config, options, undo);
    let stopped: Promise<void> | null = null;
    return {
      ...running,
      stop: () => {
        stopped ??= undo.run();
        return stopped;
      },
    };
  } catch (error) {
    await undo.run().catch(() => {});
    throw error;
  }
}

/** The lines a person at the terminal reads when the server does not start. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof AppError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error.code !== 'config-invalid') return error.message;
  const problems = error.details as ConfigProblem[];
  return [error.message, ...problems.map(({ where, problem }) => `  ${where}: ${problem}`)].join('\n');
}

async function main(): Promise<void> {
  const starting = startServer(readConfig(process.env, process.argv.slice(2)));
  const drain = async () => {
    // A terminal's Ctrl+C arrives more than once (from the group and from npm); one drain is enough.
    const server = await starting.catch(() => null);
    await server?.stop();
    process.exit(0);
  };
  const fail = (error: unknown) => {
    console.error(describeFailure(error));
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void drain().catch(fail));
  console.log(`Second Opinion listens on ${(await starting).url}`);
}

if (import.meta.main)
  main().catch((error: unknown) => {
    console.error(describeFailure(error));
    process.exitCode = 1;
  });
