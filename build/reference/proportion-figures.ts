import { z } from 'zod';
import type { Interval } from '../../shared/stats/figure.ts';
import { mcnemarTest, signTest } from '../../shared/stats/paired-tests.ts';
import {
  clopperPearsonInterval,
  exactBinomialTest,
  jeffreysInterval,
  midPBinomialTest,
  midPInterval,
  scoreTest,
  wilsonCorrectedInterval,
  wilsonInterval,
  wilsonOneSided,
} from '../../shared/stats/proportion.ts';
import { newcombeInterval, twoProportionTest } from '../../shared/stats/two-proportions.ts';
import type { CaseInput } from './case-file.ts';
import { valueEquivalenceFigures } from './equivalence-figures.ts';
import { type Figures, firstOf, from, named, unknownKey } from './figures.ts';

/** A share, and a null share where one is given. */
const proportionSchema = z.looseObject({
  successes: z.number(),
  n: z.number(),
  null_proportion: z.number().default(0.5),
  level: z.number().default(0.95),
});

const intervals: Record<string, (k: number, n: number, level: number) => Interval | number> = {
  wilson_ci: wilsonInterval,
  wilson_ci_continuity_corrected: wilsonCorrectedInterval,
  wilson_lower_one_sided: (k, n, level) => wilsonOneSided(k, n, level)[0],
  wilson_upper_one_sided: (k, n, level) => wilsonOneSided(k, n, level)[1],
  clopper_pearson_ci: clopperPearsonInterval,
  mid_p_ci: midPInterval,
  jeffreys_ci: jeffreysInterval,
};

/** "wilson_ci" at the file's level, "wilson_ci90" at its own. */
const shareInterval =
  (k: number, n: number, level: number): Figures =>
  (key) => {
    const [, digits] = /_ci(\d\d)(?=_|$)/.exec(key) ?? [];
    const name = digits === undefined ? key : key.replace(`_ci${digits}`, '_ci');
    const interval = Object.hasOwn(intervals, name) ? intervals[name] : undefined;
    if (!interval) return unknownKey;
    return n === 0 ? null : interval(k, n, digits === undefined ? level : Number(digits) / 100);
  };

/** `proportion`: successes of n, against a null share where one is given. Of no trials nothing is defined. */
export function proportionFigures(input: CaseInput): Figures {
  const { successes: k, n, null_proportion: p, level } = proportionSchema.parse(input);
  const of = (compute: () => unknown) => () => (n === 0 ? null : compute());
  return firstOf(
    shareInterval(k, n, level),
    named({
      estimate: of(() => k / n),
      exact_binomial_p: of(() => exactBinomialTest(k, n, p)),
      mid_p_binomial_p: of(() => midPBinomialTest(k, n, p)),
      score_test_z: of(() => scoreTest(k, n, p).z),
      score_test_p: of(() => scoreTest(k, n, p).p),
      score_test_cc_z: of(() => scoreTest(k, n, p, true).z),
      score_test_cc_p: of(() => scoreTest(k, n, p, true).p),
    }),
  );
}

const twoSchema = z.union([
  z
    .looseObject({ successes: z.array(z.number()), n: z.array(z.number()) })
    .transform(({ successes, n }) => successes.map((k, at) => ({ k, n: n[at] ?? Number.NaN }))),
  z
    .looseObject({ successes1: z.number(), n1: z.number(), successes2: z.number(), n2: z.number() })
    .transform(({ successes1, n1, successes2, n2 }) => [
      { k: successes1, n: n1 },
      { k: successes2, n: n2 },
    ]),
  z
    .looseObject({ p1: z.number(), n1: z.number(), p2: z.number(), n2: z.number() })
    .transform(({ p1, n1, p2, n2 }) => [
      { k: p1 * n1, n: n1 },
      { k: p2 * n2, n: n2 },
    ]),
  z
    .looseObject({ rows: z.array(z.looseObject({ successes: z.number(), n: z.number() })) })
    .transform(({ rows }) => rows.map(({ successes, n }) => ({ k: successes, n }))),
]);

