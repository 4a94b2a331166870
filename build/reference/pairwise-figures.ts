import { z } from 'zod';
import { seededRandom } from '../../shared/selection/random.ts';
import { type BradleyTerryOptions, bradleyTerry } from '../../shared/stats/bradley-terry.ts';
import { clusteredRate, scoresOf } from '../../shared/stats/cluster-bootstrap.ts';
import { davidson } from '../../shared/stats/davidson.ts';
import { eloRatings } from '../../shared/stats/elo.ts';
import type { Figure } from '../../shared/stats/figure.ts';
import type { PairCount } from '../../shared/stats/pairwise-counts.ts';
import { wilsonInterval } from '../../shared/stats/proportion.ts';
import { type Outcomes, type WinRate, winRate } from '../../shared/stats/win-rate.ts';
import type { CaseInput } from './case-file.ts';
import { byName, type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const columnsSchema = z.array(z.string());
const cells = z.array(z.array(z.union([z.string(), z.number(), z.null()])));

type Field = string | number | null;
type Row = Record<string, Field>;

/** Rows by column name, whether they come as lists in the order of `columns` or as objects. */
function rowsOf(given: unknown, columns: unknown): Row[] {
  const objects = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).safeParse(given);
  if (objects.success) return objects.data;
  const names = columnsSchema.parse(columns);
  return cells
    .parse(given)
    .map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
}

const number = (value: Field | undefined) => Number(value ?? 0);

type Counted = { items: string[]; pairs: PairCount[] };

function positionIn(items: readonly string[], name: Field | undefined): number {
  const position = items.indexOf(String(name));
  if (position < 0) throw new Error(`${String(name)} is not in the list of items`);
  return position;
}

const itemsOf = (input: CaseInput, used: readonly (Field | undefined)[]): string[] =>
  z.array(text).optional().parse(input.items) ?? [...new Set(used.map(String))];

/** `pairwise_counts`: wins of a, wins of b, ties. */
function pairwiseCounts(input: CaseInput): Counted {
  const rows = rowsOf(input.comparisons ?? input.rows, input.columns);
  const items = itemsOf(
    input,
    rows.flatMap(({ a, b }) => [a, b]),
  );
  const pairs = rows.map(({ a, b, wins_a, wins_b, ties }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    wins: number(wins_a),
    losses: number(wins_b),
    ties: number(ties),
  }));
  return { items, pairs };
}

/** `home_away_counts`: the first item of a row is the one at home, or shown first. */
function homeAwayCounts(input: CaseInput): Counted {
  const rows = rowsOf(input.rows ?? input.comparisons, input.columns);
  const items = itemsOf(
    input,
    rows.flatMap(({ home, away }) => [home, away]),
  );
  const pairs = rows.map(({ home, away, home_wins, away_wins, ties }) => ({
    first: positionIn(items, home),
    second: positionIn(items, away),
    wins: number(home_wins),
    losses: number(away_wins),
    ties: number(ties),
  }));
  return { items, pairs };
}

function bradleyTerryFigures(
  { items, pairs }: Counted,
  prefix: string,
  options: BradleyTerryOptions,
): Figures {
  const found = () => bradleyTerry(pairs, items.length, options);
  const byItem = (values: ArrayLike<number>) => byName(items, values);
  const parts: Record<string, () => unknown> = {
    log_ability: () => from(found(), ({ ability }) => byItem(ability)),
    se: () => from(found(), ({ standardError }) => byItem(standardError)),
    log_ability_se: () => from(found(), ({ standardError }) => byItem(standardError)),
    log_ability_mean_zero: () => from(found(), ({ centred }) => byItem(centred)),
    se_mean_zero: () => from(found(), ({ centredStandardError }) => byItem(centredStandardError)),
    residual_deviance: () => from(found(), ({ residualDeviance }) => residualDeviance),
    null_deviance: () => from(found(), ({ nullDeviance }) => nullDeviance),
    df_residual: () => from(found(), ({ residualDf }) => residualDf),
    ability: () => from(found(), ({ ability }) => byItem(ability.map(Math.exp))),
  };
  return named(Object.fromEntries(Object.entries(parts).map(([key, part]) => [`${prefix}${key}`, part])));
}

