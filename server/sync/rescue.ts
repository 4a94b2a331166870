import { maxPushMutations, type Verdict } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { RescuedChange, RescuedWork } from '../../shared/rescue/rescued-work.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { readMutation } from '../../shared/sync/mutation-reading.ts';
import { appendAudit } from '../db/audit.ts';
import type { Db, Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import { planRescue, rescueClientId } from './decide-rescue.ts';
import { hello } from './domain.ts';
import { push } from './push.ts';
import * as store from './rescue-store.ts';
import { readSite } from './store.ts';

/** How changes of an emergency copy came here; stands in every audit event they make. */
export type RescueOrigin = {
  /** SHA-256 of the file. */
  file: string;
  /** Who ran the import on this machine. */
  by: string;
  appVersion: string;
  deviceName: string;
};
export type RescuedLine = {
  generation: number;
  seq: number;
  assignmentId: string | null;
  revisionId: string;
  state: string | null;
  status: Verdict['status'];
  diverged: boolean;
  reason: Verdict['reason'];
  /** The server held it before: nothing came of it. */
  known: boolean;
};
export type RescueAccount = { id: string; email: string; name: string };
export type RescueReport = {
  account: RescueAccount;
  clientId: string | null;
  lines: RescuedLine[];
  /** Records that no key opened, or that were damaged on the laptop. */
  unreadable: number;
};

/** Whose work it is. @throws AppError `rescue-not-ours` */
export async function accountOf(context: Context, userId: UserId): Promise<RescueAccount> {
  requirePermission(context.actor.roles, 'work:rescue');
  const account = await store.findAccount(context.db, userId);
  if (!account) throw new AppError('rescue-not-ours');
  return account;
}

/** How much of it the server holds already, changing nothing. */
export async function inspectRescued(
  context: Context,
  work: RescuedWork,
): Promise<{ account: RescueAccount; known: number }> {
  const account = await accountOf(context, work.userId);
  const ids = work.changes.map(({ mutation }) => readMutation(mutation).revisionId);
  const known = await store.findOwnRevisions(context.db, account.id, ids);
  return { account, known: ids.filter((id) => known.has(id)).length };
}

class DryRun extends Error {
  readonly reports: RescueReport[];
  constructor(reports: RescueReport[]) {
    super('dry run');
    this.reports = reports;
  }
}

/**
 * Takes rescued work in by the way of a push, all of it or nothing (rule S27). What the server holds is left as it is,
 * so that a second import, or the laptop itself later, changes nothing.
 * @throws AppError `forbidden`, `rescue-not-ours`
 */
export async function importRescued(
  context: Context,
  works: readonly RescuedWork[],
  origin: RescueOrigin,
  { dryRun }: { dryRun: boolean },
): Promise<RescueReport[]> {
  requirePermission(context.actor.roles, 'work:rescue');
  try {
    return await context.db.transaction(async (tx) => {
      const reports: RescueReport[] = [];
      for (const work of works) reports.push(await importWork(context, tx, work, origin));
      if (dryRun) throw new DryRun(reports);
      return reports;
    });
  } catch (cause) {
    if (cause instanceof DryRun) return cause.reports;
    throw cause;
  }
}

async function importWork(
  context: Context,
  tx: Tx,
  work: RescuedWork,
  origin: RescueOrigin,
): Promise<RescueReport> {
  // A transaction offers what a use case asks of a database; its own transactions become savepoints.
  const inside: Context = { ...context, db: tx as unknown as Db };
  const account = await accountOf(inside, work.userId);
  await store.lockRescue(tx, account.id);
  const clientId = work.client?.clientId ?? null;
  const lastSeq = await lastSeqOf(tx, clientId, account.id);
  const { own, anew } = planRescue(work, lastSeq);
  const importing = new Importing(inside, tx, account, origin);
  const lines = clientId === null ? [] : await importing.takeOwn(clientId, own, lastSeq);
  const conflicts = own.filter((_, i) => lines[i]?.status === 'conflict');
  lines.push(...(await importing.takeAnew([...conflicts, ...anew])));
  await importing.note(lines);
  return { account, clientId, lines, unreadable: work.unreadable };
}

/** @throws AppError `rescue-not-ours` when the laptop's client id is another person's */
async function lastSeqOf(tx: Tx, clientId: string | null, userId: string): Promise<number> {
  const client = clientId === null ? undefined : await store.findClient(tx, clientId);
  if (client && client.userId !== userId)
    throw new AppError('rescue-not-ours', {
      message: 'This copy names a laptop that belongs to another account of this site; nothing was changed.',
    });
  return client?.lastSeq ?? 0;
}

/** One person's import inside its transaction. */
class Importing {
  readonly #operator: Context;
  readonly #tx: Tx;
  readonly #account: RescueAccount;
  readonly #origin: RescueOrigin;
  /** The work is the physician's, and so are the events it makes; that it was rescued, and by whom, stands in them. */
  readonly #physician: Context;

  constructor(operator: Context, tx: Tx, account: RescueAccount, origin: RescueOrigin) {
    this.#operator = operator;
    this.#tx = tx;
    this.#account = account;
    this.#origin = origin;
    const actor = { userId: account.id as UserId, roles: ['physician'] as const, name: account.name };
    this.#physician = { ...operator, actor };
  }

  /** Under the laptop's own client id and numbers, from the first one on. */
  async takeOwn(clientId: string, changes: RescuedChange[], lastSeq: number): Promise<RescuedLine[]> {
    const known = await this.#knownRevisions(changes);
    const verdicts = await this.#push(
      clientId,
      changes.map(({ mutation }) => mutation),
    );
    return changes.map((change, i) => {
      const held = change.seq <= lastSeq || known.has(readMutation(change.mutation).revisionId);
      return lineOf(change, verdicts[i], held && verdicts[i]?.status !== 'conflict');
    });
  }

  /** Under the client id of this person's rescued work; what came before by any way is left out. */
  async takeAnew(changes: RescuedChange[]): Promise<RescuedLine[]> {
    const clientId = rescueClientId(this.#account.id);
    const known = await this.#knownRevisions(changes);
    const taken = await store.findTaken(this.#tx, clientId);
    let seq = (await store.findClient(this.#tx, clientId))?.lastSeq ?? 0;
    const lines = new Map<RescuedChange, RescuedLine>();
    const sent: { change: RescuedChange; mutation: Record<string, unknown> }[] = [];
    for (const change of changes) {
      const { revisionId, hash } = readMutation(change.mutation);
      const status = taken.get(`${revisionId}|${hash}`) ?? (known.has(revisionId) ? 'accepted' : null);
      if (status !== null) lines.set(change, knownLine(change, status as Verdict['status']));
      else sent.push({ change, mutation: { ...change.mutation, seq: ++seq } });
    }
    const verdicts = await this.#push(
      clientId,
      sent.map(({ mutation }) => mutation),
    );
    for (const [i, { change }] of sent.entries()) lines.set(change, lineOf(change, verdicts[i], false));
    return changes.flatMap((change) => lines.get(change) ?? []);
  }

  /** One event of whoever ran the import, unless it changed nothing. */
  async note(lines: readonly RescuedLine[]): Promise<void> {
    const fresh = lines.filter(({ known }) => !known).length;
    if (fresh === 0) return;
    const { db: _, actor, clock } = this.#operator;
    const detail = { ...this.#origin, changes: lines.length, fresh };
    await appendAudit(this.#tx, actor, clock(), [
      { action: 'rescue.imported', subject: this.#account.id, detail },
    ]);
  }

  async #knownRevisions(changes: readonly RescuedChange[]): Promise<Set<string>> {
    const ids = changes.map(({ mutation }) => readMutation(mutation).revisionId).filter((id) => id !== '');
    return store.findOwnRevisions(this.#tx, this.#account.id, ids);
  }

  async #push(clientId: string, mutations: readonly unknown[]): Promise<Verdict[]> {
    if (mutations.length === 0) return [];
    const { appVersion, deviceName, file, by } = this.#origin;
    const client = { clientId: clientId as never, appVersion };
    if (!(await store.findClient(this.#tx, clientId)))
      await hello(this.#physician, { ...client, deviceName });
    const { epoch } = await readSite(this.#tx);
    const verdicts: Verdict[] = [];
    for (let at = 0; at < mutations.length; at += maxPushMutations) {
      const some = mutations.slice(at, at + maxPushMutations);
      const reply = await push(this.#physician, { ...client, epoch, mutations: some }, { file, by });
      verdicts.push(...reply.verdicts);
    }
    return verdicts;
  }
}

function lineOf(change: RescuedChange, verdict: Verdict | undefined, known: boolean): RescuedLine {
  if (!verdict) throw new Error(`no verdict came for change ${change.seq}`);
  const { status, diverged, reason } = verdict;
  return { ...namesOf(change), status, diverged, reason, known };
}

const knownLine = (change: RescuedChange, status: Verdict['status']): RescuedLine => ({
  ...namesOf(change),
  status,
  diverged: false,
  reason: null,
  known: true,
});

function namesOf({ generation, seq, mutation }: RescuedChange) {
  const { assignmentId, state } = mutation;
  return {
    generation,
    seq,
    assignmentId: typeof assignmentId === 'string' ? assignmentId : null,
    revisionId: readMutation(mutation).revisionId,
    state: typeof state === 'string' ? state : null,
  };
}
