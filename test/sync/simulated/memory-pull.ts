import type { Actor } from '../../../server/db/context.ts';
import { eventBytes, eventOf, namedAssignments } from '../../../server/sync/feed-event.ts';
import { fitting, replyBytes } from '../../../server/sync/reply-size.ts';
import type { EndpointInput, EndpointReply } from '../../../shared/contract/endpoint.ts';
import {
  mutationVersions,
  type syncBatch,
  type syncBatchPage,
  type syncChanges,
  type syncDigest,
  type syncHello,
} from '../../../shared/contract/sync.ts';
import { AppError } from '../../../shared/errors.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { sentDigest } from '../../../shared/sync/digest.ts';
import { type Assignment, appendAudit, type MemoryState } from './memory-state.ts';
import { batchName, rubricOfVersion, studyNameOf } from './planned-batch.ts';

export type Caller = Actor & { userId: UserId };

/** As `hello` of the server (rules S1, S2). */
export function hello(
  state: MemoryState,
  caller: Caller,
  input: EndpointInput<typeof syncHello>['body'],
  { at, recoveryPublicKey }: { at: Date; recoveryPublicKey: string | null },
): EndpointReply<typeof syncHello> {
  const { userId } = caller;
  const { clientId, deviceName, appVersion } = input;
  const id = clientId.toLowerCase();
  const known = state.clients.get(id);
  if (known && known.userId !== userId) throw new AppError('forbidden');
  state.clients.set(id, { id, userId, lastSeq: known?.lastSeq ?? 0, deviceName: deviceName ?? '' });
  if (!known) {
    appendAudit(state, caller, at, [
      { action: 'client.introduced', subject: clientId, detail: { deviceName, appVersion } },
    ]);
  }
  return {
    epoch: state.epoch,
    lastSeq: known?.lastSeq ?? 0,
    feedHead: state.feeds.get(userId)?.length ?? 0,
    mutationVersions: [...mutationVersions],
    recoveryPublicKey,
  };
}

/** As `changes` of the server (rule S9). */
export function changes(
  state: MemoryState,
  { userId }: Caller,
  { after, limit }: EndpointInput<typeof syncChanges>['query'],
): EndpointReply<typeof syncChanges> {
  const feed = state.feeds.get(userId) ?? [];
  const found = feed.slice(after, after + limit);
  const rows = found.slice(0, fitting(found.map(eventBytes), replyBytes));
  const own = new Set(
    rows.flatMap(namedAssignments).filter((id) => state.assignments.get(id)?.userId === userId),
  );
  const named = rows.map(({ revision, ...row }) => {
    const device = state.clients.get(revision?.clientId ?? '')?.deviceName ?? '';
    return { ...row, revision: revision && { ...revision, device } };
  });
  const events = named.map((row) => eventOf(row, own)).filter((event) => event !== null);
  return { epoch: state.epoch, events, cursor: rows.at(-1)?.n ?? after, head: feed.length };
}

/** The caller's assignments of a batch in order. @throws AppError `not-found` when there is none */
function ownBatch(state: MemoryState, userId: UserId, batchId: string) {
  const batch = state.batches.get(batchId.toLowerCase());
  const mine = [...state.assignments.values()]
    .filter((row) => row.batchId === batch?.batchId && row.userId === userId)
    .sort((one, other) => one.position - other.position);
  if (!batch || mine.length === 0) throw new AppError('not-found');
  return { batch, mine };
}

/** As `readBatch` of the server, for real work without guidelines. */
export function readBatch(
  state: MemoryState,
  { userId }: Caller,
  batchId: string,
): EndpointReply<typeof syncBatch> {
  const { batch, mine } = ownBatch(state, userId, batchId);
  const { rubricVersion: version } = batch;
  return {
    batch: {
      id: batch.batchId,
      name: batchName,
      study: studyNameOf(batch.studyId),
      specialty: null,
      deadline: null,
      kind: 'work',
      locked: batch.lockedAt !== null,
      closedAt: batch.lockedAt?.toISOString() ?? null,
      gate: 'open',
      practice: null,
      rubric: { version, definition: rubricOfVersion(version) },
      guidelines: null,
      assignments: mine.length,
    },
  };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** About what PostgreSQL counts: it packs the prompt in its own way, which differs by a few bytes. */
function placeBytes(state: MemoryState, { shown, head }: Assignment): number {
  const { one, two, prompt } = shown;
  const body = head === null ? '' : (state.revisions.get(head.revisionId)?.body ?? '');
  return bytesOf(one.text) + bytesOf(two.text) + bytesOf(JSON.stringify(prompt)) + bytesOf(body);
}

function projectAssignment(state: MemoryState, row: Assignment) {
  const { title, prompt, one, two } = row.shown;
  const revision = row.head && state.revisions.get(row.head.revisionId);
  return {
    id: row.id,
    batchId: row.batchId,
    position: row.position,
    title,
    specialty: null,
    prompt,
    contextText: '',
    context: null,
    a: (row.swapped ? two : one).text,
    b: (row.swapped ? one : two).text,
    recalled: row.recalledAt !== null,
    latest: revision
      ? {
          revisionId: revision.id,
          state: revision.state,
          bodyHash: revision.bodyHash,
          body: JSON.parse(revision.body),
        }
      : null,
  };
}

/** As `readBatchPage` of the server (rule S17). */
export function readBatchPage(
  state: MemoryState,
  { userId }: Caller,
  batchId: string,
  { after, limit }: EndpointInput<typeof syncBatchPage>['query'],
): EndpointReply<typeof syncBatchPage> {
  const { mine } = ownBatch(state, userId, batchId);
  const places = mine.filter(({ position }) => position > after).slice(0, limit + 1);
  const sizes = places.slice(0, limit).map((place) => placeBytes(state, place));
  const page = places.slice(0, fitting(sizes, replyBytes));
  const last = page.at(-1);
  return {
    assignments: page.map((row) => projectAssignment(state, row)),
    next: last && places.length > page.length ? last.position : null,
  } as EndpointReply<typeof syncBatchPage>;
}

/** As `digest` of the server (rule S15). */
export function digest(
  state: MemoryState,
  { userId }: Caller,
  clientId: string,
  at: Date,
): EndpointReply<typeof syncDigest> {
  const client = state.clients.get(clientId.toLowerCase());
  if (client?.userId !== userId) throw new AppError('not-found');
  const log = state.logs.get(client.id) ?? [];
  const held = { lastSeq: client.lastSeq, count: log.length, digest: sentDigest(log) };
  return { epoch: state.epoch, ...held, at: at.toISOString() };
}
