import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { keyHashOf } from '../../shared/rescue/recovery-wrap.ts';

const publicPart = (privatePem: string): string =>
  createPublicKey(privatePem).export({ type: 'spki', format: 'der' }).toString('base64');

async function createKey(file: string): Promise<string> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  // `wx`: a key that is there is never replaced, or laptops could not be rescued any more.
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(pem);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return pem;
}

/**
 * The site's recovery key (RSA-OAEP, 3072 bits): the private half stays in `<data>/recovery-key.pem`,
 * the public half (SPKI, base64) is what laptops wrap their data key to. Created once.
 */
export async function loadOrCreateRecoveryKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'recovery-key.pem');
  await mkdir(dataDir, { recursive: true });
  try {
    return publicPart(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return publicPart(await createKey(file));
}

/** A private recovery key; `keyHash` is what laptops and their files name it by. */
export type RecoveryKey = { keyHash: string; pkcs8: Uint8Array; file: string };

function parseKey(pem: string, file: string): RecoveryKey {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return { keyHash: keyHashOf(publicPart(pem)), pkcs8: new Uint8Array(pkcs8), file };
}

/** @throws AppError `file-unreadable` when it is not there or no private key */
export async function readRecoveryKey(file: string): Promise<RecoveryKey> {
  try {
    return parseKey(await readFile(file, 'utf8'), file);
  } catch (cause) {
    throw new AppError('file-unreadable', {
      message: `There is no private recovery key in "${file}". Name the PEM file that this site keeps.`,
      cause,
    });
  }
}

/** The site's recovery keys in its data folder: the one in force and those before it. Empty when none is kept there. */
export async function findRecoveryKeys(dataDir: string): Promise<RecoveryKey[]> {
  const names = (await readdir(dataDir).catch(() => [])).filter((name) => /^recovery-key.*\.pem$/.test(name));
  const keys: RecoveryKey[] = [];
  for (const name of names.sort()) {
    const file = join(dataDir, name);
    // A key that cannot be read is passed over here; whoever needs that one is told that it is missing.
    const key = await readRecoveryKey(file).catch(() => null);
    if (key) keys.push(key);
  }
  return keys;
}

/** Windows opens no folder; there the rename alone must do. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

const isThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST';

/**
 * Makes a new recovery key. The one before it stays beside it under its own name, for files and laptops that were
 * sealed to it; interrupted at any point, every key is still there.
 * @returns the new public half, and where the old private half is kept; null where there was none
 */
export async function rotateRecoveryKey(
  dataDir: string,
): Promise<{ publicKey: string; keptAs: string | null }> {
  const file = join(dataDir, 'recovery-key.pem');
  const draft = join(dataDir, 'recovery-key-next.pem');
  await mkdir(dataDir, { recursive: true });
  // A draft that an interrupted rotation left was given to nobody.
  await rm(draft, { force: true });
  const pem = await createKey(draft);
  const old = await readRecoveryKey(file).catch((error: unknown) => {
    if (error instanceof AppError && Object(error.cause).code === 'ENOENT') return null;
    throw error;
  });
  const keptAs = old && join(dataDir, `recovery-key-${old.keyHash.slice(0, 16)}.pem`);
  if (keptAs !== null)
    await link(file, keptAs).catch((error: unknown) => {
      if (!isThere(error)) throw error;
    });
  await rename(draft, file);
  await syncFolder(dataDir);
  return { publicKey: publicPart(pem), keptAs };
}
