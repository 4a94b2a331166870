import { z } from 'zod';
import { seededRandom } from '../../shared/selection/random.ts';
import { type ClusteredRate, clusteredRate, scoresOf } from '../../shared/stats/cluster-bootstrap.ts';
import type { Interval } from '../../shared/stats/figure.ts';
import { wilsonInterval } from '../../shared/stats/proportion.ts';
import { type Outcomes, type TieRule, type WinRate, winRate } from '../../shared/stats/win-rate.ts';
import type { CaseInput } from './case-file.ts';
import { EitherOf } from './compare.ts';
import { type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';
import { countedFigures, itemsOf, positionIn } from './pairwise-figures.ts';
import { countOf, fieldOf, numberOf, type Row, rowsOf } from './rows.ts';

const text = z.union([z.string(), z.number()]).transform(String);

/** One judgement between two items: 1 the first won, -1 the second, 0 a tie. */
type Judged = { a: string; b: string; outcome: number; clusters: string[] };

const firstNames = ['a', 'item_a', 'model_a', 'first', 'left'];
const secondNames = ['b', 'item_b', 'model_b', 'second', 'right'];
const tieWords = new Set(['tie', 'equal', 'draw', 'both', 'none', '0', '0.5']);

function outcomeOf(row: Row, a: string, b: string): number {
  const winner = fieldOf(row, ['winner', 'preferred', 'chosen']);
  if (winner !== undefined && winner !== null) {
    const word = String(winner);
    // An item may itself be called "a": names go before places.
    if (word === a) return 1;
    if (word === b) return -1;
    if (firstNames.includes(word.toLowerCase())) return 1;
    if (secondNames.includes(word.toLowerCase())) return -1;
    if (tieWords.has(word.toLowerCase())) return 0;
    throw new Error(`the winner ${JSON.stringify(winner)} is neither ${a} nor ${b} nor a tie`);
  }
  if (fieldOf(row, ['score_a', 'score']) !== undefined)
    return Math.sign(numberOf(row, ['score_a', 'score']) - 0.5);
  return Math.sign(numberOf(row, ['outcome', 'preference', 'result', 'value']));
}

/** Columns "X_vs_Y" hold 1, -1 or 0; any other judgement names its two items. */
function judgedBy(row: Row, clusters: string[]): Judged[] {
  const versus = Object.keys(row).filter((column) => column.includes('_vs_'));
  if (versus.length > 0)
    return versus
      .filter((column) => row[column] !== null)
      .map((column) => {
        const [a = '', b = ''] = column.split('_vs_');
        return { a, b, outcome: Math.sign(numberOf(row, [column])), clusters };
      });
  const [a, b] = [fieldOf(row, firstNames), fieldOf(row, secondNames)];
  if (a === undefined || a === null || b === undefined || b === null)
    throw new Error(`a judgement must name its two items; it has ${Object.keys(row).join(', ')}`);
  return [{ a: String(a), b: String(b), outcome: outcomeOf(row, String(a), String(b)), clusters }];
}

/**
 * `judgements`: a row each, in the clusters that its columns name; `judgements_patterns`: a row for as many judges as
 * its count says, each a cluster of its own.
 */
function judgementsOf(input: CaseInput): Judged[] {
  const rows = rowsOf(input.rows ?? input.judgements ?? input.patterns, input.columns);
  const named = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
  const columns = named.optional().parse(input.cluster) ?? [];
  return rows.flatMap((row, at) => {
    const isPattern =
      input.kind === 'judgements_patterns' || Object.keys(row).some((name) => name.includes('_vs_'));
    return Array.from({ length: countOf(row) }, (_, copy) => {
      const own = `${at} ${copy}`;
      const clusters = columns.map((column) => {
        const value = row[column];
        if (value !== undefined && value !== null) return String(value);
        if (isPattern && value === undefined) return own;
        throw new Error(`row ${at + 1} has no cluster in ${column}`);
      });
      return judgedBy(row, clusters.length === 0 ? [own] : clusters);
    }).flat();
  });
}

function clustersOf(all: readonly Judged[], which: number) {
  const names = [...new Set(all.map(({ clusters }) => clusters[which] ?? ''))];
  const of = new Map(names.map((name, i) => [name, i]));
  const cluster = Int32Array.from(all, ({ clusters }) => of.get(clusters[which] ?? '') ?? 0);
  return { cluster, clusters: names.length };
}

const bootstrapSchema = z.looseObject({
  level: z.number().default(0.95),
  replicates: z.number().default(20_000),
});

/** The target's judgements as scores, its wins as 1, with their clusters: of one kind, or of two. */
function rateFigures(all: readonly Judged[], target: string, input: CaseInput): Figures {
  const own = all.filter(({ a, b }) => a === target || b === target);
  const outcomes = own.map(({ a, outcome }) => (a === target ? outcome : -outcome));
  const count = (sign: number) => outcomes.filter((outcome) => outcome === sign).length;
  const counted = { wins: count(1), ties: count(0), losses: count(-1) };
  const { score } = scoresOf(outcomes, 'half');
  const clusters = clustersOf(own, 0);
  const crossed = (own[0]?.clusters.length ?? 0) > 1 ? { crossed: clustersOf(own, 1) } : {};
  const { level, replicates } = bootstrapSchema.parse(input.bootstrap ?? {});
  const rate = (at = level) =>
    clusteredRate(
      { score, ...clusters, ...crossed },
      { replicates, level: at, random: seededRandom('reference clusters') },
    );
  const plain = (rule: TieRule) => () => from(winRate(counted, rule), ({ value }) => value);
  const total = counted.wins + counted.ties / 2;
  const intervals: Figures = (key) => {
    const [, kind, digits] = /^cluster_bootstrap_(percentile|bca)_ci(\d\d)$/.exec(key) ?? [];
    if (kind === undefined) return unknownKey;
    const of = (found: ClusteredRate): Interval | null =>
      kind === 'bca' ? (found.bootstrap?.bca ?? null) : (found.bootstrap?.percentile ?? null);
    return from(rate(Number(digits) / 100), of);
  };
  return firstOf(
    named({
      n_comparisons: () => score.length,
      n_clusters: () => clusters.clusters,
      n_wins: () => counted.wins,
      n_ties: () => counted.ties,
      n_losses: () => counted.losses,
      win_rate: plain('half'),
      win_rate_strict: plain('strict'),
      win_rate_without_ties: plain('without'),
      naive_se: () => from(winRate(counted, 'half'), ({ standardError }) => standardError),
      wilson_half_ties: () => (score.length === 0 ? null : wilsonInterval(total, score.length)),
      cluster_se_hc0: () => from(rate(), ({ robustStandardError }) => robustStandardError),
      cluster_bootstrap_se: () => from(rate(), ({ bootstrap }) => bootstrap?.standardError ?? null),
    }),
    intervals,
  );
}

/** `judgements` and `judgements_patterns`. */
export function judgementFigures(input: CaseInput): Figures {
  const all = judgementsOf(input);
  const target = text.optional().parse(input.target) ?? all[0]?.a ?? '';
  const used = [...new Set(all.flatMap(({ a, b }) => [a, b]))];
  if (!used.includes(target)) throw new Error(`no judgement is of the target ${target}`);
  const items = itemsOf(input, [target, ...used.filter((item) => item !== target)]);
  const pairs = all.map(({ a, b, outcome }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    wins: outcome > 0 ? 1 : 0,
    losses: outcome < 0 ? 1 : 0,
    ties: outcome === 0 ? 1 : 0,
  }));
  return firstOf(rateFigures(all, target, input), countedFigures({ items, pairs }, input));
}

