import { type User, userSchema } from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { keyHashOf, wrapTo } from '../../shared/rescue/recovery-wrap.ts';
import { aboutOlderKey, aboutUser } from '../../shared/rescue/sealed-record.ts';
import { type Platform, platform } from '../platform.ts';
import { databaseName } from './database.ts';
import type { KeptKey } from './recovery-record.ts';
import { sealTools } from './seal-tools.ts';
import { type DataKey, ownBytes, seal, sealJson, unseal, unsealJson, withOlder } from './sealed-box.ts';
import {
  damaged,
  entrySchema,
  keptKeysOf,
  loadEntries,
  ownerOf,
  replaceEntry,
  setAside,
  storeEntries,
  type VaultEntry,
} from './vault-file.ts';

/** Rounds for new vaults (OWASP 2023 for PBKDF2-SHA256); an old vault keeps its own until it is wrapped again. */
const defaultIterations = 600_000;

export type OpenVault = { user: User; dataKey: DataKey };
type VaultOptions = {
  host?: Platform;
  iterations?: number;
  recoveryPublicKey?: string | null;
  /** Work of this person is open under the data key in force: it stays, and a change is done at the next unlock. */
  workIsOpen?: boolean;
};

const { toBase64, fromBase64 } = sealTools;

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

const aboutKey = (entry: { owner: string; keyId: string }) => `vault|${entry.owner}|${entry.keyId}`;
const aboutSite = (entry: { owner: string; keyId: string }) => `site|${entry.owner}|${entry.keyId}`;

/** The second wrap of a key, to the site's recovery key, with that key; nothing before one was seen. */
async function siteParts(
  about: { owner: string; keyId: string },
  raw: Uint8Array,
  key: CryptoKey,
  publicKey: string | null | undefined,
): Promise<Pick<VaultEntry, 'recovery' | 'recoveryKey' | 'site'>> {
  if (!publicKey) return { recovery: null };
  return {
    recovery: await wrapTo(sealTools, publicKey, raw),
    recoveryKey: publicKey,
    site: toBase64(await sealJson(key, { recoveryPublicKey: publicKey }, aboutSite(about))),
  };
}

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
async function rawKeyOf(
  entry: Pick<VaultEntry, 'kdf' | 'wrappedKey' | 'owner' | 'keyId'>,
  password: string,
): Promise<Uint8Array | null> {
  const key = await passwordKey(password, entry.kdf);
  return unseal(key, fromBase64(entry.wrappedKey), aboutKey(entry)).catch(() => null);
}

async function olderKeys(entry: VaultEntry, key: CryptoKey): Promise<{ id: string; raw: Uint8Array }[]> {
  const opened = (entry.older ?? []).map(async ({ keyId, wrappedKey }) => ({
    id: keyId,
    raw: await unseal(key, fromBase64(wrappedKey), aboutOlderKey(entry, keyId)),
  }));
  return Promise.all(opened);
}

async function openEntry(entry: VaultEntry, raw: Uint8Array): Promise<OpenVault> {
  const { id, key } = await importDataKey(entry.keyId, raw);
  try {
    const user = userSchema.parse(await unsealJson(key, fromBase64(entry.user), aboutUser(entry)));
    const older: DataKey[] = [];
    for (const earlier of await olderKeys(entry, key)) {
      older.push(await importDataKey(earlier.id, earlier.raw));
      earlier.raw.fill(0);
    }
    return { user, dataKey: older.length === 0 ? { id, key } : { id, key, older } };
  } catch (cause) {
    throw damaged(cause);
  }
}

/** The site's recovery key as this laptop learnt it, vouched for by the data key. */
async function siteKeyIn(entry: VaultEntry | KeptKey, key: CryptoKey): Promise<string | null> {
  if (!entry.site) return null;
  const site = await unsealJson<{ recoveryPublicKey: string }>(
    key,
    fromBase64(entry.site),
    aboutSite(entry),
  ).catch(() => null);
  return site?.recoveryPublicKey ?? null;
}

/** True when someone with this address has worked on this laptop. */
export async function hasVault(email: string, host: Platform = platform()): Promise<boolean> {
  return (await loadEntries(email, host)).length > 0;
}

/** A new random data key in an entry of its own; the caller has the raw key wiped. */
async function newEntry(
  user: User,
  raw: Uint8Array,
  password: string,
  options: VaultOptions,
): Promise<VaultEntry> {
  const about = { owner: ownerOf(user.id), keyId: toHex(crypto.getRandomValues(new Uint8Array(8))) };
  const { key } = await importDataKey(about.keyId, raw);
  return {
    ...about,
    ...(await wrapWithPassword(raw, about, password, options.iterations ?? defaultIterations)),
    user: toBase64(await sealJson(key, user, aboutUser(about))),
    ...(await siteParts(about, raw, key, options.recoveryPublicKey)),
    store: databaseName(user.id),
  };
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
    const entry = await newEntry(user, raw, password, options);
    await storeEntries(user.email, [entry, ...entries], host);
    return { user, dataKey: await importDataKey(entry.keyId, raw) };
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
    if (raw) return unlockedEntry(entry, raw, password, host).finally(() => raw.fill(0));
  }
  throw new AppError('wrong-password');
}

