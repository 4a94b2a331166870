import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { remappable } from '../../ui/key-table.ts';
import { shortcuts } from './shortcuts.ts';

/** Keys that belong to what is open, whatever is chosen: digits of menus, Escape, and a dialog's own. */
const ownKeys = ['esc', 'enter', 'mod+enter', 'n', 'delete'];

it('a control never names a command’s usual key by itself: the physician may have chosen another', () => {
  const usual = remappable(shortcuts).map(({ keys }) => keys[0] ?? '');
  const named = globSync('*.tsx', { cwd: import.meta.dirname }).flatMap((file) => {
    if (file.endsWith('.test.tsx')) return [];
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    return [...source.matchAll(/keys="([^"]+)"|ariaKeys\('([^']+)'\)/g)].map(
      ([, key, aria]) => `${file}: ${key ?? aria}`,
    );
  });
  const wrong = named.filter((line) => {
    const keys = line.slice(line.indexOf(': ') + 2);
    return usual.includes(keys) && !ownKeys.includes(keys);
  });
  expect(wrong).toEqual([]);
});
