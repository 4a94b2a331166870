import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('npm run screens takes every screen of its tour, in both schemes', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['build/screens.ts'], { cwd: root });
  expect(stdout).not.toContain('not taken');
  for (const scheme of ['light', 'dark'])
    for (const name of ['sign-in', 'queue', 'annotate-rating', 'sync', 'studies', 'review'])
      expect(existsSync(join(root, 'screens', `${name}-1280x800-${scheme}.png`)), name).toBe(true);
});
