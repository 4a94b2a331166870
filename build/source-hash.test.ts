import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceHash } from './source-hash.ts';

let root = '';
const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const hash = () => sourceHash(root, ['src', 'one.json']);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'source-hash-'));
  mkdirSync(join(root, 'src/deep'), { recursive: true });
  write('src/deep/a.ts', 'a');
  write('one.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('stays the same while nothing changes', () => {
  expect(hash()).toBe(hash());
});

test('changes with a content, a name and a new file', () => {
  const before = hash();
  write('src/deep/a.ts', 'b');
  const edited = hash();
  renameSync(join(root, 'src/deep/a.ts'), join(root, 'src/deep/c.ts'));
  const renamed = hash();
  write('src/new.css', '');
  expect(new Set([before, edited, renamed, hash()]).size).toBe(4);
});

test('a test that changes does not make a build stale', () => {
  const before = hash();
  write('src/deep/a.test.ts', 'anything');
  expect(hash()).toBe(before);
});
