import { z } from 'zod';
import { type UserId, userIdSchema } from '../schema/ids.ts';
import { unwrap } from './recovery-wrap.ts';
import type { LaptopKey } from './rescue-records.ts';
import type { KeyHandle, SealTools } from './seal-tools.ts';
import { importDataKey, unseal, unsealJson } from './sealed-box.ts';
import { aboutOlderKey, aboutUser } from './sealed-record.ts';

/** Keys of a laptop by their id, and whose they are. */
export type KeyRing = { keys: Map<string, KeyHandle>; owners: Set<UserId> };

const accountSchema = z.looseObject({ id: userIdSchema });

/** The raw key of a laptop, opened with the site's key. The caller wipes it. @throws when that key is not the one */
export async function rawLaptopKey(
  tools: SealTools,
  laptopKey: LaptopKey,
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { recovery } = laptopKey;
  return recovery && unwrap(tools, await keyFor(recovery.keyHash), recovery);
}

/** Whose key it is: only the key itself opens its account's data. @throws when `raw` is not the key */
export async function ownerOfKey(
  tools: SealTools,
  laptopKey: LaptopKey,
  raw: Uint8Array,
): Promise<{ userId: UserId; key: KeyHandle }> {
  const key = await importDataKey(tools, raw);
  const sealed = tools.fromBase64(laptopKey.user);
  const account = accountSchema.parse(await unsealJson(tools, key, sealed, aboutUser(laptopKey)));
  return { userId: account.id, key };
}

async function addKey(tools: SealTools, ring: KeyRing, laptopKey: LaptopKey, raw: Uint8Array): Promise<void> {
  const { userId, key } = await ownerOfKey(tools, laptopKey, raw);
  ring.owners.add(userId);
  ring.keys.set(laptopKey.keyId, key);
  for (const { keyId, wrappedKey } of laptopKey.older) {
    const sealed = tools.fromBase64(wrappedKey);
    const olderRaw = await unseal(tools, key, sealed, aboutOlderKey(laptopKey, keyId)).catch(() => null);
    if (olderRaw) ring.keys.set(keyId, await importDataKey(tools, olderRaw));
    olderRaw?.fill(0);
  }
}

/** Opens what of a laptop's keys the site's keys open. @throws what `keyFor` throws when it has none of them */
export async function openKeyRing(
  tools: SealTools,
  laptopKeys: readonly LaptopKey[],
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<KeyRing> {
  const ring: KeyRing = { keys: new Map(), owners: new Set() };
  let failure: unknown = null;
  for (const laptopKey of laptopKeys) {
    try {
      const raw = await rawLaptopKey(tools, laptopKey, keyFor);
      if (raw) await addKey(tools, ring, laptopKey, raw).finally(() => raw.fill(0));
    } catch (cause) {
      failure = cause;
    }
  }
  if (ring.keys.size === 0 && failure !== null) throw failure;
  return ring;
}
