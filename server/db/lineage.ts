import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { appendAudit } from './audit.ts';
import type { Db } from './client.ts';
import { type Context, systemActor } from './context.ts';
import {
  findLineageBreak,
  type LineageBreak,
  type LineageMark,
  type LineageState,
  readLineageMark,
  writeLineageMark,
} from './lineage-mark.ts';
import { site } from './schema.ts';

export type Renewal = { from: string; to: string; reason: LineageBreak | 'asked-for' };

/** Gives the database a new epoch: every laptop shakes hands anew, sends what is missing here and pulls from 0 (rule S13). */
export async function renewEpoch(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  reason: Renewal['reason'],
): Promise<Renewal> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select({ epoch: site.epoch }).from(site).for('update');
    if (!row) throw new Error('the database has no site row: it was not migrated');
    const [from, to] = [row.epoch, randomUUID()];
    await tx.update(site).set({ epoch: to });
    await appendAudit(tx, systemActor, clock(), [
      { action: 'epoch-renewed', subject: 'site', detail: { from, to, reason } },
    ]);
    return { from, to, reason };
  });
}

async function readState(db: Db): Promise<LineageState> {
  const { rows } = await db.execute<{ epoch: string; events: string }>(
    sql`select epoch, (select coalesce(sum(n), 0) from audit_heads)::text as events from site`,
  );
  const [row] = rows;
  if (!row) throw new Error('the database has no site row: it was not migrated');
  return { epoch: row.epoch, events: Number(row.events) };
}

export type LineageOptions = Pick<Context, 'db' | 'clock'> & {
  dataDir: string;
  onRenewed: (renewal: Renewal) => void;
  /** Told what went wrong while the mark was kept; the next time comes by itself. */
  onFailure: (error: unknown) => void;
  everyMs?: number;
};

/** Compares the database with what was known of it, renews the epoch where it was put back, and moves the mark on. */
async function keepMark(
  { dataDir, onRenewed, ...context }: LineageOptions,
  mark: LineageMark | null,
): Promise<LineageMark> {
  const broken = findLineageBreak(mark, await readState(context.db));
  if (broken) onRenewed(await renewEpoch(context, broken));
  const { epoch, events } = await readState(context.db);
  if (mark?.epoch !== epoch || mark.events !== events) writeLineageMark(dataDir, { epoch, events });
  return { epoch, events, isCopy: false };
}

/**
 * Notices a database that was put back to an older backup, at the start and while the server runs, and gives it a
 * new epoch before a laptop can take it for the one it knew.
 */
export async function watchLineage(options: LineageOptions): Promise<{ end: () => Promise<void> }> {
  // The file is read once: while the server runs, a backup program may touch it without anything being put back.
  let mark = await keepMark(options, readLineageMark(options.dataDir));
  let keeping = Promise.resolve();
  const keepOnce = async () => {
    mark = await keepMark(options, mark);
  };
  const keep = () => {
    keeping = keeping.then(keepOnce).catch(options.onFailure);
    return keeping;
  };
  const timer = setInterval(() => void keep(), options.everyMs ?? 5_000);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      return keep();
    },
  };
}
