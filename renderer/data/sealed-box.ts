import {
  ownBytes,
  seal as sealWith,
  unsealJson as unsealJsonWith,
  unseal as unsealWith,
} from '../../shared/rescue/sealed-box.ts';
import { sealTools } from './seal-tools.ts';

export { ownBytes };

/**
 * A key in memory with the id that every sealed byte names it by. New bytes are sealed under it; bytes of `older`
 * keys stay readable until they were moved to it.
 */
export type DataKey = { readonly id: string; readonly key: CryptoKey; readonly older?: readonly DataKey[] };

/** The key and those before it, newest first. */
export const withOlder = (dataKey: DataKey): readonly DataKey[] => [dataKey, ...(dataKey.older ?? [])];

export const seal = (key: CryptoKey, plain: Uint8Array, about: string): Promise<Uint8Array<ArrayBuffer>> =>
  sealWith(sealTools, key, plain, about);

export const unseal = (key: CryptoKey, sealed: Uint8Array, about: string): Promise<Uint8Array<ArrayBuffer>> =>
  unsealWith(sealTools, key, sealed, about);

export const sealJson = (key: CryptoKey, value: unknown, about: string) =>
  seal(key, sealTools.encodeText(JSON.stringify(value)), about);

/** The value is what this app sealed: the tag vouches for it, so its form is not checked again. */
export const unsealJson = async <T>(key: CryptoKey, sealed: Uint8Array, about: string): Promise<T> =>
  (await unsealJsonWith(sealTools, key, sealed, about)) as T;
