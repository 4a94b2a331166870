import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { UserId } from '../schema/ids.ts';
import { sha256Hex } from '../sync/body-hash.ts';
import { canonicalJson } from '../sync/canonical-json.ts';
import { ownerOfKey, rawLaptopKey } from './key-ring.ts';
import { unwrap, wrapTo } from './recovery-wrap.ts';
import { laptopKeySchema } from './rescue-records.ts';
import type { KeyHandle, SealTools } from './seal-tools.ts';

const idSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** What a locked laptop asks for: its keys as the site can open them, and a one-time key to answer to. */
export const unlockRequestSchema = z.looseObject({
  type: z.literal('second-opinion-recovery-request'),
  v: z.literal(1),
  id: idSchema,
  /** SPKI, base64; made for this request, its private half never leaves the laptop. */
  publicKey: z.base64(),
  keys: z.array(laptopKeySchema).min(1),
});
export type UnlockRequest = z.infer<typeof unlockRequestSchema>;

/** The laptop's keys, for that one-time key alone. */
export const unlockAnswerSchema = z.looseObject({
  type: z.literal('second-opinion-recovery-answer'),
  v: z.literal(1),
  id: idSchema,
  keys: z.array(z.looseObject({ keyId: z.string(), wrappedKey: z.base64() })).min(1),
});
export type UnlockAnswer = z.infer<typeof unlockAnswerSchema>;

const labelOf = (id: string, keyId: string) => `recovery-answer|${id}|${keyId}`;

/** Twelve signs that two people compare, so that nobody puts another request in its place on the way. */
export function checkCodeOf(request: UnlockRequest): string {
  const digits = sha256Hex(canonicalJson(request)).slice(0, 12).toUpperCase();
  return (digits.match(/.{4}/g) ?? []).join('-');
}

/** Reads a file that claims to be a request. @throws AppError `rescue-not-one` */
export function readUnlockRequest(text: string): UnlockRequest {
  try {
    return unlockRequestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('rescue-not-one', {
      message: 'This is not a recovery request of Second Opinion. Check the path; nothing was changed.',
      cause,
    });
  }
}

/** Which of a request's keys are this person's, opened with the site's key. The caller wipes them. */
async function keysOfPerson(
  tools: SealTools,
  request: UnlockRequest,
  userId: UserId,
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<{ keyId: string; raw: Uint8Array }[]> {
  const mine: { keyId: string; raw: Uint8Array }[] = [];
  for (const laptopKey of request.keys) {
    const raw = await rawLaptopKey(tools, laptopKey, keyFor).catch((cause: unknown) => {
      if (cause instanceof AppError) throw cause;
      throw new AppError('rescue-damaged', { cause });
    });
    if (!raw) continue;
    // Whose a key is says only what it opens, never what the request claims.
    const owner = await ownerOfKey(tools, laptopKey, raw).catch(() => null);
    if (owner?.userId === userId) mine.push({ keyId: laptopKey.keyId, raw });
    else raw.fill(0);
  }
  return mine;
}

/**
 * Answers a request for the person it must be of.
 * @throws AppError `rescue-not-ours` when none of its keys is this person's, `rescue-key-missing`
 */
export async function answerUnlock(
  tools: SealTools,
  request: UnlockRequest,
  userId: UserId,
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<UnlockAnswer> {
  const mine = await keysOfPerson(tools, request, userId, keyFor);
  if (mine.length === 0)
    throw new AppError('rescue-not-ours', {
      message: 'This request is not of that person’s work. Check the address; nothing was changed.',
    });
  const keys = [];
  for (const { keyId, raw } of mine) {
    const { wrappedKey } = await wrapTo(tools, request.publicKey, raw, labelOf(request.id, keyId));
    raw.fill(0);
    keys.push({ keyId, wrappedKey });
  }
  return { type: 'second-opinion-recovery-answer', v: 1, id: request.id, keys };
}

/** The raw keys of an answer, by their id. The caller wipes them. @throws AppError `not-the-answer` */
export async function openUnlockAnswer(
  tools: SealTools,
  text: string,
  request: { id: string; privateKey: KeyHandle },
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  try {
    const answer = unlockAnswerSchema.parse(JSON.parse(text));
    if (answer.id !== request.id) throw new Error('the answer to another request');
    const opened = answer.keys.map(async ({ keyId, wrappedKey }) => {
      const wrap = { keyHash: '', wrappedKey };
      return [keyId, await unwrap(tools, request.privateKey, wrap, labelOf(request.id, keyId))] as const;
    });
    return new Map(await Promise.all(opened));
  } catch (cause) {
    throw new AppError('not-the-answer', { cause });
  }
}
