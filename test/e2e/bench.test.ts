import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { percentile, rowOf } from '../bench/figures.ts';

const root = join(import.meta.dirname, '../..');

it('takes percentiles that were really measured', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([4, 1, 3, 2], 0.95)).toBe(4);
  expect(rowOf('x', [10, 20, 30, 40], 20).within).toBe(0.5);
});

it('npm run bench measures every budget of the annotate screen and prints it', async () => {
  const sizes = [
    '--cases',
    '12',
    '--submits',
    '2',
    '--strokes',
    '12',
    '--starts',
    '1',
    '--characters',
    '2000',
  ];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['build/bench.ts', 'annotate', '--json', ...sizes],
    { cwd: root },
  );
  const [figures] = JSON.parse(stdout) as { rows: { what: string; n: number; p95: number }[] }[];
  const measured = figures?.rows.filter(({ n, p95 }) => n > 0 && p95 > 0).map(({ what }) => what.trim());
  expect(measured).toEqual(
    expect.arrayContaining([
      'submit -> painted, without the wait for the frame',
      'key press -> painted, without the wait for the frame',
      'submit -> on the screen, raster and display included',
      'key press -> on the screen, raster and display included',
      'floor: key press on an empty page -> painted',
      'floor: key press on an empty page -> on the screen, raster and display included',
      'floor: key press on an empty page -> bare write flushed',
      'change -> durable in the journal',
      'floor: the bare write beside it, handed over at the same moment',
      'floor: bare write and flush, same worker',
      'cold start -> first case',
    ]),
  );
});

it('npm run bench refuses a benchmark it does not have', async () => {
  const run = promisify(execFile)(process.execPath, ['build/bench.ts', 'nothing'], { cwd: root });
  await expect(run).rejects.toThrow(/There is no benchmark "nothing"/);
});
