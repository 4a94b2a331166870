import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { recoveryWrapSchema } from '../../shared/rescue/recovery-wrap.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { type Platform, platform } from '../platform.ts';
import { type KeptKey, loadRecoveryRecord, saveRecoveryRecord } from './recovery-record.ts';
import { sealTools } from './seal-tools.ts';

const base64 = z.base64();
export const entrySchema = z.looseObject({
  /** Hash of the user id: tells two accounts that ever had one e-mail address apart, without naming either. */
  owner: z.string(),
  keyId: z.string(),
  kdf: z.strictObject({
    name: z.literal('PBKDF2-SHA256'),
    iterations: z.number().int().min(1),
    salt: base64,
  }),
  wrappedKey: base64,
  user: base64,
  /** The data key for the site's recovery key, RSA-OAEP; null until a site key was seen. */
  recovery: recoveryWrapSchema.nullable(),
  // Added later. An older app passes over them, so they come last and may be missing.
  /** Name of the person's local database and stem of the journals' names; says nothing about the person. */
  store: z.string().optional(),
  /** The site's recovery key (SPKI, base64), for copies of work that is locked. */
  recoveryKey: base64.optional(),
  /** The same under the data key: what is opened is only ever sealed to a key that nobody put here from outside. */
  site: base64.optional(),
  /** Earlier data keys, each under this one, until everything was moved to it. */
  older: z.array(z.strictObject({ keyId: z.string(), wrappedKey: base64 })).optional(),
  /** A new data key is due and waits until no work is open under this one. */
  changeDue: z.boolean().optional(),
});
export type VaultEntry = z.infer<typeof entrySchema>;

export const vaultSchema = z.strictObject({
  v: z.literal(1),
  sum: z.string(),
  entries: z.array(entrySchema),
});

export const normal = (email: string) => email.trim().toLowerCase();

/** Neither name nor address can be read from it. */
export const fileOf = (email: string) => `vault-${sha256Hex(normal(email)).slice(0, 32)}`;
export const ownerOf = (userId: string) => sha256Hex(`owner|${userId}`).slice(0, 16);
export const sumOf = (entries: VaultEntry[]) => sha256Hex(JSON.stringify(entries));

export const damaged = (cause?: unknown) => new AppError('key-unavailable', { cause });

/** Entries of the vault file, newest first; empty where there is no file. Damage is told, never repaired. */
export async function loadEntries(email: string, host: Platform): Promise<VaultEntry[]> {
  const bytes = await host.keys.load(fileOf(email));
  if (bytes === null) return [];
  try {
    const vault = vaultSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (vault.sum !== sumOf(vault.entries)) throw new Error('checksum of the vault does not match');
    return vault.entries;
  } catch (cause) {
    throw damaged(cause);
  }
}

/** What of an entry may be kept outside the keyring: nothing that a password could open. */
const keptKeyOf = ({ kdf: _, wrappedKey: __, ...kept }: VaultEntry): KeptKey => ({
  ...kept,
  older: kept.older ?? [],
});

export async function storeEntries(email: string, given: VaultEntry[], host: Platform): Promise<void> {
  // The sum is over the members in the schema's order, in which they are read again.
  const entries = given.map((entry) => entrySchema.parse(entry));
  const vault = { v: 1, sum: sumOf(entries), entries };
  await host.keys.store(fileOf(email), sealTools.encodeText(JSON.stringify(vault)));
  // The vault stands without it; the next sign-in writes it again.
  await saveRecoveryRecord(normal(email), entries.map(keptKeyOf), host).catch((cause: unknown) =>
    console.warn('The recovery record could not be written.', cause),
  );
}

export async function replaceEntry(
  email: string,
  host: Platform,
  next: VaultEntry,
  keyId = next.keyId,
): Promise<void> {
  const entries = await loadEntries(email, host);
  await storeEntries(
    email,
    entries.map((entry) => (entry.keyId === keyId ? next : entry)),
    host,
  );
}

/** What of an address's keys may leave this laptop sealed; from the vault, or where that fails from the recovery record. */
export async function keptKeysOf(
  email: string,
  host: Platform = platform(),
): Promise<{ keys: KeptKey[]; troubles: string[] }> {
  try {
    const entries = await loadEntries(email, host);
    if (entries.length > 0) return { keys: entries.map(keptKeyOf), troubles: [] };
    return { keys: await loadRecoveryRecord(normal(email), host), troubles: ['There is no vault.'] };
  } catch {
    const keys = await loadRecoveryRecord(normal(email), host);
    return { keys, troubles: ['The vault could not be read.'] };
  }
}

export const asideOf = (file: string) => `${file}.aside`;

/** A vault file that could not be read is kept beside the one that takes its place, as far as it has bytes. */
export async function setAside(email: string, host: Platform): Promise<void> {
  const bytes = await host.keys.load(fileOf(email)).catch(() => null);
  if (bytes) await host.keys.store(asideOf(fileOf(email)), bytes);
}
