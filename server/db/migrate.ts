import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { AppError } from '../../shared/errors.ts';
import { isConnectionFailure, sqlState } from './pg-error.ts';
import * as schema from './schema.ts';

export type MigrateOptions = {
  /** Called once per database, when it is new. Without it laptops have no recovery key. */
  recoveryPublicKey?: () => Promise<string>;
};

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any number that no other program on the same database takes as its lock. */
const lockKey = 4_860_202_611;

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    if (isConnectionFailure(cause)) throw new AppError('database-unavailable', { cause });
    throw cause;
  }
}

async function createDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  const client = await open(maintenance.href);
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // 42P04 and 23505: another starter created it in the same moment.
    if (!['42P04', '23505'].includes(sqlState(error))) throw error;
  } finally {
    await client.end();
  }
}

async function openOrCreate(url: string): Promise<pg.Client> {
  try {
    return await open(url);
  } catch (error) {
    if (sqlState(error) !== '3D000') throw error;
    await createDatabase(url);
    return open(url);
  }
}

async function refuseNewer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ present: string | null }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations') AS present`,
  );
  if (rows[0]?.present == null) return;
  const applied = await client.query<{ last: string | null }>(
    'SELECT max(created_at) AS last FROM drizzle.__drizzle_migrations',
  );
  const known = Math.max(
    ...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis),
  );
  if (Number(applied.rows[0]?.last ?? 0) > known) throw new AppError('database-newer');
}

/** Brings the database (created when absent) to this version; two starters at once wait for each other. */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<void> {
  const client = await openOrCreate(url);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await refuseNewer(client);
    const db = drizzle({ client, schema, casing: 'snake_case' });
    await applyMigrations(db, { migrationsFolder });
    if ((await db.select().from(schema.site)).length > 0) return;
    const recoveryPublicKey = (await options.recoveryPublicKey?.()) ?? null;
    await db.insert(schema.site).values({ epoch: randomUUID(), recoveryPublicKey });
  } finally {
    // Ending the connection gives the lock back.
    await client.end();
  }
}
