import { type User, userSchema } from '../../shared/contract/auth.ts';
import { wrapTo } from '../../shared/rescue/recovery-wrap.ts';
import { aboutOlderKey, aboutUser } from '../../shared/rescue/sealed-record.ts';
import type { Platform } from '../platform.ts';
import { databaseName } from './database.ts';
import type { KeptKey } from './recovery-record.ts';
import { sealTools } from './seal-tools.ts';
import { type DataKey, ownBytes, seal, sealJson, unseal, unsealJson } from './sealed-box.ts';
import { damaged, ownerOf, type VaultEntry } from './vault-file.ts';

/** Rounds for new vaults (OWASP 2023 for PBKDF2-SHA256); an old vault keeps its own until it is wrapped again. */
export const defaultIterations = 600_000;

export type OpenVault = { user: User; dataKey: DataKey };
export type VaultOptions = {
  host?: Platform;
  iterations?: number;
  recoveryPublicKey?: string | null;
  /** Work of this person is open under the data key in force: it stays, and a change is done at the next unlock. */
  workIsOpen?: boolean;
};

const { toBase64, fromBase64 } = sealTools;
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

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

export const importDataKey = async (id: string, raw: Uint8Array): Promise<DataKey> => ({
  id,
  key: await crypto.subtle.importKey('raw', ownBytes(raw), 'AES-GCM', false, ['encrypt', 'decrypt']),
});

const aboutKey = (entry: { owner: string; keyId: string }) => `vault|${entry.owner}|${entry.keyId}`;
export const aboutSite = (entry: { owner: string; keyId: string }) => `site|${entry.owner}|${entry.keyId}`;

/** The second wrap of a key, to the site's recovery key, with that key; nothing before one was seen. */
export async function siteParts(
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

export async function wrapWithPassword(
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
export async function rawKeyOf(
  entry: Pick<VaultEntry, 'kdf' | 'wrappedKey' | 'owner' | 'keyId'>,
  password: string,
): Promise<Uint8Array | null> {
  const key = await passwordKey(password, entry.kdf);
  return unseal(key, fromBase64(entry.wrappedKey), aboutKey(entry)).catch(() => null);
}

export async function olderKeys(
  entry: VaultEntry,
  key: CryptoKey,
): Promise<{ id: string; raw: Uint8Array }[]> {
  const opened = (entry.older ?? []).map(async ({ keyId, wrappedKey }) => ({
    id: keyId,
    raw: await unseal(key, fromBase64(wrappedKey), aboutOlderKey(entry, keyId)),
  }));
  return Promise.all(opened);
}

export async function openEntry(entry: VaultEntry, raw: Uint8Array): Promise<OpenVault> {
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
export async function siteKeyIn(entry: VaultEntry | KeptKey, key: CryptoKey): Promise<string | null> {
  if (!entry.site) return null;
  const site = await unsealJson<{ recoveryPublicKey: string }>(
    key,
    fromBase64(entry.site),
    aboutSite(entry),
  ).catch(() => null);
  return site?.recoveryPublicKey ?? null;
}

/** A new random data key in an entry of its own; the caller has the raw key wiped. */
export async function newEntry(
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