/** `proportions`: independent shares, as counts or as shares with their n; two of them are compared. */
export function proportionsFigures(input: CaseInput): Figures {
  const shares = twoSchema.parse(input);
  const level = z.number().default(0.95).parse(input.level);
  const each: Figures = (key) => {
    const found = shares.map(({ k, n }) => shareInterval(k, n, level)(key));
    return found.includes(unknownKey) ? unknownKey : found;
  };
  const estimates = () => shares.map(({ k, n }) => (n === 0 ? null : k / n));
  const [first, second] = shares;
  const alone = firstOf(named({ estimate: estimates, estimates }), each);
  if (!first || !second || shares.length > 2) return alone;
  const counts = { successes1: first.k, n1: first.n, successes2: second.k, n2: second.n };
  const isEmpty = first.n === 0 || second.n === 0;
  const test = (at = level) => twoProportionTest(counts, at);
  const compared: Figures = (key) => {
    const [, name, digits] = /^(newcombe|wald)_ci(\d\d)?$/.exec(key) ?? [];
    const at = digits === undefined ? level : Number(digits) / 100;
    if (name === 'newcombe') return isEmpty ? null : newcombeInterval(counts, at);
    return name === 'wald' ? from(test(at), ({ interval }) => interval) : unknownKey;
  };
  const statistic = () => from(test(), ({ z: found }) => found);
  const p = () => from(test(), (found) => found.p);
  return firstOf(
    alone,
    compared,
    named({
      difference: () => (isEmpty ? null : first.k / first.n - second.k / second.n),
      z: statistic,
      p,
      z_pooled: statistic,
      p_pooled: p,
      chi2: () => from(test(), ({ z: found }) => found ** 2),
      se: () => from(test(), ({ standardError }) => standardError),
    }),
  );
}

const pairedTable = z.union([
  z
    .looseObject({ table: z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]) })
    .transform(({ table: [[, b], [c]] }) => ({ b, c })),
  z.looseObject({ b: z.number(), c: z.number() }),
  z.looseObject({ n12: z.number(), n21: z.number() }).transform(({ n12, n21 }) => ({ b: n12, c: n21 })),
  z
    .looseObject({ first_only: z.number(), second_only: z.number() })
    .transform(({ first_only, second_only }) => ({ b: first_only, c: second_only })),
]);

/** `paired_2x2`: the cross table of two paired yes/no answers, or its discordant cells. */
export function pairedTableFigures(input: CaseInput): Figures {
  const { b, c } = pairedTable.parse(input);
  const test = () => mcnemarTest(b, c);
  const exact = () => from(test(), ({ exactP }) => exactP);
  const midP = () => from(test(), (found) => found.midP);
  const corrected = () => from(test(), ({ correctedChiSquared }) => correctedChiSquared);
  const correctedP = () => from(test(), (found) => found.correctedP);
  return named({
    exact_mcnemar_p: exact,
    mcnemar_exact_p: exact,
    exact_p: exact,
    mcnemar_mid_p: midP,
    mid_p: midP,
    mcnemar_chi2: () => from(test(), ({ chiSquared }) => chiSquared),
    mcnemar_p: () => from(test(), ({ p }) => p),
    mcnemar_chi2_cc: corrected,
    mcnemar_cc_chi2: corrected,
    mcnemar_chi2_continuity_corrected: corrected,
    mcnemar_p_cc: correctedP,
    mcnemar_cc_p: correctedP,
    mcnemar_p_continuity_corrected: correctedP,
    n_discordant: () => b + c,
    discordant: () => b + c,
  });
}

const numbers = z.array(z.number().nullable());

/** `paired_values`: x and y of the same units; a pair with a missing value is left out. */
export function pairedValueFigures(input: CaseInput): Figures {
  const [x, y] = [numbers.parse(input.x), numbers.parse(input.y)];
  if (x.length !== y.length) throw new Error(`x has ${x.length} values and y ${y.length}: they are no pairs`);
  const pairs = x.flatMap((value, i) => {
    const other = y[i];
    return value === null || other === null || other === undefined ? [] : [{ x: value, y: other }];
  });
  const test = () => signTest(pairs.map((pair) => pair.x - pair.y));
  const part = (of: 'positive' | 'negative' | 'ties') => () =>
    pairs.length === 0 ? null : pairs.filter((pair) => Math.sign(pair.x - pair.y) === signs[of]).length;
  const values = valueEquivalenceFigures(
    pairs.map((pair) => pair.x),
    pairs.map((pair) => pair.y),
    input,
  );
  return firstOf(
    named({
      n_positive: part('positive'),
      n_negative: part('negative'),
      n_zero: part('ties'),
      n_ties: part('ties'),
      exact_sign_test_p: () => from(test(), ({ p }) => p),
    }),
    values,
  );
}

const signs = { positive: 1, negative: -1, ties: 0 } as const;
