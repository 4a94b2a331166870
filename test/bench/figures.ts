/** The value below which that share of the samples lies; the larger of two neighbours, never an average. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export type Row = {
  what: string;
  n: number;
  p50: number;
  p95: number;
  p99: number;
  /** What p95 must stay under, and the share of samples that does; null for figures that only explain others. */
  budgetMs: number | null;
  within: number | null;
};

/** One line of the table. @param samples milliseconds */
export function rowOf(what: string, samples: readonly number[], budgetMs: number | null): Row {
  const at = (share: number) => percentile(samples, share);
  const within =
    budgetMs === null ? null : samples.filter((ms) => ms <= budgetMs).length / Math.max(1, samples.length);
  return { what, n: samples.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), budgetMs, within };
}

const ms = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '-');

/** The rows as a table of fixed columns; times in milliseconds. */
export function tableOf(rows: readonly Row[]): string {
  const wide = Math.max(...rows.map(({ what }) => what.length), 10);
  const line = (cells: readonly string[], what: string) =>
    `${what.padEnd(wide)}  ${cells.map((cell) => cell.padStart(8)).join(' ')}`;
  return [
    line(['n', 'p50', 'p95', 'p99', 'budget', 'within'], 'milliseconds'),
    ...rows.map(({ what, n, p50, p95, p99, budgetMs, within }) =>
      line(
        [
          String(n),
          ms(p50),
          ms(p95),
          ms(p99),
          budgetMs === null ? '' : ms(budgetMs),
          within === null ? '' : `${(within * 100).toFixed(1)} %`,
        ],
        what,
      ),
    ),
  ].join('\n');
}
