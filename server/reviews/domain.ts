import type { z } from 'zod';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import type {
  ArrivedAnnotation,
  readBatchReview as batchEndpoint,
  readComparisonReview as comparisonEndpoint,
  RawAgreement,
} from '../../shared/contract/reviews.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import { type AnnotationBody, annotationBodySchema } from '../../shared/schema/annotation.ts';
import type { BatchId, ComparisonId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import { turnBody } from '../../shared/schema/turn-body.ts';
import { countRawAgreement, preferenceSpread } from '../../shared/stats/raw-agreement.ts';
import type { Reader } from '../db/client.ts';
import type { Context } from '../db/context.ts';
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
  const { rater, receivedAt, swapped, body, ...rest } = row;
  return {
    ...rest,
    rater: `Rater ${rater}`,
    receivedAt: new Date(receivedAt).toISOString(),
    shownSwapped: swapped,
    body: turned(body, swapped),
    returned: null,
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
