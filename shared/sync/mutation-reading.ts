import type { z } from 'zod';
import { type Mutation, mutationSchema, mutationVersions } from '../contract/sync.ts';
import { toWellFormedText } from '../schema/text.ts';
import { sha256Hex } from './body-hash.ts';
import { canonicalJson } from './canonical-json.ts';
import { hasUnstorableText, isDeeperThan, maxJsonDepth, rawJson } from './raw-json.ts';

/** Why a mutation got the verdict it got; codes are stable, sentences may improve. */
export const reasonSentences = {
  unreadable: 'This change cannot be read. Its text is kept at the server; tell your lead.',
  'unknown-version':
    'The app that made this change is newer than the server. Its text is kept at the server.',
  'hash-mismatch': 'This change was damaged on its way. Its text is kept at the server; tell your lead.',
  'not-yours': 'This case is not assigned to this account. The text is kept at the server; tell your lead.',
  'revision-id-used':
    'This change carries the number of another one. Its text is kept at the server; tell your lead.',
  'seq-used': 'Two copies of one local database are in use. Both versions are kept at the server.',
  recalled: 'This case was recalled. Your work is kept and marked as late.',
  locked: 'This batch was locked before your work arrived. It is kept and marked as late.',
  incomplete: 'Submitted without every required answer; accepted as it is.',
  'outside-rubric': 'A rating is not on the scale of the rubric; accepted as it is.',
} as const;
export type ReasonCode = keyof typeof reasonSentences;
export type Reason = { code: ReasonCode; message: string };

/** A reason with its sentence and, where one helps, what exactly was met. */
export function reasonOf(code: ReasonCode, detail = ''): Reason {
  const said = detail === '' ? reasonSentences[code] : `${reasonSentences[code]} (${detail.slice(0, 300)})`;
  return { code, message: toWellFormedText(said) };
}

/** One item of a push, read on its own: what it claims, and either a sound mutation or why there is none. */
export type MutationReading = {
  /** Null when the item carries no readable seq. */
  seq: number | null;
  /** The body hash it claims; SHA-256 of its raw text when it claims none that can be read. */
  hash: string;
  /** The revision id it claims, in lower case; empty when it claims none that can be read. */
  revisionId: string;
  content: { readable: true; mutation: Mutation; bodyText: string } | { readable: false; reason: Reason };
};

const memberOf = (item: unknown, key: string): unknown =>
  typeof item === 'object' && item !== null && Object.hasOwn(item, key) ? Reflect.get(item, key) : undefined;

const claimOf = <T>(schema: z.ZodType<T>, item: unknown, key: string): T | null =>
  schema.safeParse(memberOf(item, key)).data ?? null;

const unreadable = (detail: string): MutationReading['content'] => ({
  readable: false,
  reason: reasonOf('unreadable', detail),
});

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : 'not in the form of a change';
}

const lower = <Id extends string>(id: Id): Id => id.toLowerCase() as Id;

function withLowerCaseIds(mutation: Mutation): Mutation {
  return {
    ...mutation,
    assignmentId: lower(mutation.assignmentId),
    revisionId: lower(mutation.revisionId),
    baseRevisionId: mutation.baseRevisionId && lower(mutation.baseRevisionId),
  };
}

function readContent(item: unknown): MutationReading['content'] {
  if (isDeeperThan(item, maxJsonDepth)) return unreadable(`nested deeper than ${maxJsonDepth} levels`);
  const version = memberOf(item, 'version');
  if (typeof version === 'number' && !mutationVersions.some((known) => known === version))
    return { readable: false, reason: reasonOf('unknown-version', `version ${version}`) };
  const parsed = mutationSchema.safeParse(item);
  if (!parsed.success) return unreadable(firstIssue(parsed.error));
  return readBody(withLowerCaseIds(parsed.data), memberOf(item, 'body'));
}

/** The body is spelled from what was sent, not from what the schema made of it: unknown fields survive (rule S14). */
function readBody(mutation: Mutation, body: unknown): MutationReading['content'] {
  let bodyText: string;
  try {
    bodyText = canonicalJson(body);
  } catch {
    return unreadable('body: a number JSON cannot carry');
  }
  if (hasUnstorableText(bodyText)) return unreadable('body: contains a NUL or half a character');
  // Most readers, zod among them, drop such a key without a word, and the hash would no longer hold.
  if (bodyText.includes('"__proto__":')) return unreadable('body: a key named __proto__');
  if (sha256Hex(bodyText) !== mutation.bodyHash)
    return { readable: false, reason: reasonOf('hash-mismatch') };
  return { readable: true, mutation, bodyText };
}

/** Reads one item of a push; never throws, whatever the item is (rule S7). */
export function readMutation(item: unknown): MutationReading {
  const revisionId = claimOf(mutationSchema.shape.revisionId, item, 'revisionId');
  return {
    seq: claimOf(mutationSchema.shape.seq, item, 'seq'),
    hash: claimOf(mutationSchema.shape.bodyHash, item, 'bodyHash') ?? sha256Hex(rawJson(item)),
    revisionId: revisionId?.toLowerCase() ?? '',
    content: readContent(item),
  };
}
