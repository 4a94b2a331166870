import { inArray, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../../server/db/client.ts';
import type { Context } from '../../../server/db/context.ts';
import { auditEvents, auditHeads } from '../../../server/db/schema.ts';
import { exportRaw } from '../../../server/exports/domain.ts';
import type { StudyId, UserId } from '../../../shared/schema/ids.ts';
import { isAuditWhole } from './audit-check.ts';
import type { LogEntry, StoredRevision } from './server-port.ts';
import type { WorldKeys } from './world-rows.ts';

/** Where a judge reads what a world's rows are. */
export type WorldReadings = { db: Db; keys: WorldKeys; context: Context };

async function rowsOf<Row>({ db }: WorldReadings, query: SQL): Promise<Row[]> {
  return (await db.execute(query)).rows as Row[];
}

export async function revisionsOf(world: WorldReadings): Promise<StoredRevision[]> {
  const rows = await rowsOf<Omit<StoredRevision, 'seq' | 'receivedAt'> & { seq: string; receivedAt: string }>(
    world,
    sql`
    select r.id, r.assignment_id as "assignmentId", r.user_id as "userId", a.user_id as "ownerId",
      r.client_id as "clientId", c.user_id as "clientUserId", r.seq, r.base_revision_id as "baseRevisionId",
      r.state, r.body, r.body_hash as "bodyHash", r.late, r.diverged,
      extract(epoch from r.received_at) * 1000 as "receivedAt", a.latest_revision_id as "headId"
    from annotation_revisions r join assignments a on a.id = r.assignment_id join clients c on c.id = r.client_id
    where r.user_id = any(${sql.param(world.keys.users)}::uuid[]) order by r.ordinal`,
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), receivedAt: Number(row.receivedAt) }));
}

export async function logOf(world: WorldReadings, userId: UserId): Promise<LogEntry[]> {
  const rows = await rowsOf<Omit<LogEntry, 'seq' | 'raw'> & { seq: string; raw: Buffer | null }>(
    world,
    sql`
    select l.client_id as "clientId", l.seq, l.body_hash as "bodyHash", l.verdict->>'status' as status, l.raw
    from mutation_log l join clients c on c.id = l.client_id where c.user_id = ${userId}
    order by l.client_id, l.seq`,
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq), raw: row.raw?.toString() ?? null }));
}

export async function conflictsOf(world: WorldReadings, userId: UserId): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(
    world,
    sql`
    select count(*)::int as n from mutation_conflicts m join clients c on c.id = m.client_id
    where c.user_id = ${userId}`,
  );
  return row?.n ?? 0;
}

export async function feedOf(world: WorldReadings, userId: UserId): Promise<number[]> {
  const rows = await rowsOf<{ n: string }>(
    world,
    sql`select n from feed where user_id = ${userId} order by n`,
  );
  return rows.map(({ n }) => Number(n));
}

/** What the raw export of each study gives. */
export async function exportedOf({ keys, context }: WorldReadings) {
  const found: { revisionId: string; bodyHash: string; body: unknown }[] = [];
  for (const studyId of keys.studies)
    for await (const { revisionId, bodyHash, body } of await exportRaw(context, studyId as StudyId))
      found.push({ revisionId, bodyHash, body });
  return found;
}

export async function auditIsWhole(world: WorldReadings): Promise<boolean> {
  const { users } = world.keys;
  const events = await world.db
    .select()
    .from(auditEvents)
    .where(inArray(auditEvents.stream, users))
    .orderBy(auditEvents.stream, auditEvents.n);
  const heads = await world.db.select().from(auditHeads).where(inArray(auditHeads.stream, users));
  const chains = Map.groupBy(events, ({ stream }) => stream);
  const receipts = await rowsOf<{ hash: string }>(
    world,
    sql`
    select l.verdict->'receipt'->>'auditHash' as hash from mutation_log l join clients c on c.id = l.client_id
    where c.user_id = any(${sql.param(users)}::uuid[])`,
  );
  const headsMatch = heads.every(({ stream, n, hash }) => {
    const last = chains.get(stream)?.at(-1);
    return last?.n === n && last.hash === hash;
  });
  return (
    heads.length === chains.size &&
    headsMatch &&
    isAuditWhole({
      chains: [...chains.values()],
      revisions: await revisionsOf(world),
      receipts: receipts.map(({ hash }) => hash),
    })
  );
}
