import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

/** Reads, and the start of a transaction. Writes take a `Tx`, so that none happens outside one. */
export type Db = NodePgDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];
/** Anything that can read. */
export type Reader = Db | Tx;

export type Connection = { db: Db; pool: pg.Pool; close: () => Promise<void> };

/** Opens a pool on a PostgreSQL address; `close` waits for running queries. */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: 10_000,
  });
  // A broken idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  // The same for one that breaks while a transaction holds it: its query fails, and that is where it is handled.
  pool.on('connect', (client) => client.on('error', () => {}));
  return { db: drizzle({ client: pool, schema, casing: 'snake_case' }), pool, close: () => pool.end() };
}
