import { z } from 'zod';
import { type User, userSchema } from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { type Platform, platform } from '../platform.ts';
import { type DataKey, ownBytes, seal, sealJson, unseal, unsealJson } from './sealed-box.ts';

/** Rounds for new vaults (OWASP 2023 for PBKDF2-SHA256); an old vault keeps its own until it is wrapped again. */
const defaultIterations = 600_000;

const base64 = z.base64();
const entrySchema = z.looseObject({
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
  recovery: z.strictObject({ keyHash: z.string(), wrappedKey: base64 }).nullable(),
});
type VaultEntry = z.infer<typeof entrySchema>;

const vaultSchema = z.strictObject({ v: z.literal(1), sum: z.string(), entries: z.array(entrySchema) });

export type OpenVault = { user: User; dataKey: DataKey };
type VaultOptions = { host?: Platform; iterations?: number; recoveryPublicKey?: string | null };

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const normal = (email: string) => email.trim().toLowerCase();

/** Neither name nor address can be read from it. */
const fileOf = (email: string) => `vault-${sha256Hex(normal(email)).slice(0, 32)}`;
export const ownerOf = (userId: string) => sha256Hex(`owner|${userId}`).slice(0, 16);
const sumOf = (entries: VaultEntry[]) => sha256Hex(JSON.stringify(entries));

const damaged = (cause?: unknown) => new AppError('key-unavailable', { cause });

/** Entries of the vault file, newest first; empty where there is no file. Damage is told, never repaired. */
async function loadEntries(email: string, host: Platform): Promise<VaultEntry[]> {
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

async function storeEntries(email: string, entries: VaultEntry[], host: Platform): Promise<void> {
  const vault = { v: 1, sum: sumOf(entries), entries };
  await host.keys.store(fileOf(email), ownBytes(new TextEncoder().encode(JSON.stringify(vault))));
}

async function passwordKey(password: string, kdf: VaultEntry['kdf']): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(password.normalize('NFC'));
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  const algorithm = {
    name: 'PBKDF2',
    hash: 'SHA-256',
    salt: fromBase64(kdf.salt),
    iterations: kdf.iterations,
  };
  return crypto.subtle.deriveKey(algorithm, base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
}

const importDataKey = async (id: string, raw: Uint8Array): Promise<DataKey> => ({
  id,
  key: await crypto.subtle.importKey('raw', ownBytes(raw), 'AES-GCM', false, ['encrypt', 'decrypt']),
});

async function recoveryWrap(
  raw: Uint8Array,
  publicKey: string | null | undefined,
): Promise<VaultEntry['recovery']> {
  if (!publicKey) return null;
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('spki', fromBase64(publicKey), algorithm, false, ['encrypt']);
  const wrapped = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, key, ownBytes(raw));
  return { keyHash: sha256Hex(publicKey), wrappedKey: toBase64(new Uint8Array(wrapped)) };
}

const aboutKey = (entry: { owner: string; keyId: string }) => `vault|${entry.owner}|${entry.keyId}`;
const aboutUser = (entry: { owner: string; keyId: string }) => `user|${entry.owner}|${entry.keyId}`;

async function wrapWithPassword(
  raw: Uint8Array,
  about: { owner: string; keyId: string },
  password: string,
  iterations: number,
): Promise<Pick<VaultEntry, 'kdf' | 'wrappedKey'>> {
  const salt = toBase64(crypto.getRandomValues(new Uint8Array(16)));
  const kdf = { name: 'PBKDF2-SHA256' as const, iterations, salt };
  return { kdf, wrappedKey: toBase64(await seal(await passwordKey(password, kdf), raw, aboutKey(about))) };
}

/** The raw key under this password, or null where the password is not the one. The caller wipes it. */
async function rawKeyOf(entry: VaultEntry, password: string): Promise<Uint8Array | null> {
  const key = await passwordKey(password, entry.kdf);
  return unseal(key, fromBase64(entry.wrappedKey), aboutKey(entry)).catch(() => null);
}

async function openEntry(entry: VaultEntry, raw: Uint8Array): Promise<OpenVault> {
  const dataKey = await importDataKey(entry.keyId, raw);
  try {
    const user = userSchema.parse(await unsealJson(dataKey.key, fromBase64(entry.user), aboutUser(entry)));
    return { user, dataKey };
  } catch (cause) {
    throw damaged(cause);
  }
}

/** True when someone with this address has worked on this laptop. */
export async function hasVault(email: string, host: Platform = platform()): Promise<boolean> {
  return (await loadEntries(email, host)).length > 0;
}

