import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../build/paths.ts';

const assets = join(projectRoot, 'dist/renderer/assets');
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
const holding = (words: string) =>
  scripts.filter((name) => readFileSync(join(assets, name), 'utf8').includes(words));

it('a test run builds the renderer as it ships, without the development half of React', () => {
  expect(scripts.length).toBeGreaterThan(10);
  // Words of a warning that only the development build can give.
  expect(holding('Each child in a list should have a unique')).toEqual([]);
});

it('the worker that writes the journal carries no schemas', () => {
  const worker = scripts.filter((name) => name.startsWith('journal-worker'));
  expect(worker).toHaveLength(1);
  expect(holding('invalid_type').filter((name) => worker.includes(name))).toEqual([]);
});
