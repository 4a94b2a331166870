import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, needReady, userDataFolder } from './stand-in-state.ts';

/** STAND_IN_KEYRING: `good` (default), `weak` (no keyring on this machine), `locked` (one that does not open). */
const keyring = () => process.env.STAND_IN_KEYRING ?? 'good';
const version = Buffer.from('v11');

function key(): Buffer {
  const path = join(userDataFolder(), 'stand-in-keyring');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return readFileSync(path);
}

export const safeStorage = {
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    needReady('safeStorage');
    return keyring() !== 'weak';
  },
  getSelectedStorageBackend: () => (keyring() === 'weak' ? 'basic_text' : 'gnome_libsecret'),
  async encryptStringAsync(text: string): Promise<Buffer> {
    needReady('safeStorage');
    must(typeof text === 'string', 'safeStorage encrypts strings only');
    must(keyring() === 'good', 'Error while encrypting the text. Encryption is not available.');
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key(), nonce);
    return Buffer.concat([version, nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  async decryptStringAsync(bytes: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    needReady('safeStorage');
    must(keyring() === 'good', 'Error while decrypting the ciphertext: the keyring is locked.');
    must(bytes.subarray(0, 3).equals(version), 'Ciphertext does not appear to be encrypted.');
    const decipher = createDecipheriv('aes-256-gcm', key(), bytes.subarray(3, 15));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decipher.update(bytes.subarray(15, -16)), decipher.final()]);
    return { result: text.toString('utf8'), shouldReEncrypt: false };
  },
};