function davidsonFigures({ items, pairs }: Counted, reference: number): Figures {
  const found = () => davidson(pairs, items.length, reference);
  const first = () => davidson(pairs, items.length);
  const byItem = (values: ArrayLike<number>) => byName(items, values);
  const logWorth = () => from(found(), (one) => byItem(one.logWorth));
  const errors = () => from(found(), (one) => byItem(one.logWorthStandardError));
  return named({
    worth: () => from(found(), ({ worth }) => byItem(worth)),
    nu: () => from(found(), ({ nu }) => nu),
    log_nu: () => from(found(), ({ logNu }) => logNu?.value ?? null),
    log_nu_se: () => from(found(), ({ logNu }) => logNu?.standardError ?? null),
    log_worth: logWorth,
    log_worth_ref1: () => from(first(), (one) => byItem(one.logWorth)),
    log_worth_se: errors,
    log_worth_se_ref1: () => from(first(), (one) => byItem(one.logWorthStandardError)),
  });
}

function orderFigures({ items, pairs }: Counted, reference: number): Figures {
  const options = { reference, orderEffect: true, ties: 'without' } as const;
  const found = () => bradleyTerry(pairs, items.length, options);
  return firstOf(
    bradleyTerryFigures({ items, pairs }, 'home_model_', options),
    named({
      home_advantage: () => from(found(), ({ orderEffect }) => orderEffect?.value ?? null),
      home_advantage_se: () => from(found(), ({ orderEffect }) => orderEffect?.standardError ?? null),
    }),
  );
}

const referenceOf = (input: CaseInput, items: readonly string[]) => {
  const reference = text.optional().parse(input.reference);
  return reference === undefined ? 0 : positionIn(items, reference);
};

const countedFigures = (counted: Counted, input: CaseInput): Figures => {
  const reference = referenceOf(input, counted.items);
  return firstOf(
    bradleyTerryFigures(counted, '', { reference, ties: 'without' }),
    bradleyTerryFigures(counted, 'half_ties_', { reference, ties: 'half' }),
    davidsonFigures(counted, reference),
    orderFigures(counted, reference),
  );
};

export const pairwiseFigures = (input: CaseInput): Figures => countedFigures(pairwiseCounts(input), input);
export const homeAwayFigures = (input: CaseInput): Figures => countedFigures(homeAwayCounts(input), input);

const gamesSchema = z.object({
  k: z.number().optional(),
  initial: z.number().optional(),
  scale: z.number().optional(),
  base: z.number().optional(),
});

/** `ordered_games`: Elo ratings after the last one; Bradley-Terry of the same games too. */
export function gameFigures(input: CaseInput): Figures {
  const rows = rowsOf(input.games ?? input.rows, input.columns);
  const items = itemsOf(
    input,
    rows.flatMap(({ a, b }) => [a, b]),
  );
  const scored = rows.map(({ a, b, score_a }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    score: number(score_a),
  }));
  const options = Object.fromEntries(
    Object.entries(gamesSchema.parse(input)).filter(([, value]) => value !== undefined),
  );
  const pairs = scored.map(({ first, second, score }) => ({
    first,
    second,
    wins: score === 1 ? 1 : 0,
    losses: score === 0 ? 1 : 0,
    ties: score === 0.5 ? 1 : 0,
  }));
  return firstOf(
    named({ final_elo: () => byName(items, eloRatings(scored, items.length, options)) }),
    countedFigures({ items, pairs }, input),
  );
}

/** One judgement between two items: 1 the first won, -1 the second, 0 a tie. */
type Judged = { a: string; b: string; outcome: number; cluster: string };

const outcomeOf = (row: Row): number => {
  const winner = row.winner ?? row.preferred;
  if (winner !== undefined && winner !== null) {
    const word = String(winner);
    if (word === String(row.a) || ['a', 'A', 'model_a', 'first'].includes(word)) return 1;
    return word === String(row.b) || ['b', 'B', 'model_b', 'second'].includes(word) ? -1 : 0;
  }
  if (row.score_a !== undefined && row.score_a !== null) return Math.sign(number(row.score_a) - 0.5);
  return Math.sign(number(row.outcome ?? row.preference ?? row.result));
};

/** Columns "X_vs_Y" hold 1, -1 or 0; any other judgement names its two items. */
function judgedBy(row: Row, cluster: string): Judged[] {
  const versus = Object.keys(row).filter((column) => column.includes('_vs_'));
  if (versus.length === 0)
    return [
      { a: String(row.a ?? row.model_a), b: String(row.b ?? row.model_b), outcome: outcomeOf(row), cluster },
    ];
  return versus.flatMap((column) => {
    const [a = '', b = ''] = column.split('_vs_');
    const value = row[column];
    return value === null || value === undefined
      ? []
      : [{ a, b, outcome: Math.sign(number(value)), cluster }];
  });
}

