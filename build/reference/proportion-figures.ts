import { z } from 'zod';
import {
  type Equivalence,
  meanEquivalence,
  pairedEquivalence,
  pairedValuesEquivalence,
  proportionEquivalence,
  twoProportionEquivalence,
} from '../../shared/stats/equivalence.ts';
import type { Figure } from '../../shared/stats/figure.ts';
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
import { type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';

const proportionSchema = z.looseObject({
  successes: z.number(),
  n: z.number(),
  null_proportion: z.number().default(0.5),
  level: z.number().default(0.95),
});

/** `proportion`: successes of n, against a null share where one is given. */
export function proportionFigures(input: CaseInput): Figures {
  const { successes: k, n, null_proportion: p, level } = proportionSchema.parse(input);
  return named({
    estimate: () => k / n,
    wilson_ci: () => wilsonInterval(k, n, level),
    wilson_ci_continuity_corrected: () => wilsonCorrectedInterval(k, n, level),
    wilson_lower_one_sided: () => wilsonOneSided(k, n, level)[0],
    wilson_upper_one_sided: () => wilsonOneSided(k, n, level)[1],
    clopper_pearson_ci: () => clopperPearsonInterval(k, n, level),
    mid_p_ci: () => midPInterval(k, n, level),
    jeffreys_ci: () => jeffreysInterval(k, n, level),
    exact_binomial_p: () => exactBinomialTest(k, n, p),
    mid_p_binomial_p: () => midPBinomialTest(k, n, p),
    score_test_z: () => scoreTest(k, n, p).z,
    score_test_p: () => scoreTest(k, n, p).p,
    score_test_cc_z: () => scoreTest(k, n, p, true).z,
    score_test_cc_p: () => scoreTest(k, n, p, true).p,
  });
}

const twoSchema = z.looseObject({
  successes1: z.number().optional(),
  successes2: z.number().optional(),
  successes: z.tuple([z.number(), z.number()]).optional(),
  n: z.tuple([z.number(), z.number()]).optional(),
  p1: z.number().optional(),
  p2: z.number().optional(),
  n1: z.number().optional(),
  n2: z.number().optional(),
  level: z.number().default(0.95),
});

/** `proportions`: two independent shares, as counts or as shares with their n. */
export function proportionsFigures(input: CaseInput): Figures {
  const given = twoSchema.parse(input);
  const [n1, n2] = [given.n1 ?? given.n?.[0] ?? 0, given.n2 ?? given.n?.[1] ?? 0];
  const k1 = given.successes1 ?? given.successes?.[0] ?? (given.p1 ?? 0) * n1;
  const k2 = given.successes2 ?? given.successes?.[1] ?? (given.p2 ?? 0) * n2;
  const counts = { successes1: k1, n1, successes2: k2, n2 };
  const test = () => twoProportionTest(counts);
  const estimates = [k1 / n1, k2 / n2];
  return named({
    estimate: () => estimates,
    estimates: () => estimates,
    difference: () => (estimates[0] ?? 0) - (estimates[1] ?? 0),
    newcombe_ci: () => newcombeInterval(counts, given.level),
    wald_ci: () => from(twoProportionTest(counts, given.level), ({ interval }) => interval),
    z: () => from(test(), ({ z: statistic }) => statistic),
    p: () => from(test(), ({ p }) => p),
    z_pooled: () => from(test(), ({ z: statistic }) => statistic),
    p_pooled: () => from(test(), ({ p }) => p),
    chi2: () => from(test(), ({ z: statistic }) => statistic ** 2),
    se: () => from(test(), ({ standardError }) => standardError),
    wilson_ci: () => [wilsonInterval(k1, n1, given.level), wilsonInterval(k2, n2, given.level)],
  });
}

const pairedTable = z.looseObject({
  table: z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]).optional(),
  b: z.number().optional(),
  c: z.number().optional(),
});

/** `paired_2x2`: the cross table of two paired yes/no answers, or its discordant cells b and c. */
export function pairedTableFigures(input: CaseInput): Figures {
  const { table, b = table?.[0][1] ?? 0, c = table?.[1][0] ?? 0 } = pairedTable.parse(input);
  const test = () => mcnemarTest(b, c);
  return named({
    exact_mcnemar_p: () => from(test(), ({ exactP }) => exactP),
    mcnemar_exact_p: () => from(test(), ({ exactP }) => exactP),
    exact_p: () => from(test(), ({ exactP }) => exactP),
    mcnemar_mid_p: () => from(test(), ({ midP }) => midP),
    mid_p: () => from(test(), ({ midP }) => midP),
    mcnemar_chi2: () => from(test(), ({ chiSquared }) => chiSquared),
    mcnemar_p: () => from(test(), ({ p }) => p),
    mcnemar_chi2_cc: () => from(test(), ({ correctedChiSquared }) => correctedChiSquared),
    mcnemar_cc_chi2: () => from(test(), ({ correctedChiSquared }) => correctedChiSquared),
    mcnemar_chi2_continuity_corrected: () => from(test(), ({ correctedChiSquared }) => correctedChiSquared),
    mcnemar_p_cc: () => from(test(), ({ correctedP }) => correctedP),
    mcnemar_cc_p: () => from(test(), ({ correctedP }) => correctedP),
    mcnemar_p_continuity_corrected: () => from(test(), ({ correctedP }) => correctedP),
    n_discordant: () => b + c,
    discordant: () => b + c,
  });
}

