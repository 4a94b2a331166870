import Dexie from 'dexie';
import { z } from 'zod';
import { deviceOutcomes, orderIdSchema } from '../../shared/contract/devices.ts';
import { clientIdSchema } from '../../shared/schema/ids.ts';
import { type Bytes, type Platform, platform } from '../platform.ts';
import { inTime } from './database.ts';
import { destroyKey, keyPlaceSchema } from './key-destruction.ts';

/**
 * What is being erased, written before the first byte goes and taken away after the last: an erasure that was cut
 * short is finished at the next start. It names nobody.
 */
const erasureSchema = z.strictObject({
  key: keyPlaceSchema,
  database: z.string(),
  clientId: clientIdSchema,
  orderId: orderIdSchema.nullable(),
  outcome: z.enum(deviceOutcomes),
});
export type Erasure = z.infer<typeof erasureSchema>;

const marker = 'erasing';

async function loadErasure(host: Platform): Promise<Erasure | null> {
  const bytes = await host.keys.load(marker);
  if (bytes === null) return null;
  return erasureSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** From here on the work of this person is given up: every start goes on with it until nothing is left. */
export async function beginErasure(erasure: Erasure, host: Platform = platform()): Promise<void> {
  const bytes: Bytes = new Uint8Array(new TextEncoder().encode(JSON.stringify(erasure)));
  await host.keys.store(marker, bytes);
}

/**
 * Destroys the key first, so that whatever the disk still holds afterwards can never be read, then journals and
 * database, then tells the server by `tell`. Each step may be done again.
 * @param tell resolves to true once the server took the word
 * @returns false when there is nothing to erase
 */
export async function finishErasure(
  tell: (erasure: Erasure) => Promise<boolean>,
  host: Platform = platform(),
): Promise<boolean> {
  const erasure = await loadErasure(host);
  if (erasure === null) return false;
  await destroyKey(erasure.key, host);
  for (const part of ['work', 'content']) await host.journal.remove(`${erasure.database}.${part}`);
  await inTime(Dexie.delete(erasure.database), 'delete');
  // Without the server's word the marker stays, and the next start or sign-in tells it.
  if (await tell(erasure)) await host.keys.remove(marker);
  return true;
}