/** `judgements`: a row each; `judgements_patterns`: a row for as many judges as its count says, each a cluster of its own. */
function judgementsOf(input: CaseInput): Judged[] {
  const rows = rowsOf(input.rows ?? input.judgements, input.columns);
  const cluster = z.string().optional().parse(input.cluster);
  return rows.flatMap((row, at) => {
    const copies = row.count === undefined ? 1 : number(row.count);
    return Array.from({ length: copies }, (_, copy) => {
      const named = cluster === undefined ? undefined : row[cluster];
      return judgedBy(row, named == null ? `${at} ${copy}` : String(named));
    }).flat();
  });
}

/** The target's judgements, its wins as 1. */
function targetScores(all: readonly Judged[], target: string) {
  const own = all.filter(({ a, b }) => a === target || b === target);
  const outcomes = own.map(({ a, outcome }) => (a === target ? outcome : -outcome));
  const clusters = [...new Set(own.map(({ cluster }) => cluster))];
  const of = new Map(clusters.map((name, i) => [name, i]));
  const cluster = Int32Array.from(own, (one) => of.get(one.cluster) ?? 0);
  return { outcomes, cluster, clusters: clusters.length };
}

function rateFigures(all: readonly Judged[], target: string): Figures {
  const { outcomes, cluster, clusters } = targetScores(all, target);
  const { score } = scoresOf(outcomes, 'half');
  const rate = () =>
    clusteredRate(
      { score, cluster, clusters },
      { replicates: 20_000, random: seededRandom('reference clusters') },
    );
  const total = score.reduce((sum, one) => sum + one, 0);
  return named({
    n_comparisons: () => score.length,
    n_clusters: () => clusters,
    win_rate: () => from(rate(), ({ value }) => value),
    naive_se: () => from(rate(), ({ naiveStandardError }) => naiveStandardError),
    wilson_half_ties: () => (score.length === 0 ? null : wilsonInterval(total, score.length)),
    cluster_se_hc0: () => from(rate(), ({ robustStandardError }) => robustStandardError),
    cluster_bootstrap_se: () => from(rate(), ({ bootstrap }) => bootstrap?.standardError ?? null),
    cluster_bootstrap_percentile_ci95: () => from(rate(), ({ bootstrap }) => bootstrap?.percentile ?? null),
    cluster_bootstrap_bca_ci95: () => from(rate(), ({ bootstrap }) => bootstrap?.bca ?? null),
  });
}

/** `judgements` and `judgements_patterns`. */
export function judgementFigures(input: CaseInput): Figures {
  const all = judgementsOf(input);
  const target = text.optional().parse(input.target) ?? all[0]?.a ?? '';
  const used = [...new Set(all.flatMap(({ a, b }) => [a, b]))];
  const items = z.array(text).optional().parse(input.items) ?? [
    target,
    ...used.filter((item) => item !== target),
  ];
  const pairs = all.map(({ a, b, outcome }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    wins: outcome > 0 ? 1 : 0,
    losses: outcome < 0 ? 1 : 0,
    ties: outcome === 0 ? 1 : 0,
  }));
  return firstOf(rateFigures(all, target), countedFigures({ items, pairs }, input));
}

const outcomesSchema = z.array(
  z.looseObject({ wins: z.number(), losses: z.number(), ties: z.number().default(0) }),
);

/** `win_tie_loss`: one row for each model, figures as lists in their order. */
export function winTieLossFigures(input: CaseInput): Figures {
  const rows: Outcomes[] = outcomesSchema.parse(rowsOf(input.rows, input.columns));
  const each = (
    part: (found: WinRate) => unknown,
    rule: 'half' | 'strict' | 'without' = 'half',
    level?: number,
  ) => rows.map((row): unknown => from(winRate(row, rule, level) satisfies Figure<WinRate>, part));
  const percent = (value: number | null) => (value === null ? null : 100 * value);
  const intervals: Figures = (key) => {
    const level = levelOf(/^win_rate_(ci\d\d)$/.exec(key)?.[1] ?? '');
    return level === null ? unknownKey : each(({ interval }) => interval, 'half', level);
  };
  return firstOf(
    named({
      win_rate: () => each(({ value }) => value),
      win_rate_percent: () => each(({ value }) => percent(value)),
      win_rate_strict: () => each(({ value }) => value, 'strict'),
      win_rate_without_ties: () => each(({ value }) => value, 'without'),
      standard_error: () => each(({ standardError }) => standardError),
      standard_error_percent: () => each(({ standardError }) => percent(standardError)),
      wilson_half_ties: () => each(({ wilson }) => wilson),
      n: () => each(({ n }) => n),
    }),
    intervals,
  );
}
