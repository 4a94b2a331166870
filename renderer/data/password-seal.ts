import { defaultIterations, rawKeyOf, wrapWithPassword } from './vault-entry.ts';
import { entrySchema, type VaultEntry } from './vault-file.ts';

/** Seals something small under a password, by the way of the vault. */
export async function sealByPassword(
  bytes: Uint8Array,
  password: string,
  about: { owner: string; keyId: string },
  iterations = defaultIterations,
): Promise<PasswordSealed> {
  return wrapWithPassword(bytes, about, password, iterations);
}
export type PasswordSealed = Pick<VaultEntry, 'kdf' | 'wrappedKey'>;
export const passwordSealedSchema = entrySchema.pick({ kdf: true, wrappedKey: true });

/** What `sealByPassword` sealed, or null where the password is not the one. */
export const openByPassword = (
  sealed: PasswordSealed,
  password: string,
  about: { owner: string; keyId: string },
): Promise<Uint8Array | null> => rawKeyOf({ ...sealed, ...about }, password);
