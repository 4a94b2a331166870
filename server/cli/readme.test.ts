import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const commands = [...readme.matchAll(/^npm run --silent cli -- (.+)$/gm)].map(([, words = '']) => words);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-readme-'));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  writeFileSync(
    join(folder, 'pairs.jsonl'),
    ['one', 'two']
      .map((id) =>
        JSON.stringify({
          id,
          prompt: `What about ${id}?`,
          responses: ['x', 'y'].map((model) => ({ id: model, text: `Answer ${model}`, model })),
        }),
      )
      .join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the README', () => {
  it('names only npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/g)].map(
      ([, name = '']) => name,
    );
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('shows command lines that run, one after the other, from an empty data folder', async () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
    for (const words of commands) {
      const inFolder = words.replace(/\b(pairs|annotations)\.jsonl/g, (file) => join(folder, file));
      const { stdout } = await promisify(execFile)(
        '/bin/sh',
        ['-c', `"${process.execPath}" server/cli/main.ts ${inFolder} --data "${join(folder, 'data')}"`],
        { cwd: root },
      );
      expect(stdout, words).not.toBe('');
    }
  }, 240_000);
});