/** Wins, ties and losses of a row; losses may be left to follow from n. */
function outcomesOf(row: Row): Outcomes {
  const ties = fieldOf(row, ['ties', 'draws']) === undefined ? 0 : numberOf(row, ['ties', 'draws']);
  const wins = numberOf(row, ['wins']);
  const losses =
    fieldOf(row, ['losses']) === undefined ? numberOf(row, ['n']) - wins - ties : numberOf(row, ['losses']);
  for (const count of [wins, ties, losses])
    if (!(Number.isInteger(count) && count >= 0)) throw new Error(`${count} is no count of judgements`);
  return { wins, ties, losses };
}

/** `win_tie_loss`: one row for each model, figures in their order or by the models' names. */
export function winTieLossFigures(input: CaseInput): Figures {
  const rows = rowsOf(input.rows, input.columns);
  const outcomes = rows.map(outcomesOf);
  const names = rows.map((row, at) => String(fieldOf(row, ['model', 'name', 'item']) ?? at));
  const each = (part: (found: WinRate) => unknown, rule: TieRule = 'half', level?: number) => {
    const values = outcomes.map((row): unknown => from(winRate(row, rule, level), part));
    return new EitherOf(values, Object.fromEntries(names.map((name, at) => [name, values[at]])));
  };
  const percent = (value: number | null) => (value === null ? null : 100 * value);
  const intervals: Figures = (key) => {
    const level = levelOf(/^win_rate_(ci\d\d)$/.exec(key)?.[1] ?? '');
    return level === null ? unknownKey : each(({ interval }) => interval, 'half', level);
  };
  const error = () => each(({ standardError }) => standardError);
  return firstOf(
    named({
      win_rate: () => each(({ value }) => value),
      win_rate_percent: () => each(({ value }) => percent(value)),
      win_rate_strict: () => each(({ value }) => value, 'strict'),
      win_rate_without_ties: () => each(({ value }) => value, 'without'),
      standard_error: error,
      se: error,
      standard_error_percent: () => each(({ standardError }) => percent(standardError)),
      wilson_half_ties: () => each(({ wilson }) => wilson),
      n: () => each(({ n }) => n),
    }),
    intervals,
  );
}
