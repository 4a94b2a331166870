import { z } from 'zod';
import { type BradleyTerryOptions, bradleyTerry } from '../../shared/stats/bradley-terry.ts';
import { davidson } from '../../shared/stats/davidson.ts';
import { eloRatings } from '../../shared/stats/elo.ts';
import type { PairCount } from '../../shared/stats/pairwise-counts.ts';
import type { CaseInput } from './case-file.ts';
import { byName, type Figures, firstOf, from, named } from './figures.ts';
import { fieldOf, numberOf, type Row, rowsOf } from './rows.ts';

const text = z.union([z.string(), z.number()]).transform(String);

export type Counted = { items: string[]; pairs: PairCount[] };

export function positionIn(items: readonly string[], name: string): number {
  const position = items.indexOf(name);
  if (position < 0) throw new Error(`${name} is not in the list of items`);
  return position;
}

export const itemsOf = (input: CaseInput, used: readonly string[]): string[] =>
  z.array(text).optional().parse(input.items) ?? [...new Set(used)];

const firstNames = ['a', 'home', 'item_a', 'model_a', 'first'];
const secondNames = ['b', 'away', 'item_b', 'model_b', 'second'];

function itemIn(row: Row, names: readonly string[]): string {
  const item = fieldOf(row, names);
  if (item === undefined || item === null) throw new Error(`a row has no item in ${names[0]}`);
  return String(item);
}

const tiesOf = (row: Row) =>
  (fieldOf(row, ['ties', 'draws']) ?? null) === null ? 0 : numberOf(row, ['ties', 'draws']);

/** `pairwise_counts` and `home_away_counts`: wins, losses and ties of the first item, the one at home or shown first. */
function countsOf(given: unknown, input: CaseInput): Counted {
  const rows = rowsOf(given, input.columns).map((row) => ({
    a: itemIn(row, firstNames),
    b: itemIn(row, secondNames),
    wins: numberOf(row, ['wins_a', 'home_wins', 'wins']),
    losses: numberOf(row, ['wins_b', 'away_wins', 'losses']),
    ties: tiesOf(row),
  }));
  const items = itemsOf(
    input,
    rows.flatMap(({ a, b }) => [a, b]),
  );
  const pairs = rows.map(({ a, b, ...results }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    ...results,
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

const centred = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
};

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
    log_worth_mean_zero: () => from(found(), ({ logWorth: of }) => byItem(centred(of))),
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

export const countedFigures = (counted: Counted, input: CaseInput): Figures => {
  const reference = referenceOf(input, counted.items);
  return firstOf(
    bradleyTerryFigures(counted, '', { reference, ties: 'without' }),
    bradleyTerryFigures(counted, 'half_ties_', { reference, ties: 'half' }),
    davidsonFigures(counted, reference),
    orderFigures(counted, reference),
  );
};

/** `pairwise_counts` and `home_away_counts`. */
export const pairwiseFigures = (input: CaseInput): Figures =>
  countedFigures(countsOf(input.comparisons ?? input.rows, input), input);

const gamesSchema = z.object({
  k: z.number().optional(),
  initial: z.number().optional(),
  scale: z.number().optional(),
  base: z.number().optional(),
});

const scoreOf = (row: Row): number => {
  const score =
    fieldOf(row, ['wins_a']) === undefined
      ? numberOf(row, ['score_a', 'score', 'result'])
      : numberOf(row, ['wins_a']) + tiesOf(row) / 2;
  if (score === 0 || score === 0.5 || score === 1) return score;
  throw new Error(`a game has the score ${score}; it must be 1, 0.5 or 0`);
};

/** `ordered_games`: Elo ratings after the last one; Bradley-Terry of the same games too. */
export function gameFigures(input: CaseInput): Figures {
  const rows = rowsOf(input.games ?? input.rows ?? input.comparisons, input.columns).map((row) => ({
    a: itemIn(row, firstNames),
    b: itemIn(row, secondNames),
    score: scoreOf(row),
  }));
  const items = itemsOf(
    input,
    rows.flatMap(({ a, b }) => [a, b]),
  );
  const scored = rows.map(({ a, b, score }) => ({
    first: positionIn(items, a),
    second: positionIn(items, b),
    score,
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
