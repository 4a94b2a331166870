import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
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
