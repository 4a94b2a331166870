import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { draftOf, syncFolder, writeAtomically } from './atomic-file.ts';
import { isMissing } from './fs-failure.ts';

/** The part of Electron's safeStorage that is used. */
export type Keyring = {
  isAsyncEncryptionAvailable: () => Promise<boolean>;
  encryptStringAsync: (text: string) => Promise<Buffer>;
  decryptStringAsync: (bytes: Buffer) => Promise<{ result: string; shouldReEncrypt: boolean }>;
  getSelectedStorageBackend: () => string;
};
export type Strength = 'keyring' | 'password-only';

export type Secrets = {
  strength: () => Promise<Strength>;
  load: (name: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  store: (name: string, bytes: Uint8Array) => Promise<void>;
  /** For what is given up on purpose, such as a session that ended: written over, then deleted. */
  remove: (name: string) => Promise<void>;
};

/** First bytes of a file: whose it is, and whether the keyring wrapped what follows. */
const mark = Buffer.from('SOK1');
const plain = 0;
const wrapped = 1;

/** On Linux these stand for a password that is in the program itself: no protection. */
const weakBackends = ['basic_text', 'unknown'];

const unreadable = (name: string, cause?: unknown) =>
  new AppError('key-unavailable', { details: { key: name }, cause });

/** Noise where the secret stood. What a disk or file system keeps of old blocks is beyond any program's reach. */
async function overwrite(path: string): Promise<void> {
  const file = await open(path, 'r+').catch((cause: unknown) => {
    if (isMissing(cause)) return null;
    throw cause;
  });
  if (file === null) return;
  try {
    const { size } = await file.stat();
    await file.write(randomBytes(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function keyringStrength(keyring: Keyring, os: NodeJS.Platform): Promise<Strength> {
  const isAvailable = await keyring.isAsyncEncryptionAvailable().catch(() => false);
  const isWeak = os === 'linux' && weakBackends.includes(keyring.getSelectedStorageBackend());
  return isAvailable && !isWeak ? 'keyring' : 'password-only';
}

/**
 * Small secrets in files, wrapped by the system's keyring where it is one worth the name. Elsewhere they are kept as
 * given: the caller has wrapped them by a password. A file that cannot be read is never removed or replaced.
 */
export function openSecrets(folder: string, keyring: Keyring, os = process.platform): Secrets {
  let known: Promise<Strength> | null = null;
  const strength = () => {
    known ??= keyringStrength(keyring, os);
    return known;
  };
  const pathOf = (name: string) => join(folder, name);

  const store = async (name: string, bytes: Uint8Array) => {
    const byKeyring = (await strength()) === 'keyring';
    const text = Buffer.from(bytes).toString('base64');
    const content = byKeyring ? await keyring.encryptStringAsync(text) : Buffer.from(bytes);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const head = Buffer.concat([mark, Buffer.of(byKeyring ? wrapped : plain)]);
    await writeAtomically(pathOf(name), Buffer.concat([head, content]));
  };

  const unwrap = async (name: string, content: Buffer) => {
    const { result, shouldReEncrypt } = await keyring.decryptStringAsync(content).catch((cause: unknown) => {
      throw unreadable(name, cause);
    });
    const bytes = new Uint8Array(Buffer.from(result, 'base64'));
    // The keyring has a newer key. Failing to use it now loses nothing: the old wrap stays readable.
    if (shouldReEncrypt) await store(name, bytes).catch(() => undefined);
    return bytes;
  };

  const load = async (name: string) => {
    const file = await readFile(pathOf(name)).catch((cause: unknown) => {
      if (isMissing(cause)) return null;
      throw unreadable(name, cause);
    });
    if (file === null) return null;
    const content = file.subarray(mark.length + 1);
    const kind = file[mark.length];
    if (!file.subarray(0, mark.length).equals(mark) || content.length === 0) throw unreadable(name);
    if (kind === wrapped) return unwrap(name, content);
    if (kind === plain) return new Uint8Array(content);
    throw unreadable(name);
  };

  const remove = async (name: string) => {
    await overwrite(pathOf(name));
    await rm(draftOf(pathOf(name)), { force: true });
    await rm(pathOf(name), { force: true });
    await syncFolder(folder).catch((cause: unknown) => {
      if (!isMissing(cause)) throw cause;
    });
  };

  return { strength, load, store, remove };
}