const numbers = z.array(z.number());
const marginsSchema = z.looseObject({
  lower: z.number(),
  upper: z.number(),
  alpha: z.number().default(0.05),
});

/** `paired_values`: x and y of the same units. */
export function pairedValueFigures(input: CaseInput): Figures {
  const [x, y] = [numbers.parse(input.x), numbers.parse(input.y)];
  const differences = x.map((value, i) => value - (y[i] ?? 0));
  const test = () => signTest(differences);
  const margins = marginsSchema.safeParse(input);
  const sign = named({
    n_positive: () => from(test(), ({ positive }) => positive),
    n_negative: () => from(test(), ({ negative }) => negative),
    n_zero: () => from(test(), ({ ties }) => ties),
    n_ties: () => from(test(), ({ ties }) => ties),
    exact_sign_test_p: () => from(test(), ({ p }) => p),
  });
  if (!margins.success) return sign;
  const { alpha } = margins.data;
  return firstOf(
    sign,
    equivalenceFigures((level) => pairedValuesEquivalence(x, y, margins.data, level ?? alpha)),
  );
}

/** Keys of every kind of two one-sided tests; `ciNN` is two-sided at that level. */
function equivalenceFigures(test: (alpha?: number) => Figure<Equivalence>): Figures {
  const statistic = (side: 'lower' | 'upper') => () => from(test(), (found) => found[side].statistic);
  const p = (side: 'lower' | 'upper') => () => from(test(), (found) => found[side].p);
  const intervals: Figures = (key) => {
    const level = levelOf(key);
    return level === null ? unknownKey : from(test((1 - level) / 2), ({ interval }) => interval);
  };
  return firstOf(
    named({
      difference: () => from(test(), ({ difference }) => difference),
      se: () => from(test(), ({ standardError }) => standardError),
      df: () => from(test(), ({ df }) => df),
      t_lower: statistic('lower'),
      t_upper: statistic('upper'),
      z_lower: statistic('lower'),
      z_upper: statistic('upper'),
      p_lower: p('lower'),
      p_upper: p('upper'),
      p_max: () => from(test(), (found) => found.p),
      p: () => from(test(), (found) => found.p),
      equivalent: () => from(test(), ({ equivalent }) => equivalent),
      non_inferior: () => from(test(), ({ nonInferior }) => nonInferior),
    }),
    intervals,
  );
}

const meanSchema = z.looseObject({
  mean: z.number(),
  mu: z.number().default(0),
  sd: z.number(),
  n: z.number(),
});

export function meanEquivalenceFigures(input: CaseInput): Figures {
  const margins = marginsSchema.parse(input);
  const sample = meanSchema.parse(input);
  return equivalenceFigures((alpha = margins.alpha) => meanEquivalence(sample, margins, alpha));
}

const pairedSchema = z.looseObject({
  mean1: z.number(),
  mean2: z.number(),
  sd1: z.number(),
  sd2: z.number(),
  r12: z.number(),
  n: z.number(),
  /** Margins in standard deviations of the difference: exact where `lower` and `upper` are rounded. */
  lower_dz: z.number().optional(),
  upper_dz: z.number().optional(),
});

export function pairedMeanEquivalenceFigures(input: CaseInput): Figures {
  const given = marginsSchema.parse(input);
  const paired = pairedSchema.parse(input);
  const { sd1, sd2, r12, lower_dz, upper_dz } = paired;
  const sd = Math.sqrt(sd1 ** 2 + sd2 ** 2 - 2 * r12 * sd1 * sd2);
  const margins = {
    alpha: given.alpha,
    lower: lower_dz === undefined ? given.lower : lower_dz * sd,
    upper: upper_dz === undefined ? given.upper : upper_dz * sd,
  };
  return equivalenceFigures((alpha = margins.alpha) => pairedEquivalence(paired, margins, alpha));
}

const oneShareSchema = z.looseObject({
  successes: z.number(),
  n: z.number(),
  variance: z.string().default('sample'),
});

export function proportionEquivalenceFigures(input: CaseInput): Figures {
  const margins = marginsSchema.parse(input);
  const share = oneShareSchema.parse(input);
  const kind = /null|margin/.test(share.variance) ? 'margin' : 'sample';
  return firstOf(
    named({ estimate: () => share.successes / share.n }),
    equivalenceFigures((alpha = margins.alpha) => proportionEquivalence(share, margins, alpha, kind)),
  );
}

const twoSharesSchema = z.looseObject({
  p1: z.number(),
  n1: z.number(),
  p2: z.number(),
  n2: z.number(),
  variance: z.string().default('unpooled'),
});

export function twoProportionEquivalenceFigures(input: CaseInput): Figures {
  const margins = marginsSchema.parse(input);
  const { variance, ...shares } = twoSharesSchema.parse(input);
  const kind = variance.startsWith('pooled') ? 'pooled' : 'unpooled';
  return equivalenceFigures((alpha = margins.alpha) =>
    twoProportionEquivalence(shares, margins, alpha, kind),
  );
}
