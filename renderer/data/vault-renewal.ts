import type { User } from '../../shared/contract/auth.ts';
import { keyHashOf } from '../../shared/rescue/recovery-wrap.ts';
import { aboutOlderKey, aboutUser } from '../../shared/rescue/sealed-record.ts';
import { platform } from '../platform.ts';
import { databaseName } from './database.ts';
import { sealTools } from './seal-tools.ts';
import { seal, sealJson } from './sealed-box.ts';
import {
  importDataKey,
  newEntry,
  type OpenVault,
  olderKeys,
  openEntry,
  siteKeyIn,
  siteParts,
  type VaultOptions,
} from './vault-entry.ts';
import { replaceEntry, type VaultEntry } from './vault-file.ts';

const { toBase64 } = sealTools;

/** Keeps the entry as it is where nothing changed; with another recovery key of the site the data key changes, too. */
export async function renewedEntry(
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
export async function changedEntry(
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
