import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type Cell, grid, Tally } from './coverage/cell.ts';
import { isPoor, markdownOf, poorOf, renewed } from './coverage/report.ts';
import { projectRoot } from './paths.ts';

type Ended = { code: number; stdout: string; stderr: string };
const run = (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, args, { cwd: projectRoot }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );

it('npm run stats:coverage prints a table for each family, the same for the same seed', async () => {
  const args = ['build/stats-coverage.ts', '--family', 'crossed', '--replicates', '20', '--resamples', '20'];
  const [first, second] = [await run(...args, '--seed', 'x'), await run(...args, '--seed', 'x')];
  expect(first.stdout).toContain('| cases | raters | likeness | as if independent | robust |');
  expect(first.stdout).toBe(second.stdout);
});

it('npm run stats:coverage refuses what it cannot run, in one line', async () => {
  expect(await run('build/stats-coverage.ts', '--family', 'tarot')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^There is no family "tarot"\. .*\n$/),
  });
  expect(await run('build/stats-coverage.ts', '--replicates', 'many')).toMatchObject({ code: 2 });
});

it('a simulation counts intervals that hold the truth, tests that err, and figures without a value', () => {
  const tally = new Tally();
  for (let i = 0; i < 100; i++) {
    tally.interval('good', [0, 1], 0.5);
    tally.interval('bad', i < 80 ? [0, 1] : [0, 0.4], 0.5);
    tally.interval('fragile', i < 50 ? [0, 1] : null, 0.5);
    tally.test('strict', i < 20 ? 0.01 : 0.5);
  }
  const cell: Cell = { family: 'made up', conditions: { n: 7 }, rates: tally.rates() };
  expect(cell.rates.map(({ figure, rate, undefinedShare }) => [figure, rate, undefinedShare])).toEqual([
    ['good', 1, 0],
    ['bad', 0.8, 0],
    ['fragile', 1, 0.5],
    ['strict', 0.2, 0],
  ]);
  expect(cell.rates.filter(isPoor).map(({ figure }) => figure)).toEqual(['bad', 'strict']);
  expect(poorOf([cell]).map(({ conditions }) => conditions)).toEqual([{ n: 7 }, { n: 7 }]);
  const written = markdownOf([cell], '100 data sets');
  expect(written).toContain('(100 data sets)');
  const other = '### Another\n\nkept\n\n';
  expect(renewed(`${other}### Made up\n\nold\n`, written)).toBe(`${other}${written.trimEnd()}\n`);
  expect(written).toContain('| 7 | 100.0 | **80.0** | 100.0 | **20.0** |');
  expect(grid({ a: [1, 2], b: ['x'] })).toEqual([
    { a: 1, b: 'x' },
    { a: 2, b: 'x' },
  ]);
});

it('the table in docs/statistics.md and the list that machines read come from one run', () => {
  const text = readFileSync(join(projectRoot, 'docs/statistics.md'), 'utf8');
  const table = /<!-- coverage begins -->([\s\S]*)<!-- coverage ends -->/.exec(text)?.[1] ?? '';
  const bold = table.match(/\*\*\d/g)?.length ?? 0;
  const known = JSON.parse(readFileSync(join(projectRoot, 'shared/stats/poor-coverage.json'), 'utf8'));
  expect(bold).toBeGreaterThan(20);
  expect(known).toHaveLength(bold);
});

it('npm run bench -- stats measures every statistic at three sizes', async () => {
  const sizes = ['--units', '200', '--labels', '500', '--judgements', '2000', '--models', '5'];
  const { stdout, code } = await run('build/bench.ts', 'stats', ...sizes, '--json');
  expect(code).toBe(0);
  const scales: { scale: string; rows: { what: string; ms: number; bytes: number | null }[] }[] =
    JSON.parse(stdout);
  expect(scales.map(({ scale }) => scale)).toEqual(['1x', '10x', '100x']);
  for (const { rows } of scales) {
    expect(rows.length).toBeGreaterThan(15);
    for (const { ms, bytes } of rows) expect([ms >= 0, bytes !== null]).toEqual([true, true]);
  }
  expect((await run('build/bench.ts', 'stats', '--units', 'some')).code).not.toBe(0);
});
