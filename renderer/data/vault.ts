import type { User } from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { type Platform, platform } from '../platform.ts';
import { sealTools } from './seal-tools.ts';
import { type DataKey, sealJson, withOlder } from './sealed-box.ts';
import {
  aboutSite,
  importDataKey,
  newEntry,
  type OpenVault,
  openEntry,
  rawKeyOf,
  siteKeyIn,
  type VaultOptions,
} from './vault-entry.ts';
import {
  keptKeysOf,
  loadEntries,
  ownerOf,
  replaceEntry,
  storeEntries,
  type VaultEntry,
} from './vault-file.ts';
import { renewedEntry } from './vault-renewal.ts';

const { toBase64 } = sealTools;

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
    const entry = await newEntry(user, raw, password, options);
    await storeEntries(user.email, [entry, ...entries], host);
    return { user, dataKey: await importDataKey(entry.keyId, raw) };
  } finally {
    raw.fill(0);
  }
}

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

export const findEntry = async (user: User, host: Platform): Promise<VaultEntry | undefined> =>
  (await loadEntries(user.email, host)).find((candidate) => candidate.owner === ownerOf(user.id));

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
