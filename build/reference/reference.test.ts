import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../paths.ts';
import { readCaseFile } from './case-file.ts';
import { runCase } from './run-case.ts';

const kept = join(projectRoot, 'build/reference/cases');
const shared = join(projectRoot, '../shared/reference/stats');
const scratch = mkdtempSync(join(tmpdir(), 'reference-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const casesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.json'));

type Ended = { code: number; stdout: string; stderr: string };
const run = (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, ['build/reference.ts', ...args], { cwd: projectRoot }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );

describe('published statistics', () => {
  it.each(casesIn(kept))('are reproduced: %s', (file) => {
    expect(runCase(readCaseFile(join(kept, file)))).toEqual([]);
  });

  it.skipIf(!existsSync(shared))('are reproduced by every case of the shared folder', async () => {
    const { code, stdout } = await run(shared);
    const count = casesIn(shared).length;
    expect(count).toBeGreaterThanOrEqual(57);
    expect(stdout.trim().split('\n').at(-1)).toBe(`${count} passed, 0 failed`);
    expect(code).toBe(0);
  });
});

const folderWith = (name: string, ...cases: object[]) => {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [i, one] of cases.entries()) writeFileSync(join(folder, `case-${i}.json`), JSON.stringify(one));
  return folder;
};
const share = { kind: 'proportion', successes: 1, n: 2 };

it('abilities are relative to the item that the case gives 0, the first listed one otherwise', () => {
  const comparisons = [
    { a: 'x', b: 'y', wins_a: 3, wins_b: 1, ties: 0 },
    { a: 'y', b: 'z', wins_a: 2, wins_b: 2, ties: 1 },
  ];
  const input = { kind: 'pairwise_counts', items: ['x', 'y', 'z'], comparisons };
  const wanted = (value: object) => [
    { key: 'log_ability', list: 'expected' as const, value, tolerance: 1e-9 },
  ];
  const logit = Math.log(3);
  expect(runCase({ name: 'x', input, wanted: wanted({ x: logit, y: 0, z: 0 }) })).toEqual([]);
  expect(runCase({ name: 'x', input, wanted: wanted({ x: 0, y: -logit, z: -logit }) })).toEqual([]);
});

describe('npm run reference', () => {
  it('names the figure that differs, and fails', async () => {
    const folder = folderWith('differs', {
      name: 'x',
      input: share,
      expected: { estimate: 0.6 },
      tolerance: 0.01,
    });
    const { code, stdout } = await run(folder);
    expect(code).toBe(1);
    expect(stdout).toContain('case-0: failed\n  expected.estimate: expected 0.6, got 0.5, tolerance 0.01');
    expect(stdout).toMatch(/0 passed, 1 failed\n$/);
  });

  it('fails an unknown key and an unknown kind by name, and goes on', async () => {
    const folder = folderWith(
      'unknown',
      { name: 'a', input: share, expected: { moon_phase: 1 } },
      { name: 'b', input: { kind: 'tarot' }, expected: {} },
      { name: 'c', input: share, expected: { estimate: 0.5 } },
    );
    const { stdout } = await run(folder);
    expect(stdout).toContain('expected.moon_phase is an unknown key for "proportion"');
    expect(stdout).toContain('input.kind "tarot" is unknown');
    expect(stdout).toMatch(/1 passed, 2 failed\n$/);
  });

  it('fails a value where the case says "undefined", and the other way round', () => {
    const input = { kind: 'ratings', units_by_raters: [['A', 'A']], categories: ['A', 'B'] };
    const wanted = (key: string, value: unknown) => [
      { key, list: 'expected' as const, value, tolerance: 1e-9 },
    ];
    expect(runCase({ name: 'x', input, wanted: wanted('cohen_kappa', 1) })).toHaveLength(1);
    expect(runCase({ name: 'x', input, wanted: wanted('gwet_ac1', null) })).toHaveLength(1);
    expect(runCase({ name: 'x', input, wanted: wanted('cohen_kappa', null) })).toEqual([]);
  });

  it('says which file is no case, and why', async () => {
    const folder = folderWith('broken', { name: 'x' });
    writeFileSync(join(folder, 'text.json'), 'not json');
    const { code, stdout } = await run(folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/case-0: failed\n {2}cannot be run: .*input/);
    expect(stdout).toMatch(/text: failed\n {2}cannot be run: .*JSON/);
  });

  it('asks for a folder when there is none, or none with cases', async () => {
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('Name a folder') });
    expect(await run(join(scratch, 'nowhere'))).toMatchObject({ code: 2 });
  });
});