/** A recovery key that was learnt while the work was open is used now that the password is at hand. */
async function unlockedEntry(
  entry: VaultEntry,
  raw: Uint8Array,
  password: string,
  host: Platform,
): Promise<OpenVault> {
  const opened = await openEntry(entry, raw);
  const recoveryPublicKey = await siteKeyIn(entry, opened.dataKey.key);
  return renewedEntry(entry, raw, opened.user, password, { host, recoveryPublicKey });
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
  const entry = await findEntry(user, options.host ?? platform());
  if (!entry) return createVault(user, password, options);
  const raw = await rawKeyOf(entry, password);
  if (!raw) throw new AppError('previous-password-needed');
  return renewedEntry(entry, raw, user, password, options).finally(() => raw.fill(0));
}

const findEntry = async (user: User, host: Platform): Promise<VaultEntry | undefined> =>
  (await loadEntries(user.email, host)).find((candidate) => candidate.owner === ownerOf(user.id));

/** Keeps the entry as it is where nothing changed; with another recovery key of the site the data key changes, too. */
async function renewedEntry(
  entry: VaultEntry,
  raw: Uint8Array,
  user: User,
  password: string,
  options: VaultOptions,
): Promise<OpenVault> {
  const siteKey = options.recoveryPublicKey;
  const knownHash = entry.recovery?.keyHash ?? null;
  // Whoever has the site's earlier key and an old copy of this disk must not read what comes from now on.
  const changeDue =
    entry.changeDue === true || Boolean(siteKey && knownHash !== null && knownHash !== keyHashOf(siteKey));
  if (changeDue && !options.workIsOpen) return changedEntry(entry, raw, user, password, options);
  const { user: known, dataKey } = await openEntry(entry, raw);
  const lacksSite =
    Boolean(siteKey) && (changeDue || knownHash === null || !entry.site || entry.recoveryKey !== siteKey);
  const isAsKnown = JSON.stringify(known) === JSON.stringify(user) && entry.store !== undefined;
  if (lacksSite || !isAsKnown)
    await replaceEntry(user.email, options.host ?? platform(), {
      ...entry,
      user: toBase64(await sealJson(dataKey.key, user, aboutUser(entry))),
      ...(lacksSite ? await siteParts(entry, raw, dataKey.key, siteKey) : {}),
      store: databaseName(user.id),
      ...(changeDue ? { changeDue } : {}),
    });
  return { user, dataKey };
}

/** Puts a new data key in an entry's place; the keys before it stay readable under the new one. */
async function changedEntry(
  entry: VaultEntry,
  raw: Uint8Array,
  user: User,
  password: string,
  options: VaultOptions,
): Promise<OpenVault> {
  const { key: oldKey } = await importDataKey(entry.keyId, raw);
  const nextRaw = crypto.getRandomValues(new Uint8Array(32));
  const earlier = [{ id: entry.keyId, raw }, ...(await olderKeys(entry, oldKey))];
  try {
    const recoveryPublicKey = options.recoveryPublicKey ?? (await siteKeyIn(entry, oldKey));
    const fresh = await newEntry(user, nextRaw, password, { ...options, recoveryPublicKey });
    const { key } = await importDataKey(fresh.keyId, nextRaw);
    const older = await Promise.all(
      earlier.map(async ({ id, raw: olderRaw }) => ({
        keyId: id,
        wrappedKey: toBase64(await seal(key, olderRaw, aboutOlderKey(fresh, id))),
      })),
    );
    const next = { ...fresh, older };
    await replaceEntry(user.email, options.host ?? platform(), next, entry.keyId);
    return await openEntry(next, nextRaw);
  } finally {
    for (const { raw: used } of [{ raw: nextRaw }, ...earlier.slice(1)]) used.fill(0);
  }
}

/**
 * Puts the vault under the new password after it was changed at the server, and under a new data key: whoever knew the
 * old password and has an old copy of this disk reads nothing that comes from now on.
 * @throws AppError `wrong-password` when `previous` is not the password the vault is under
 */
export async function rewrapVault(
  user: User,
  passwords: { previous: string; next: string },
  options: VaultOptions = {},
): Promise<OpenVault> {
  const entry = await findEntry(user, options.host ?? platform());
  if (!entry) return createVault(user, passwords.next, options);
  const raw = await rawKeyOf(entry, passwords.previous);
  if (!raw) throw new AppError('wrong-password');
  return rewrapped(entry, raw, user, passwords.next, options).finally(() => raw.fill(0));
}

