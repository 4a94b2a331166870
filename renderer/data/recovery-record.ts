import { z } from 'zod';
import { laptopKeySchema } from '../../shared/rescue/rescue-records.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { followedPayloads } from '../../shared/sync/journal-frame.ts';
import type { Platform } from '../platform.ts';
import { sealTools } from './seal-tools.ts';

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
const journalOf = (email: string) => `recovery-${sha256Hex(email).slice(0, 32)}`;

export async function saveRecoveryRecord(
  email: string,
  keys: readonly KeptKey[],
  host: Platform,
): Promise<void> {
  const name = journalOf(email);
  await host.journal.open(name);
  try {
    await host.journal.replace(name, [sealTools.encodeText(JSON.stringify({ v: 1, keys }))]);
  } finally {
    await host.journal.close(name);
  }
}

/** Empty where there is none, or none that can be read. */
export async function loadRecoveryRecord(email: string, host: Platform): Promise<KeptKey[]> {
  const name = journalOf(email);
  try {
    await host.journal.open(name);
    try {
      const { bytes } = await host.journal.read(name, 0);
      const [payload] = followedPayloads(bytes) ?? [];
      return payload ? recordSchema.parse(JSON.parse(sealTools.decodeText(payload))).keys : [];
    } finally {
      await host.journal.close(name);
    }
  } catch {
    return [];
  }
}
