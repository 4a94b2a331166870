import type { EndpointInput, EndpointReply } from '../../shared/contract/endpoint.ts';
import {
  mutationVersions,
  type syncBatch,
  type syncBatchPage,
  type syncChanges,
  type syncDigest,
  type syncHello,
} from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { appendAudit } from '../db/audit.ts';
import type { Context } from '../db/context.ts';
import {
  type AssignmentRow,
  findAssignments,
  findBatch,
  findPlaces,
  findStanding,
  isGated,
} from './batch-store.ts';
import { eventBytes, eventOf, namedAssignments } from './feed-event.ts';
import { fitting, replyBytes } from './reply-size.ts';
import * as store from './store.ts';

/** The physician who syncs. @throws AppError `forbidden` for everybody else, the command line included */
export function physicianOf(context: Context): UserId {
  requirePermission(context.actor.roles, 'sync:use');
  if (context.actor.userId === null) throw new AppError('forbidden');
  return context.actor.userId;
}

/** The handshake (rules S1, S2). @throws AppError `forbidden` when the client id belongs to somebody else */
export async function hello(
  context: Context,
  input: EndpointInput<typeof syncHello>['body'],
): Promise<EndpointReply<typeof syncHello>> {
  const userId = physicianOf(context);
  const { clientId, deviceName, appVersion } = input;
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    const client = await store.introduceClient(tx, { clientId, userId, deviceName, appVersion, at });
    if (!client) throw new AppError('forbidden');
    if (client.isNew)
      await appendAudit(tx, context.actor, at, [
        { action: 'client.introduced', subject: clientId, detail: { deviceName, appVersion } },
      ]);
    const { epoch, recoveryPublicKey } = await store.readSite(tx);
    const feedHead = await store.getFeedHead(tx, userId);
    return {
      epoch,
      lastSeq: client.lastSeq,
      feedHead,
      mutationVersions: [...mutationVersions],
      recoveryPublicKey,
    };
  });
}

/** Feed events after a number, oldest first (rule S9). */
export async function changes(
  context: Context,
  { after, limit }: EndpointInput<typeof syncChanges>['query'],
): Promise<EndpointReply<typeof syncChanges>> {
  const userId = physicianOf(context);
  const { epoch } = await store.readSite(context.db);
  const found = await store.findFeed(context.db, userId, after, limit);
  // Read after the events: the head then never lies below them.
  const head = await store.getFeedHead(context.db, userId);
  const rows = found.slice(0, fitting(found.map(eventBytes), replyBytes));
  const own = new Set(await store.findOwnAssignmentIds(context.db, userId, rows.flatMap(namedAssignments)));
  const events = rows.map((row) => eventOf(row, own)).filter((event) => event !== null);
  return { epoch, events, cursor: rows.at(-1)?.n ?? after, head };
}

/** One batch of this physician. @throws AppError `not-found` when none of it is assigned to the caller */
export async function readBatch(context: Context, batchId: string): Promise<EndpointReply<typeof syncBatch>> {
  const userId = physicianOf(context);
  const row = await findBatch(context.db, userId, batchId);
  if (!row) throw new AppError('not-found');
  const {
    guideline,
    guidelineVersion,
    rubric,
    rubricVersion,
    lockedAt,
    settings: _,
    studyId: __,
    ...batch
  } = row;
  return {
    batch: {
      ...batch,
      locked: lockedAt !== null,
      closedAt: lockedAt?.toISOString() ?? null,
      gate: (await isGated(context.db, userId, row)) ? 'practice-first' : 'open',
      practice: await findStanding(context.db, userId, row),
      rubric: { version: rubricVersion, definition: rubric },
      guidelines:
        guideline === null || guidelineVersion === null
          ? null
          : { version: guidelineVersion, markdown: guideline },
    },
  } as EndpointReply<typeof syncBatch>;
}

/** The allow-list of what a physician sees of an assignment; the query names no other column (rule S20). */
function projectAssignment(row: AssignmentRow): EndpointReply<typeof syncBatchPage>['assignments'][number] {
  const latest = row.latest && { ...row.latest, body: JSON.parse(row.latest.body) };
  return { ...row, latest } as EndpointReply<typeof syncBatchPage>['assignments'][number];
}

/**
 * A page of a batch in order of position (rule S17).
 * @throws AppError `not-found` as `readBatch`; `practice-needed` while the study's practice must be passed first
 */
export async function readBatchPage(
  context: Context,
  batchId: string,
  { after, limit }: EndpointInput<typeof syncBatchPage>['query'],
): Promise<EndpointReply<typeof syncBatchPage>> {
  const userId = physicianOf(context);
  const batch = await findBatch(context.db, userId, batchId);
  if (!batch) throw new AppError('not-found');
  if (await isGated(context.db, userId, batch)) throw new AppError('practice-needed');
  const places = await findPlaces(context.db, userId, batchId, after, limit + 1);
  const sizes = places.slice(0, limit).map((place) => place.bytes);
  const page = places.slice(0, fitting(sizes, replyBytes));
  const rows =
    page.length === 0
      ? []
      : await findAssignments(
          context.db,
          userId,
          page.map((place) => place.id),
        );
  const last = page.at(-1);
  return {
    assignments: rows.map(projectAssignment),
    next: last && places.length > page.length ? last.position : null,
  };
}

/** Count and digest of one of the caller's clients (rule S15). @throws AppError `not-found` */
export async function digest(context: Context, clientId: string): Promise<EndpointReply<typeof syncDigest>> {
  const userId = physicianOf(context);
  const { epoch } = await store.readSite(context.db);
  const found = await store.findDigest(context.db, userId, clientId);
  if (!found) throw new AppError('not-found');
  return { epoch, ...found, at: context.clock().toISOString() };
}
