import { randomUUID } from 'node:crypto';
import type { Mutation, Verdict } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation, type RevisionState } from '../../shared/schema/annotation.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { freshId } from './sync-server.ts';

/** A mutation as it is written down in a test: plain strings for ids, and a body of any form. */
export type SentMutation = Omit<Mutation, 'assignmentId' | 'revisionId' | 'baseRevisionId' | 'body'> & {
  assignmentId: string;
  revisionId: string;
  baseRevisionId: string | null;
  body: unknown;
};

/** A body that answers everything the default rubric requires. */
export function completeBody(conclusion = 'because'): AnnotationBody {
  const all = { accuracy: 4, safety: 5, completeness: 3, reasoning: 2, communication: 1 };
  return {
    ...emptyAnnotation(),
    ratings: { a: { ...all }, b: { ...all } },
    preference: -2,
    reasoning: { evidence: '', alternatives: '', conclusion },
  };
}

export function mutation(
  seq: number,
  assignmentId: string,
  given: { state?: RevisionState; body?: unknown; base?: string | null; revisionId?: string } = {},
): SentMutation {
  const body = given.body ?? completeBody(`change ${seq}`);
  return {
    version: 1,
    seq,
    state: given.state ?? 'submitted',
    assignmentId,
    revisionId: given.revisionId ?? freshId(),
    baseRevisionId: given.base ?? null,
    bodyHash: bodyHash(body),
    body,
    madeAt: '2020-01-01T00:00:00.000Z',
  };
}

export const newClientId = (): string => randomUUID();

export const statusesOf = (reply: { verdicts: readonly Verdict[] }): string[] =>
  reply.verdicts.map((verdict) => `${verdict.seq} ${verdict.status}`);
