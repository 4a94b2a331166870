import type { User } from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { type Platform, platform } from '../platform.ts';
import type { DataKey } from './sealed-box.ts';
import { createVault, findEntry } from './vault.ts';
import {
  defaultIterations,
  type OpenVault,
  openEntry,
  rawKeyOf,
  type VaultOptions,
  wrapWithPassword,
} from './vault-entry.ts';
import {
  entrySchema,
  keptKeysOf,
  loadEntries,
  replaceEntry,
  setAside,
  storeEntries,
  type VaultEntry,
} from './vault-file.ts';
import { changedEntry, renewedEntry } from './vault-renewal.ts';

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
