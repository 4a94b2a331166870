import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { linearWeights } from '../../shared/stats/agreement-weights.ts';
import { cohenKappa } from '../../shared/stats/cohen-kappa.ts';
import { ratingsFromRows } from '../../shared/stats/ratings.ts';
import { projectRoot } from '../paths.ts';
import { type CaseInput, readCaseFile, type Tolerance, toleranceOf } from './case-file.ts';
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
  expect(runCase({ input, wanted: wanted({ x: logit, y: 0, z: 0 }) })).toEqual([]);
  expect(runCase({ input, wanted: wanted({ x: 0, y: -logit, z: -logit }) })).toEqual([]);
});

/** Problems of a case that expects these figures. */
const problemsOf = (input: CaseInput, expected: Record<string, unknown>, tolerance: Tolerance = 1e-9) =>
  runCase({
    input,
    wanted: Object.entries(expected).map(([key, value]) => ({
      key,
      list: 'expected',
      value,
      tolerance: toleranceOf(tolerance, key),
    })),
  });

describe('the format of reference cases', () => {
  const rows = [
    [1, 2, 2],
    [2, 2, null],
    [1, 1, 1],
    [3, 3, 1],
  ];
  const ratings = { kind: 'ratings', units_by_raters: rows, categories: [1, 2, 3] };
  const records = rows.flatMap((row, unit) => row.map((value, rater) => [value, `r${rater}`, `u${unit}`]));
  const [first, second, third] = [0, 1, 2].map((at) => rows.map((row) => row[at] ?? null));
  const pairOf = (a: unknown, b: unknown) => ({
    ...ratings,
    units_by_raters: rows.map((_, i) => [(a as [])[i], (b as [])[i]]),
  });

  it('gives the same figures of a table of ratings, of its records in any order and of its counts', () => {
    // Two of the three pairs agree in unit 4, one of three in unit 1: (1/3 + 1 + 1 + 1/3) / 4.
    const expected = { percent_agreement: 2 / 3 };
    const columns = ['label', 'rater', 'item'];
    const counts = [
      [1, 2, 0],
      [0, 2, 0],
      [3, 0, 0],
      [1, 0, 2],
    ];
    expect(problemsOf(ratings, expected)).toEqual([]);
    expect(problemsOf({ kind: 'annotations', columns, records: records.toReversed() }, expected)).toEqual([]);
    const objects = records.map(([label, rater, item]) => ({ label, rater, item }));
    expect(problemsOf({ kind: 'annotations', records: objects }, expected)).toEqual([]);
    expect(problemsOf({ kind: 'category_counts', counts }, expected)).toEqual([]);
  });

  it('takes a pair of raters from the key, or from the case', () => {
    const kappa = cohenKappa(ratingsFromRows(pairOf(third, second).units_by_raters as [], [1, 2, 3]));
    const value = kappa.defined ? kappa.value : null;
    expect(problemsOf(ratings, { cohen_kappa_raters_3_2: value })).toEqual([]);
    expect(problemsOf({ ...ratings, pair_for_cohen: [2, 1] }, { cohen_kappa: value })).toEqual([]);
    expect(problemsOf(ratings, { cohen_kappa: value })).toEqual([
      "expected.cohen_kappa: cannot be computed: Cohen's kappa is for two raters, not 3",
    ]);
    expect(first).toHaveLength(4);
  });

  it('reads the weights of a key without a suffix from the case', () => {
    const two = pairOf(first, second);
    const linear = cohenKappa(ratingsFromRows(two.units_by_raters as [], [1, 2, 3]), {
      weights: linearWeights(3),
    });
    const value = linear.defined ? linear.value : null;
    expect(problemsOf({ ...two, weights: 'linear' }, { weighted_kappa: value })).toEqual([]);
    expect(problemsOf(two, { weighted_kappa_linear: value })).toEqual([]);
  });

  it('does not say who agreed with whom where only counts are known', () => {
    const input = {
      kind: 'category_counts',
      counts: [
        [1, 1],
        [2, 0],
      ],
    };
    for (const key of ['cohen_kappa', 'conger_kappa', 'icc_1_1', 'light_kappa', 'cohen_kappa_raters_1_2'])
      expect(problemsOf(input, { [key]: 0.5 })).toEqual([
        `expected.${key} is an unknown key for "category_counts"`,
      ]);
  });

  it('takes judgements by name, by place or as objects, and an item may be called a', () => {
    const columns = ['a', 'b', 'winner', 'case'];
    const expected = { n_comparisons: 3, n_clusters: 2, win_rate: 0.5, cluster_se_hc0: Math.sqrt(0.5) / 3 };
    const judged = [
      ['b', 'a', 'a', 'c1'],
      ['a', 'b', 'tie', 'c2'],
      ['a', 'b', 'b', 'c2'],
    ];
    const input = { kind: 'judgements', cluster: 'case', target: 'a' };
    expect(problemsOf({ ...input, columns, rows: judged }, expected)).toEqual([]);
    const objects = judged.map(([model_a, model_b, winner, one]) => ({
      model_a,
      model_b,
      winner,
      case: one,
    }));
    expect(problemsOf({ ...input, rows: objects }, expected)).toEqual([]);
    const typo = { ...input, columns, rows: [['a', 'b', 'c', 'c1']] };
    expect(() => problemsOf(typo, expected)).toThrow('the winner "c" is neither a nor b nor a tie');
    expect(() => problemsOf({ ...input, cluster: 'student', columns, rows: judged }, expected)).toThrow(
      'cluster',
    );
  });

  it('lists figures of models in their order or by name', () => {
    const input = { kind: 'win_tie_loss', columns: ['model', 'wins', 'ties', 'n'], rows: [['x', 1, 1, 4]] };
    expect(problemsOf(input, { win_rate: [0.375] })).toEqual([]);
    expect(problemsOf(input, { win_rate: { x: 0.375 } })).toEqual([]);
    expect(problemsOf(input, { win_rate: { y: 0.375 } })).toHaveLength(1);
  });

  it('knows every test of equivalence by the numbers it names', () => {
    const margins = { lower: -0.5, upper: 0.5 };
    const expected = { difference: 0, equivalent: true };
    const of = { x: [1, 2, 3, 2.1], y: [1.1, 2, 3, 2] };
    const cases = {
      mean_equivalence: { mean: 0, sd: 1, n: 100 },
      paired_values_equivalence: of,
      paired_proportion_equivalence: { b: 2, c: 2, n: 50 },
      two_mean_equivalence: { mean1: 2, sd1: 1, n1: 90, mean2: 2, sd2: 1, n2: 80 },
      two_proportion_equivalence: { successes1: 20, n1: 40, successes2: 30, n2: 60 },
    };
    for (const [kind, given] of Object.entries(cases))
      expect([kind, problemsOf({ kind, ...given, ...margins }, expected)]).toEqual([kind, []]);
    expect(() => problemsOf({ kind: 'lunar_equivalence', ...margins }, expected)).toThrow(
      'name one of these',
    );
  });

  it('takes patterns for as many items as they count, and refuses what is no count', () => {
    const columns = ['count', 'A', 'B'];
    const input = {
      kind: 'annotation_patterns',
      columns,
      rows: [
        [3, 1, 1],
        [2, 2, 2],
        [0, 1, 2],
      ],
    };
    expect(problemsOf(input, { n_items: 5, percent_agreement: 1, class_prior: [0.6, 0.4] }, 1e-6)).toEqual(
      [],
    );
    expect(() => problemsOf({ ...input, rows: [['many', 1, 1]] }, { n_items: 1 })).toThrow('no number');
  });

  it('allows each part of a figure its own tolerance', () => {
    const input = { kind: 'pairwise_counts', comparisons: [{ a: 'x', b: 'y', wins_a: 3, wins_b: 1 }] };
    const worth = { x: 0.8, y: 0.25 };
    expect(problemsOf(input, { worth }, { worth: { x: 0.06 } })).toEqual([]);
    expect(problemsOf(input, { worth }, { worth: { y: 0.06 } })).toHaveLength(1);
    expect(problemsOf(input, { worth: {} })).toHaveLength(1);
  });
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
      { name: 'b', input: { kind: 'tarot' }, expected: { fate: 1 } },
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
    expect(runCase({ input, wanted: wanted('cohen_kappa', 1) })).toHaveLength(1);
    expect(runCase({ input, wanted: wanted('gwet_ac1', null) })).toHaveLength(1);
    expect(runCase({ input, wanted: wanted('cohen_kappa', null) })).toEqual([]);
  });

  it('says which file is no case, and why', async () => {
    const folder = folderWith('broken', { name: 'x' }, { name: 'y', input: share, expected: {} });
    writeFileSync(join(folder, 'text.json'), 'not json');
    const { code, stdout } = await run(folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/case-0: failed\n {2}cannot be run: .*input/);
    expect(stdout).toMatch(/case-1: failed\n {2}cannot be run: .*expects no figure/);
    expect(stdout).toMatch(/text: failed\n {2}cannot be run: .*JSON/);
  });

  it('asks for a folder when there is none, or none with cases', async () => {
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('Name a folder') });
    expect(await run(join(scratch, 'nowhere'))).toMatchObject({ code: 2 });
  });
});
