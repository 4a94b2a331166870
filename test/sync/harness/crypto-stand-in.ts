import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, pbkdf2Sync } from 'node:crypto';

/** Runs one piece of work at a moment somebody else chooses, and settles with its result. */
export type Step = <T>(what: string, work: () => T) => Promise<T>;

type Key = { readonly raw: Uint8Array; readonly object: KeyObject | null };
type GcmParams = { name: string; iv: Uint8Array; additionalData?: Uint8Array };
type Pbkdf2Params = { name: string; hash: string; salt: Uint8Array; iterations: number };

const tagBytes = 16;
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
const keyOf = (key: CryptoKey): Key => key as unknown as Key;
const handed = (key: Key): CryptoKey => key as unknown as CryptoKey;

function requireName(name: string, ...known: readonly string[]): void {
  if (!known.includes(name)) throw new Error(`the crypto stand-in has no ${name}`);
}

function encrypt(algorithm: GcmParams, key: Key, plain: Uint8Array): ArrayBuffer {
  requireName(algorithm.name, 'AES-GCM');
  const cipher = createCipheriv('aes-256-gcm', key.object ?? key.raw, algorithm.iv);
  if (algorithm.additionalData) cipher.setAAD(algorithm.additionalData);
  const sealed = new Uint8Array(plain.byteLength + tagBytes);
  sealed.set(cipher.update(plain));
  cipher.final();
  sealed.set(cipher.getAuthTag(), plain.byteLength);
  return sealed.buffer;
}

function decrypt(algorithm: GcmParams, key: Key, sealed: Uint8Array): ArrayBuffer {
  requireName(algorithm.name, 'AES-GCM');
  const decipher = createDecipheriv('aes-256-gcm', key.object ?? key.raw, algorithm.iv);
  if (algorithm.additionalData) decipher.setAAD(algorithm.additionalData);
  const body = sealed.subarray(0, sealed.byteLength - tagBytes);
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes));
  const plain = own(decipher.update(body));
  decipher.final();
  return plain.buffer;
}

/**
 * The part of WebCrypto that the workstation uses, computed by node:crypto on the spot: the real one works on threads
 * whose order nobody can repeat.
 */
export function createSubtle(step: Step): SubtleCrypto {
  const subtle = {
    // Arguments are read when the call is made, as WebCrypto does.
    encrypt: (algorithm: GcmParams, key: CryptoKey, data: Uint8Array) => {
      const [params, plain] = [{ ...algorithm, iv: own(algorithm.iv) }, own(data)];
      return step('encrypt', () => encrypt(params, keyOf(key), plain));
    },
    decrypt: (algorithm: GcmParams, key: CryptoKey, data: Uint8Array) => {
      const [params, sealed] = [{ ...algorithm, iv: own(algorithm.iv) }, own(data)];
      return step('decrypt', () => decrypt(params, keyOf(key), sealed));
    },
    importKey: (format: string, data: Uint8Array, algorithm: string | { name: string }) => {
      const name = typeof algorithm === 'string' ? algorithm : algorithm.name;
      const raw = own(data);
      return step('importKey', () => {
        requireName(format, 'raw');
        requireName(name, 'AES-GCM', 'PBKDF2');
        return handed({ raw, object: name === 'AES-GCM' ? createSecretKey(raw) : null });
      });
    },
    deriveKey: (algorithm: Pbkdf2Params, base: CryptoKey) =>
      step('deriveKey', () => {
        requireName(algorithm.name, 'PBKDF2');
        requireName(algorithm.hash, 'SHA-256');
        const raw = own(pbkdf2Sync(keyOf(base).raw, algorithm.salt, algorithm.iterations, 32, 'sha256'));
        return handed({ raw, object: createSecretKey(raw) });
      }),
  };
  return subtle as unknown as SubtleCrypto;
}
