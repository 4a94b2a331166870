import { createPublicKey, generateKeyPair } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
