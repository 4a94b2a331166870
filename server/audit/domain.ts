import { requirePermission } from '../../shared/permissions.ts';
import { auditHash, auditRoot } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import * as store from './store.ts';

/** The first place where the log does not hold; `n` is null when no single event can be named. */
export type AuditBreak = { stream: string; n: number | null; what: string };
/** How much was read, and the first break in order of stream and number; null when everything holds. */
export type AuditReport = { streams: number; events: number; firstBreak: AuditBreak | null };

const pageSize = 1000;

async function* allEvents(tx: Tx): AsyncGenerator<store.StoredEvent> {
  let [stream, n] = ['', 0];
  for (;;) {
    const page = await store.findEventsAfter(tx, stream, n, pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    [stream, n] = [last.stream, last.n];
  }
}

type Chain = { stream: string; n: number; hash: string };

function eventBreak(chain: Chain, event: store.StoredEvent): AuditBreak | null {
  const broken = (what: string): AuditBreak => ({ stream: event.stream, n: event.n, what });
  if (event.n !== chain.n + 1) return { ...broken('this event is missing'), n: chain.n + 1 };
  if (event.previousHash !== chain.hash) return broken('the event does not stand on the one before it');
  const { previousHash, hash, ...content } = event;
  return auditHash(previousHash, content) === hash ? null : broken('the event was changed');
}

async function headBreak(tx: Tx, { stream, n, hash }: Chain): Promise<AuditBreak | null> {
  const head = await store.findHead(tx, stream);
  if (!head) return { stream, n, what: 'the head of this chain is missing' };
  if (head.n > n)
    return { stream, n: n + 1, what: `events up to ${head.n} were written, but this one is missing` };
  if (head.n < n || head.hash !== hash)
    return { stream, n: head.n, what: 'the head does not match the chain' };
  return null;
}

/** Walks every chain once. Memory stays flat: one page of events at a time. */
async function verifyChains(tx: Tx): Promise<AuditReport> {
  let chain = null as Chain | null;
  const report: AuditReport = { streams: 0, events: 0, firstBreak: null };
  for await (const event of allEvents(tx)) {
    if (chain?.stream !== event.stream) {
      report.firstBreak = chain && (await headBreak(tx, chain));
      if (report.firstBreak) return report;
      chain = { stream: event.stream, n: 0, hash: auditRoot };
      report.streams++;
    }
    report.firstBreak = eventBreak(chain, event);
    if (report.firstBreak) return report;
    report.events++;
    chain = { stream: event.stream, n: event.n, hash: event.hash };
  }
  report.firstBreak = chain && (await headBreak(tx, chain));
  return report;
}

/** What stands outside the chains and speaks of them: emptied chains, receipts, revisions. */
async function crossBreak(tx: Tx): Promise<AuditBreak | null> {
  const emptied = await store.findEmptiedStream(tx);
  if (emptied !== undefined) return { stream: emptied, n: 1, what: 'every event of this chain is missing' };
  const receipt = await store.findOrphanedReceipt(tx);
  if (receipt) {
    const what = `the event that the receipt of change ${receipt.seq} of client ${receipt.clientId} names is missing`;
    return { stream: receipt.stream, n: null, what };
  }
  const altered = await store.findAlteredRevision(tx);
  if (!altered) return null;
  const { stream, n, revisionId } = altered;
  return { stream, n: Number(n), what: `revision ${revisionId} is not the one this event recorded` };
}

/**
 * Recomputes every hash chain of the audit log on one snapshot, then compares it with the receipts given out
 * and the revisions stored. Finds every change, removal or insertion that does not rewrite, in step, a chain
 * from there on, its head, the receipts in `mutation_log` and the revisions; whoever rewrites all of these is
 * only found by an anchor outside the database, such as a receipt kept on a laptop.
 * @throws AppError `forbidden` without `audit:verify`
 */
export async function verifyAudit(context: Context): Promise<AuditReport> {
  requirePermission(context.actor.roles, 'audit:verify');
  return context.db.transaction(
    async (tx) => {
      const report = await verifyChains(tx);
      return report.firstBreak ? report : { ...report, firstBreak: await crossBreak(tx) };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
