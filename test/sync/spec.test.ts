import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const spec = readFileSync('docs/sync-spec.md', 'utf8');
const sections = new Map(
  spec.split(/^## /m).flatMap((section) => {
    const number = /^(S\d+) /.exec(section)?.[1];
    return number ? [[number, section.replace(/\s+/g, ' ')] as const] : [];
  }),
);
const testFiles = globSync(
  ['shared', 'server', 'renderer', 'electron', 'test'].map((folder) => `${folder}/**/*.test.{ts,tsx}`),
);
const textOf = (file: string) => readFileSync(file, 'utf8').replace(/\s+/g, ' ');

describe('docs/sync-spec.md', () => {
  it('numbers its rules without gaps', () => {
    expect([...sections.keys()]).toEqual(Array.from({ length: sections.size }, (_, i) => `S${i + 1}`));
  });

  it.each([...sections])('%s names tests that exist and carry its number', (number, section) => {
    const [, tests = ''] = section.split('* Tests: ');
    const files = [...tests.matchAll(/`([^`]+\.tsx?)`(?:: ((?:"[^"]+"(?:; )?)+))?/g)];
    expect(files.length).toBeGreaterThan(0);
    for (const [, file = '', titles = ''] of files) {
      const text = textOf(file);
      expect(text).toContain(`[${number}]`);
      for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g)) expect(text).toContain(title);
    }
  });

  it('has a rule for every number a test carries', () => {
    const carried = new Set(
      testFiles.flatMap((file) =>
        [...textOf(file).matchAll(/\[(S\d+)\] \S/g)].map(([, number = '']) => number),
      ),
    );
    expect([...carried].filter((number) => !sections.has(number))).toEqual([]);
  });
});
