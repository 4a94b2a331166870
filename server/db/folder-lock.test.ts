import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLeases, takeLease, withLock } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('a folder lock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const enter = () =>
      withLock(join(folder, 'lock'), async () => {
        inside += 1;
        most = Math.max(most, inside);
        await wait(5);
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter(), enter()]);
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a dead process by one of several', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${deadPid()} gone\n`);
    let inside = 0;
    let most = 0;
    const enter = () =>
      withLock(file, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await wait(5);
        inside -= 1;
      });
    await Promise.all([enter(), enter(), enter()]);
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('is taken over when its number was given to another process since', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid} another-boot/1\n`);
    expect(await withLock(file, async () => 'in')).toBe('in');
  });

  it('is given back when the work fails', async () => {
    const file = join(folder, 'lock');
    await expect(withLock(file, () => Promise.reject(new Error('work failed')))).rejects.toThrow(
      'work failed',
    );
    expect(existsSync(file)).toBe(false);
  });
});

describe('leases', () => {
  it('count the living and forget the dead', () => {
    const leases = join(folder, 'leases');
    const one = takeLease(leases);
    const two = takeLease(leases);
    writeFileSync(join(leases, 'dead.1'), `${deadPid()} gone\n`);
    expect(countLeases(leases)).toBe(2);
    one.end();
    expect(countLeases(leases)).toBe(1);
    two.end();
    expect(countLeases(leases)).toBe(0);
    expect(readdirSync(leases)).toEqual([]);
  });
});
