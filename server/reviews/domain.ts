import type { z } from 'zod';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import type {
  ArrivedAnnotation,
  readBatchReview as batchEndpoint,
  readComparisonReview as comparisonEndpoint,
  RawAgreement,
  returnAnnotation as returnEndpoint,
} from '../../shared/contract/reviews.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import { type AnnotationBody, annotationBodySchema } from '../../shared/schema/annotation.ts';
import type { BatchId, ComparisonId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import { turnBody } from '../../shared/schema/turn-body.ts';
import { countRawAgreement, preferenceSpread } from '../../shared/stats/raw-agreement.ts';
import { appendAudit } from '../db/audit.ts';
import type { Reader } from '../db/client.ts';
import { type Context, newId } from '../db/context.ts';
import { appendFeed } from '../db/feed.ts';
import * as store from './store.ts';

type Page = { batchId: BatchId } & z.output<typeof batchEndpoint.query>;

const agreementPage = 500;

const turned = (body: string, swapped: boolean): AnnotationBody =>
  turnBody(annotationBodySchema.parse(JSON.parse(body)), swapped);

/** Turned bodies by position, for one page of comparisons. */
function byPosition(rows: readonly store.SubmittedBody[]): Map<number, AnnotationBody[]> {
  const groups = new Map<number, AnnotationBody[]>();
  for (const row of rows) {
    const group = groups.get(row.position) ?? [];
    group.push(turned(row.body, row.swapped));
    groups.set(row.position, group);
  }
  return groups;
}

/** Goes through the whole batch page by page, so that memory does not grow with it. */
async function agreementOf(
  db: Reader,
  batchId: BatchId,
  rubric: Rubric,
  size: number,
): Promise<RawAgreement[]> {
  const agreement = countRawAgreement(rubric);
  for (let after = -1; after < size - 1; after += agreementPage) {
    const rows = await store.readSubmittedBodies(db, { batchId, after, limit: agreementPage });
    for (const bodies of byPosition(rows).values()) agreement.add(bodies);
  }
  return agreement.result();
}

/** Preferences of the comparisons on the page, as spreads. */
async function spreadsOf(db: Reader, batchId: BatchId, summaries: readonly store.ComparisonSummary[]) {
  const first = summaries.at(0);
  const last = summaries.at(-1);
  if (!first || !last) return new Map<number, number | null>();
  const wanted = { batchId, after: first.position - 1, limit: last.position - first.position + 1 };
  const spreads = new Map<number, number | null>();
  // A filter can stretch a page over the whole batch: read it in steps of the same size.
  for (let after = wanted.after; after < last.position; after += agreementPage) {
    const limit = Math.min(agreementPage, last.position - after);
    const rows = await store.readSubmittedBodies(db, { batchId, after, limit });
    for (const [position, bodies] of byPosition(rows)) spreads.set(position, preferenceSpread(bodies));
  }
  return spreads;
}

/** What arrived for a batch: a page of its comparisons, and raw agreement over all of it. */
export async function readBatchReview(
  context: Context,
  page: Page,
): Promise<EndpointReply<typeof batchEndpoint>> {
  requirePermission(context.actor.roles, 'annotation:review');
  const { db } = context;
  const batch = await store.findBatch(db, page.batchId);
  const rubric = await store.findRubric(db, page.batchId);
  if (!batch || !rubric) throw new AppError('not-found');
  const found = await store.readSummaries(db, { ...page, limit: page.limit + 1 });
  const summaries = found.slice(0, page.limit);
  const spreads = await spreadsOf(db, page.batchId, summaries);
  return {
    batch,
    rubric,
    agreement: await agreementOf(db, page.batchId, rubric, batch.comparisons),
    comparisons: summaries.map((summary) => ({
      ...summary,
      preferenceSpread: spreads.get(summary.position) ?? null,
    })),
    next: found.length > page.limit ? (summaries.at(-1)?.position ?? null) : null,
  };
}

function arrived(row: store.ArrivedRow): ArrivedAnnotation {
  const { rater, receivedAt, swapped, body, returnComment, returnedAt, returnAnswered, ...rest } = row;
  return {
    ...rest,
    rater: `Rater ${rater}`,
    receivedAt: new Date(receivedAt).toISOString(),
    shownSwapped: swapped,
    body: turned(body, swapped),
    returned:
      returnComment === null || returnedAt === null
        ? null
        : {
            comment: returnComment,
            at: new Date(returnedAt).toISOString(),
            answered: returnAnswered === true,
          },
  };
}

/** One comparison with the annotation that stands from each physician; raters are numbers, models stay sealed. */
export async function readComparisonReview(
  context: Context,
  { batchId, comparisonId }: { batchId: BatchId; comparisonId: ComparisonId },
): Promise<EndpointReply<typeof comparisonEndpoint>> {
  requirePermission(context.actor.roles, 'annotation:review');
  const reviewed = await store.findReviewedCase(context.db, batchId, comparisonId);
  const rubric = await store.findRubric(context.db, batchId);
  if (!reviewed || !rubric) throw new AppError('not-found');
  const rows = await store.readArrived(context.db, batchId, comparisonId);
  return { ...reviewed, rubric, annotations: rows.map(arrived) };
}

const whyNot = {
  practice: 'This is practice: experts answer it, so it is not returned.',
  locked:
    'The batch is locked, so its physicians can change nothing. Open the batch first, then return the annotation.',
  recalled: 'This case was recalled from the physician, so it cannot be returned.',
  waiting: 'It was returned already and waits for the physician.',
  newer: 'The physician has sent something newer since. Read the case again.',
} as const;

function refusalOf(found: store.Returnable, revisionId: string): keyof typeof whyNot | null {
  if (found.kind === 'practice') return 'practice';
  if (found.isLocked) return 'locked';
  if (found.isRecalled) return 'recalled';
  if (found.standingId !== revisionId || found.standingState !== 'submitted') return 'newer';
  return found.isWaiting ? 'waiting' : null;
}

/**
 * Gives the submission that stands back to its physician, who is told the comment and never who wrote it. What was
 * submitted stays in force until something newer is submitted, or skipped.
 * @throws AppError `not-found`; `nothing-to-return` unless it is the submission that stands, of real work that is
 *   neither locked nor recalled, and not returned already
 */
export async function returnAnnotation(
  context: Context,
  input: { batchId: BatchId; comparisonId: ComparisonId; revisionId: string; comment: string },
): Promise<EndpointReply<typeof returnEndpoint>> {
  requirePermission(context.actor.roles, 'annotation:return');
  const { batchId, revisionId } = input;
  const comment = input.comment.trim();
  if (comment === '')
    throw new AppError('bad-request', {
      message: 'The comment is empty. Say what is to be looked at again, then return it.',
    });
  return context.db.transaction(async (tx) => {
    const found = await store.lockReturnable(tx, input);
    if (!found) throw new AppError('not-found');
    const refusal = refusalOf(found, revisionId);
    if (refusal) throw new AppError('nothing-to-return', { message: whyNot[refusal] });
    const { assignmentId, userId } = found;
    const returnedAt = context.clock();
    const returnedBy = context.actor.userId;
    const id = newId();
    await store.insertReturn(tx, { id, assignmentId, revisionId, comment, returnedBy, returnedAt });
    await appendAudit(tx, context.actor, returnedAt, [
      { action: 'annotation-returned', subject: assignmentId, detail: { revisionId, returnId: id } },
    ]);
    const at = returnedAt.toISOString();
    const detail = { assignmentId, revisionId, comment, at };
    await appendFeed(tx, userId, [{ type: 'assignment-returned', batchId, detail }]);
    return { returnedAt: at };
  });
}