/** Makes a new random data key for a person, wrapped by the password and the host. Older keys of the address stay. */
export async function createVault(
  user: User,
  password: string,
  options: VaultOptions = {},
): Promise<OpenVault> {
  const host = options.host ?? platform();
  const entries = await loadEntries(user.email, host);
  const raw = crypto.getRandomValues(new Uint8Array(32));
  try {
    const about = { owner: ownerOf(user.id), keyId: toHex(crypto.getRandomValues(new Uint8Array(8))) };
    const dataKey = await importDataKey(about.keyId, raw);
    const entry: VaultEntry = {
      ...about,
      ...(await wrapWithPassword(raw, about, password, options.iterations ?? defaultIterations)),
      user: toBase64(await sealJson(dataKey.key, user, aboutUser(about))),
      recovery: await recoveryWrap(raw, options.recoveryPublicKey),
    };
    await storeEntries(user.email, [entry, ...entries], host);
    return { user, dataKey };
  } finally {
    raw.fill(0);
  }
}

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Opens the vault with no network.
 * @throws AppError `not-on-this-laptop`, `wrong-password`, or `key-unavailable` (damaged; nothing is deleted)
 */
export async function unlockVault(
  email: string,
  password: string,
  host: Platform = platform(),
): Promise<OpenVault> {
  const entries = await loadEntries(email, host);
  if (entries.length === 0) throw new AppError('not-on-this-laptop');
  for (const entry of entries) {
    const raw = await rawKeyOf(entry, password);
    if (raw) return openEntry(entry, raw).finally(() => raw.fill(0));
  }
  throw new AppError('wrong-password');
}

/**
 * Opens, or on the first sign-in makes, the vault of a person the server has just signed in, and brings the stored
 * user and the recovery wrap up to date.
 * @throws AppError `previous-password-needed` when the vault is still under an older password
 */
export async function openVaultOf(
  user: User,
  password: string,
  options: VaultOptions = {},
): Promise<OpenVault> {
  const host = options.host ?? platform();
  const entry = (await loadEntries(user.email, host)).find(
    (candidate) => candidate.owner === ownerOf(user.id),
  );
  if (!entry) return createVault(user, password, options);
  const raw = await rawKeyOf(entry, password);
  if (!raw) throw new AppError('previous-password-needed');
  return refreshEntry(entry, raw, user, options).finally(() => raw.fill(0));
}

async function refreshEntry(
  entry: VaultEntry,
  raw: Uint8Array,
  user: User,
  options: VaultOptions,
): Promise<OpenVault> {
  const { user: known, dataKey } = await openEntry(entry, raw);
  const key = options.recoveryPublicKey;
  const needsRecovery = Boolean(key) && entry.recovery?.keyHash !== sha256Hex(key ?? '');
  if (needsRecovery || JSON.stringify(known) !== JSON.stringify(user))
    await replaceEntry(user.email, options.host ?? platform(), {
      ...entry,
      user: toBase64(await sealJson(dataKey.key, user, aboutUser(entry))),
      recovery: needsRecovery ? await recoveryWrap(raw, key) : entry.recovery,
    });
  return { user, dataKey };
}

async function replaceEntry(email: string, host: Platform, next: VaultEntry): Promise<void> {
  const entries = await loadEntries(email, host);
  await storeEntries(
    email,
    entries.map((entry) => (entry.keyId === next.keyId ? next : entry)),
    host,
  );
}

/**
 * Puts the vault under the new password after it was changed at the server.
 * @throws AppError `wrong-password` when `previous` is not the password the vault is under
 */
export async function rewrapVault(
  user: User,
  passwords: { previous: string; next: string },
  options: VaultOptions = {},
): Promise<OpenVault> {
  const host = options.host ?? platform();
  const entry = (await loadEntries(user.email, host)).find(
    (candidate) => candidate.owner === ownerOf(user.id),
  );
  if (!entry) return createVault(user, passwords.next, options);
  const raw = await rawKeyOf(entry, passwords.previous);
  if (!raw) throw new AppError('wrong-password');
  try {
    const iterations = options.iterations ?? defaultIterations;
    const next = { ...entry, ...(await wrapWithPassword(raw, entry, passwords.next, iterations)) };
    await replaceEntry(user.email, host, next);
    return await refreshEntry(next, raw, user, options);
  } finally {
    raw.fill(0);
  }
}

/** Where a person's key is: the file, whose entry in it, and whether that is all the file holds. */
export const keyPlaceSchema = z.strictObject({ file: z.string(), owner: z.string(), alone: z.boolean() });
export type KeyPlace = z.infer<typeof keyPlaceSchema>;

export async function keyPlaceOf(user: User, host: Platform = platform()): Promise<KeyPlace> {
  const owner = ownerOf(user.id);
  const others = (await loadEntries(user.email, host)).filter((entry) => entry.owner !== owner);
  return { file: fileOf(user.email), owner, alone: others.length === 0 };
}

/**
 * Destroys a person's data key with every wrap of it, keyring and recovery included: what was sealed under it is
 * noise from then on. Done again, it changes nothing. Keys of others under the same address stay.
 */
export async function destroyKey({ file, owner, alone }: KeyPlace, host: Platform): Promise<void> {
  // The host writes over the file before it lets it go; cut short there, what is left cannot be read as a vault.
  if (alone) return host.keys.remove(file);
  const bytes = await host.keys.load(file);
  if (bytes === null) return;
  const { entries } = vaultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const left = entries.filter((entry) => entry.owner !== owner);
  const vault = { v: 1, sum: sumOf(left), entries: left };
  await host.keys.store(file, ownBytes(new TextEncoder().encode(JSON.stringify(vault))));
}
