import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importPrivateKey } from '../../shared/rescue/recovery-wrap.ts';
import type { KeyHandle } from '../../shared/rescue/seal-tools.ts';
import { answerUnlock, checkCodeOf, readUnlockRequest } from '../../shared/rescue/unlock.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { createMemoryHost, type MemoryHost } from '../../test/contract/memory-host.ts';
import { samplePhysician } from '../../test/contract/sample-work.ts';
import { type Platform, platformOf } from '../platform.ts';
import { sealTools } from './seal-tools.ts';
import { seal, unseal } from './sealed-box.ts';
import { pendingUnlock, saveUnlockRequest, takeUnlockAnswer } from './unlock.ts';
import { createVault, unlockVault } from './vault.ts';

const user = samplePhysician;
const [forgotten, now] = ['a password nobody knows', 'the password after the link'];
const iterations = 1000;

let recoveryPublicKey: string;
let sitesKey: KeyHandle;
beforeAll(async () => {
  const algorithm = {
    name: 'RSA-OAEP',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  recoveryPublicKey = sealTools.toBase64(
    new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)),
  );
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  sitesKey = await importPrivateKey(sealTools, pkcs8);
});

let memory: MemoryHost;
let host: Platform;
let saved: Uint8Array;
beforeEach(() => {
  memory = createMemoryHost();
  const files: Platform['files'] = {
    save: async ({ suggestedName, bytes }) => {
      saved = bytes;
      return suggestedName;
    },
  };
  host = { ...platformOf(memory), files };
});

const options = () => ({ host, iterations });
const keyFor = async () => sitesKey;
const secret = Uint8Array.from([1, 2, 3]);
const requested = () => readUnlockRequest(sealTools.decodeText(saved));
const answered = async (userId = user.id) =>
  JSON.stringify(await answerUnlock(sealTools, requested(), userId, keyFor));

/** Work sealed under the password nobody knows, and a request made under the one that holds now. */
async function request() {
  const made = await createVault(user, forgotten, { ...options(), recoveryPublicKey });
  const sealed = await seal(made.dataKey.key, secret, 'work');
  const pending = await saveUnlockRequest(user.email, now, options());
  return { made, sealed, pending };
}

describe('a recovery answer', () => {
  it('opens the work under the password that holds now, and only once', async () => {
    const { sealed, pending } = await request();
    expect(pending?.checkCode).toBe(checkCodeOf(requested()));
    expect((await pendingUnlock(user.email, host))?.checkCode).toBe(pending?.checkCode);
    const answer = await answered();
    await takeUnlockAnswer(user.email, now, answer, options());
    const { dataKey, user: known } = await unlockVault(user.email, now, host);
    expect(known).toEqual(user);
    const [older] = dataKey.older ?? [];
    expect(older && (await unseal(older.key, sealed, 'work'))).toEqual(secret);
    await expect(unlockVault(user.email, forgotten, host)).rejects.toMatchObject({ code: 'wrong-password' });
    expect(await pendingUnlock(user.email, host)).toBeNull();
    await expect(takeUnlockAnswer(user.email, now, answer, options())).rejects.toMatchObject({
      code: 'not-the-answer',
    });
  });

  it('opens work whose vault is lost, from the recovery record, and keeps what was left of the vault', async () => {
    const { sealed } = await request();
    for (const name of memory.disk.keys.keys()) memory.disk.keys.set(name, new Uint8Array([9, 9]));
    await saveUnlockRequest(user.email, now, options());
    await takeUnlockAnswer(user.email, now, await answered(), options());
    const [older] = (await unlockVault(user.email, now, host)).dataKey.older ?? [];
    expect(older && (await unseal(older.key, sealed, 'work'))).toEqual(secret);
    const aside = [...memory.disk.keys].find(([name]) => name.endsWith('.aside'));
    expect([...(aside?.[1] ?? [])]).toEqual([9, 9]);
  });

  it('is refused with another password, to another request, and for another person; nothing changes by it', async () => {
    await request();
    const first = await answered();
    await expect(takeUnlockAnswer(user.email, 'another', first, options())).rejects.toMatchObject({
      code: 'not-the-answer',
    });
    await saveUnlockRequest(user.email, now, options());
    for (const text of [first, 'garbage', '{}'])
      await expect(takeUnlockAnswer(user.email, now, text, options())).rejects.toMatchObject({
        code: 'not-the-answer',
      });
    const other = '00000003-0000-4000-8000-000000000077' as UserId;
    await expect(answered(other)).rejects.toMatchObject({ code: 'rescue-not-ours' });
    expect((await unlockVault(user.email, forgotten, host)).user).toEqual(user);
  });

  it('names no person, neither in the request nor in the answer', async () => {
    await request();
    const seen = sealTools.decodeText(saved) + (await answered());
    for (const word of [user.email, user.name, user.id, forgotten, now]) expect(seen).not.toContain(word);
  });
});
