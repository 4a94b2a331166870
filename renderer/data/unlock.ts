import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { importPrivateKey } from '../../shared/rescue/recovery-wrap.ts';
import { laptopKeySchema } from '../../shared/rescue/rescue-records.ts';
import { checkCodeOf, openUnlockAnswer, type UnlockRequest } from '../../shared/rescue/unlock.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { type Platform, platform } from '../platform.ts';
import { openByPassword, passwordSealedSchema, sealByPassword } from './password-seal.ts';
import { sealTools } from './seal-tools.ts';
import { loadValue, storeValue } from './small-journal.ts';
import { restoreVault } from './vault-change.ts';
import { keptKeysOf, ownerOf } from './vault-file.ts';

/** A request that waits for its answer; the one-time private key in it is under the password it was made with. */
const pendingSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  checkCode: z.string(),
  madeAt: z.iso.datetime(),
  privateKey: passwordSealedSchema,
});
export type PendingUnlock = Pick<z.infer<typeof pendingSchema>, 'checkCode' | 'madeAt'>;

const normal = (email: string) => email.trim().toLowerCase();
const journalOf = (email: string) => `unlock-${sha256Hex(normal(email)).slice(0, 32)}`;
const aboutRequest = (id: string) => ({ owner: ownerOf('recovery-request'), keyId: id });
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

async function oneTimeKey(): Promise<{ publicKey: string; pkcs8: Uint8Array }> {
  const algorithm = {
    name: 'RSA-OAEP',
    hash: 'SHA-256',
    modulusLength: 3072,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  const spki = await crypto.subtle.exportKey('spki', pair.publicKey);
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
  return { publicKey: sealTools.toBase64(new Uint8Array(spki)), pkcs8: new Uint8Array(pkcs8) };
}

type Options = { host?: Platform; iterations?: number };

/**
 * Saves a request for the keys of the work here, to be answered by the site; opened by the password it is made with.
 * @returns where it was saved and what to compare; null when no place was chosen
 * @throws AppError `recovery-key-unknown` when the site could not open them
 */
export async function saveUnlockRequest(
  email: string,
  password: string,
  options: Options = {},
): Promise<(PendingUnlock & { savedAs: string }) | null> {
  const host = options.host ?? platform();
  const { keys } = await keptKeysOf(email, host);
  const open = keys.filter(({ recovery }) => recovery !== null);
  if (open.length === 0) throw new AppError('recovery-key-unknown');
  const { publicKey, pkcs8 } = await oneTimeKey();
  const id = hex(sealTools.randomBytes(16));
  const request: UnlockRequest = {
    type: 'second-opinion-recovery-request',
    v: 1,
    id,
    publicKey,
    keys: open.map(({ owner, keyId, user, recovery }) =>
      laptopKeySchema.parse({ owner, keyId, user, recovery }),
    ),
  };
  const privateKey = await sealByPassword(pkcs8, password, aboutRequest(id), options.iterations);
  pkcs8.fill(0);
  const pending = { checkCode: checkCodeOf(request), madeAt: new Date().toISOString() };
  // Kept before the file leaves: an answer must find it here.
  await storeValue(host, journalOf(email), { v: 1, id, ...pending, privateKey });
  const bytes = sealTools.encodeText(`${JSON.stringify(request)}\n`);
  const savedAs = await host.files.save({ suggestedName: `recovery-request-${id.slice(0, 8)}.json`, bytes });
  return savedAs === null ? null : { ...pending, savedAs };
}

async function loadPending(email: string, host: Platform) {
  return pendingSchema.safeParse(await loadValue(host, journalOf(email))).data ?? null;
}

/** The request that waits for an answer, or null. */
export async function pendingUnlock(
  email: string,
  host: Platform = platform(),
): Promise<PendingUnlock | null> {
  const pending = await loadPending(email, host);
  return pending && { checkCode: pending.checkCode, madeAt: pending.madeAt };
}

/**
 * Opens the work here with the site's answer and puts it under this password.
 * @throws AppError `not-the-answer` when file, request or password do not fit; nothing was changed
 */
export async function takeUnlockAnswer(
  email: string,
  password: string,
  text: string,
  options: Options = {},
): Promise<void> {
  const host = options.host ?? platform();
  const pending = await loadPending(email, host);
  if (!pending) throw new AppError('not-the-answer');
  const pkcs8 = await openByPassword(pending.privateKey, password, aboutRequest(pending.id));
  if (!pkcs8) throw new AppError('not-the-answer');
  const privateKey = await importPrivateKey(sealTools, pkcs8);
  pkcs8.fill(0);
  const raws = await openUnlockAnswer(sealTools, text, { id: pending.id, privateKey });
  try {
    await restoreVault(email, raws, password, options);
  } finally {
    for (const raw of raws.values()) raw.fill(0);
  }
  // Its one-time key has done its work.
  await storeValue(host, journalOf(email), null);
}
