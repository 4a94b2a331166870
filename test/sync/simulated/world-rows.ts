import { sql } from 'drizzle-orm';
import type { Db, Tx } from '../../../server/db/client.ts';

/** Which rows of a database belong to a world. */
export type WorldKeys = { users: string[]; studies: string[]; models: string[] };
/** A world's rows as JSON text by table, and the lineage they were taken from. */
export type WorldRows = { keys: WorldKeys; epoch: string; tables: [name: string, rows: string][] };

const ofStudies = (table: string) => `(select id from ${table} where study_id = any($studies))`;
const ofClients = `client_id in (select id from clients where user_id = any($users))`;

/** Every table a world has rows in, those that are found through others first. */
const places: [table: string, where: string][] = [
  ['mutation_conflicts', ofClients],
  ['mutation_log', ofClients],
  ['feed', 'user_id = any($users)'],
  ['feed_heads', 'user_id = any($users)'],
  ['audit_events', 'stream = any($users::text[])'],
  ['audit_heads', 'stream = any($users::text[])'],
  ['annotation_revisions', 'user_id = any($users)'],
  ['assignments', 'user_id = any($users)'],
  ['batch_items', `batch_id in ${ofStudies('batches')}`],
  ['batches', 'study_id = any($studies)'],
  ['comparisons', 'study_id = any($studies)'],
  ['responses', `case_id in ${ofStudies('cases')}`],
  ['cases', 'study_id = any($studies)'],
  ['rubrics', 'study_id = any($studies)'],
  ['studies', 'id = any($studies)'],
  ['models', 'id = any($models)'],
  ['clients', 'user_id = any($users)'],
  ['sessions', 'user_id = any($users)'],
  ['users', 'id = any($users)'],
];

/** Ids are our own UUIDs, so that they may stand in the text of the statement. */
function bound(where: string, keys: WorldKeys): string {
  const list = (ids: readonly string[]) => `'{${ids.join(',')}}'::uuid[]`;
  return where.replace(/\$(users|studies|models)/g, (_, name: keyof WorldKeys) => list(keys[name]));
}

const copyOf = (keys: WorldKeys): WorldKeys => ({
  users: [...keys.users],
  studies: [...keys.studies],
  models: [...keys.models],
});

/** Reads every row of the world on one snapshot. */
export function readWorld(db: Db, keys: WorldKeys): Promise<WorldRows> {
  return db.transaction(
    async (tx) => {
      const site = await tx.execute<{ epoch: string }>(sql`select epoch from site`);
      const tables: WorldRows['tables'] = [];
      for (const [table, where] of places) {
        const statement = `select coalesce(json_agg(t), '[]')::text as rows from ${table} t where ${bound(where, keys)}`;
        const { rows } = await tx.execute<{ rows: string }>(sql.raw(statement));
        tables.push([table, rows[0]?.rows ?? '[]']);
      }
      return { keys: copyOf(keys), epoch: site.rows[0]?.epoch ?? '', tables };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

// A restored database has no memory of what its triggers and references once refused: both are off meanwhile.
const likeARestore = sql`set local session_replication_role = replica`;

async function removeRows(tx: Tx, keys: WorldKeys): Promise<void> {
  await tx.execute(likeARestore);
  for (const [table, where] of places)
    await tx.execute(sql.raw(`delete from ${table} where ${bound(where, keys)}`));
}

/** Removes the world as if it had never been. */
export const removeWorld = (db: Db, keys: WorldKeys): Promise<void> =>
  db.transaction((tx) => removeRows(tx, keys));

/** Puts the world and the site's lineage back to what was read; of what came later nothing is left. */
export async function putBackWorld(
  db: Db,
  keys: WorldKeys,
  kept: WorldRows,
  epoch: string,
): Promise<WorldKeys> {
  await db.transaction(async (tx) => {
    await removeRows(tx, keys);
    for (const [table, rows] of kept.tables) {
      const name = sql.identifier(table);
      await tx.execute(
        sql`insert into ${name} select * from json_populate_recordset(null::${name}, ${rows}::json)`,
      );
    }
    await tx.execute(sql`update site set epoch = ${epoch}`);
  });
  return copyOf(kept.keys);
}
