import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findElectron, programName } from './electron-runtime.ts';

test('ELECTRON_OVERRIDE_DIST_PATH is where the runtime is looked for, and a plain file there is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'electron-dist-'));
  try {
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBeNull();
    const program = join(folder, programName());
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBe(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
