import { z } from 'zod';
import type { User } from '../../shared/contract/auth.ts';
import { type Platform, platform } from '../platform.ts';
import { recoveryRecordName, removeFromRecoveryRecord } from './recovery-record.ts';
import { ownBytes } from './sealed-box.ts';
import { asideOf, fileOf, loadEntries, normal, ownerOf, sumOf, vaultSchema } from './vault-file.ts';

/** Where a person's key is: vault and recovery record, whose entries in them, and whether the vault holds no others. */
export const keyPlaceSchema = z.strictObject({
  file: z.string(),
  record: z.string(),
  owner: z.string(),
  alone: z.boolean(),
});
export type KeyPlace = z.infer<typeof keyPlaceSchema>;

export async function keyPlaceOf(user: User, host: Platform = platform()): Promise<KeyPlace> {
  const owner = ownerOf(user.id);
  const others = (await loadEntries(user.email, host)).filter((entry) => entry.owner !== owner);
  const record = recoveryRecordName(normal(user.email));
  return { file: fileOf(user.email), record, owner, alone: others.length === 0 };
}

/**
 * Destroys a person's data key with every wrap of it, keyring and recovery included: what was sealed under it is
 * noise from then on. Done again, it changes nothing. Keys of others under the same address stay.
 */
export async function destroyKey({ file, record, owner, alone }: KeyPlace, host: Platform): Promise<void> {
  // The host writes over the file before it lets it go; cut short there, what is left cannot be read as a vault.
  if (alone) await host.keys.remove(file);
  else await removeEntry(file, owner, host);
  await host.keys.remove(asideOf(file));
  await removeFromRecoveryRecord(record, owner, host);
}

async function removeEntry(file: string, owner: string, host: Platform): Promise<void> {
  const bytes = await host.keys.load(file);
  if (bytes === null) return;
  const { entries } = vaultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  const left = entries.filter((entry) => entry.owner !== owner);
  const vault = { v: 1, sum: sumOf(left), entries: left };
  await host.keys.store(file, ownBytes(new TextEncoder().encode(JSON.stringify(vault))));
}