async function rewrapped(
  entry: VaultEntry,
  raw: Uint8Array,
  user: User,
  password: string,
  options: VaultOptions,
): Promise<OpenVault> {
  if (!options.workIsOpen) return changedEntry(entry, raw, user, password, options);
  const iterations = options.iterations ?? defaultIterations;
  const wrap = await wrapWithPassword(raw, entry, password, iterations);
  const next = { ...entry, ...wrap, changeDue: true };
  await replaceEntry(user.email, options.host ?? platform(), next);
  return renewedEntry(next, raw, user, password, options);
}

/**
 * Gives this laptop a new data key; everything here is moved to it when the work is opened with it.
 * @throws AppError `wrong-password`
 */
export const changeVaultKey = (
  user: User,
  password: string,
  options: VaultOptions = {},
): Promise<OpenVault> => rewrapVault(user, { previous: password, next: password }, options);

/** Gives up the earlier keys, once nothing is left under them. */
export async function dropOlderKeys(
  user: User,
  dataKey: DataKey,
  host: Platform = platform(),
): Promise<void> {
  const dropped = new Set((dataKey.older ?? []).map(({ id }) => id));
  const entry = (await loadEntries(user.email, host)).find(({ keyId }) => keyId === dataKey.id);
  if (!entry) return;
  const older = (entry.older ?? []).filter(({ keyId }) => !dropped.has(keyId));
  await replaceEntry(user.email, host, { ...entry, older });
}

/** Keeps a recovery key of the site that came while the work was open: emergency copies are sealed to it from now on. */
export async function learnSiteKey(
  user: User,
  dataKey: DataKey,
  publicKey: string,
  host: Platform = platform(),
): Promise<void> {
  const entry = (await loadEntries(user.email, host)).find(({ keyId }) => keyId === dataKey.id);
  if (!entry || (await siteKeyIn(entry, dataKey.key)) === publicKey) return;
  const site = toBase64(await sealJson(dataKey.key, { recoveryPublicKey: publicKey }, aboutSite(entry)));
  await replaceEntry(user.email, host, { ...entry, recoveryKey: publicKey, site });
}

/** The site's recovery key for a copy of opened work, or null where this laptop has not learnt it. */
export async function siteKeyOf(
  user: User,
  dataKey: DataKey,
  host: Platform = platform(),
): Promise<string | null> {
  const { keys } = await keptKeysOf(user.email, host);
  for (const { id, key } of withOlder(dataKey)) {
    const kept = keys.find(({ keyId }) => keyId === id);
    const siteKey = kept && (await siteKeyIn(kept, key));
    if (siteKey) return siteKey;
  }
  return null;
}

/** Seals something small under a password, by the way of the vault. */
export async function sealByPassword(
  bytes: Uint8Array,
  password: string,
  about: { owner: string; keyId: string },
  iterations = defaultIterations,
): Promise<PasswordSealed> {
  return wrapWithPassword(bytes, about, password, iterations);
}
export type PasswordSealed = Pick<VaultEntry, 'kdf' | 'wrappedKey'>;
export const passwordSealedSchema = entrySchema.pick({ kdf: true, wrappedKey: true });

/** What `sealByPassword` sealed, or null where the password is not the one. */
export const openByPassword = (
  sealed: PasswordSealed,
  password: string,
  about: { owner: string; keyId: string },
): Promise<Uint8Array | null> => rawKeyOf({ ...sealed, ...about }, password);

/**
 * Puts the keys of a recovery answer under a password; with that the vault opens again, and under a new data key.
 * @throws AppError `not-the-answer` when no key here is among them; nothing was changed
 */
export async function restoreVault(
  email: string,
  raws: ReadonlyMap<string, Uint8Array>,
  password: string,
  options: VaultOptions = {},
): Promise<OpenVault> {
  const host = options.host ?? platform();
  const { keys } = await keptKeysOf(email, host);
  const kept = keys.find(({ keyId }) => raws.has(keyId));
  const raw = kept && raws.get(kept.keyId);
  if (!kept || !raw) throw new AppError('not-the-answer');
  const iterations = options.iterations ?? defaultIterations;
  const entry = entrySchema.parse({
    ...kept,
    ...(await wrapWithPassword(raw, kept, password, iterations)),
  });
  const { user } = await openEntry(entry, raw).catch((cause: unknown) => {
    throw new AppError('not-the-answer', { cause });
  });
  const others = await loadEntries(email, host).catch(async () => {
    await setAside(email, host);
    return [];
  });
  await storeEntries(email, [entry, ...others.filter(({ keyId }) => keyId !== entry.keyId)], host);
  return changedEntry(entry, raw, user, password, { ...options, host });
}
