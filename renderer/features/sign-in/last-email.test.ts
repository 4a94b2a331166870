import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryHost, memoryDisk } from '../../../test/contract/memory-host.ts';
import { setPlatform } from '../../platform.ts';
import { loadLastEmail, saveLastEmail } from './last-email.ts';

const address = 'ada@ward.test';

function hostWith(strength: 'keyring' | 'password-only') {
  const disk = memoryDisk();
  const host = createMemoryHost(disk);
  setPlatform({
    on: host.on,
    invoke: (channel, ...args) =>
      channel === 'keys:strength'
        ? (Promise.resolve({ ok: true, value: { strength } }) as never)
        : host.invoke(channel, ...args),
  });
  return disk;
}

describe('the address used last', () => {
  afterEach(() => localStorage.clear());

  it('is known again where a keyring keeps it', async () => {
    hostWith('keyring');
    expect(await loadLastEmail()).toBe('');
    await saveLastEmail(address);
    expect(await loadLastEmail()).toBe(address);
  });

  it('is kept nowhere without a keyring, and what an earlier version kept is forgotten', async () => {
    const disk = hostWith('password-only');
    localStorage.setItem('second-opinion.last-email', address);
    await saveLastEmail(address);
    expect(await loadLastEmail()).toBe('');
    expect(disk.keys.size).toBe(0);
    expect(localStorage.length).toBe(0);
  });

  it('stays empty when the keyring fails', async () => {
    setPlatform({ on: () => () => {}, invoke: () => Promise.reject(new Error('locked')) });
    await saveLastEmail(address);
    expect(await loadLastEmail()).toBe('');
  });
});
