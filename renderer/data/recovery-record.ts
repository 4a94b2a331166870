import { z } from 'zod';
import { laptopKeySchema } from '../../shared/rescue/rescue-records.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import type { Platform } from '../platform.ts';
import { loadValue, storeValue } from './small-journal.ts';

const keptKeySchema = laptopKeySchema.extend({
  store: z.string().optional(),
  recoveryKey: z.base64().optional(),
  site: z.base64().optional(),
});
/** A key of this laptop as the site can open it: no password and no keyring opens it from here. */
export type KeptKey = z.infer<typeof keptKeySchema>;
const recordSchema = z.looseObject({ v: z.literal(1), keys: z.array(keptKeySchema) });

/**
 * Beside the vault, and outside the system's keyring: a keyring that is lost takes the vault with it, and then this is
 * what the site's recovery key still opens. Named as the vault, by a hash of the address.
 */
export const recoveryRecordName = (email: string) => `recovery-${sha256Hex(email).slice(0, 32)}`;

/** Keys of an earlier account of the address stay, also when the vault that held them cannot be read any more. */
export async function saveRecoveryRecord(
  email: string,
  keys: readonly KeptKey[],
  host: Platform,
): Promise<void> {
  const owners = new Set(keys.map(({ owner }) => owner));
  const others = (await loadRecoveryRecord(email, host)).filter(({ owner }) => !owners.has(owner));
  await storeValue(host, recoveryRecordName(email), { v: 1, keys: [...keys, ...others] });
}

/** Empty where there is none, or none that can be read. */
export const loadRecoveryRecord = async (email: string, host: Platform): Promise<KeptKey[]> =>
  recordSchema.safeParse(await loadValue(host, recoveryRecordName(email))).data?.keys ?? [];

/** Takes a person's keys out, so that the site cannot open them either; nothing else of the record goes. */
export async function removeFromRecoveryRecord(name: string, owner: string, host: Platform): Promise<void> {
  const keys = recordSchema.safeParse(await loadValue(host, name)).data?.keys ?? [];
  const left = keys.filter((key) => key.owner !== owner);
  if (left.length > 0) await storeValue(host, name, { v: 1, keys: left });
  else await host.journal.remove(name);
}
