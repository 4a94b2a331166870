import { z } from 'zod';
import {
  type Equivalence,
  type Margins,
  meanEquivalence,
  pairedEquivalence,
  pairedProportionEquivalence,
  pairedValuesEquivalence,
  proportionEquivalence,
  twoMeanEquivalence,
  twoProportionEquivalence,
} from '../../shared/stats/equivalence.ts';
import type { Figure } from '../../shared/stats/figure.ts';
import type { CaseInput } from './case-file.ts';
import { type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';

type Test = (margins: Margins, alpha: number) => Figure<Equivalence>;

const numbers = z.array(z.number());
const oneMean = z.looseObject({ mean: z.number(), mu: z.number().default(0), sd: z.number(), n: z.number() });
const pairedMeans = z.looseObject({
  mean1: z.number(),
  mean2: z.number(),
  sd1: z.number(),
  sd2: z.number(),
  r12: z.number(),
  n: z.number(),
});
const twoMeans = z.looseObject({
  mean1: z.number(),
  mean2: z.number(),
  sd1: z.number(),
  sd2: z.number(),
  n1: z.number(),
  n2: z.number(),
});
const twoShares = z.looseObject({ p1: z.number(), n1: z.number(), p2: z.number(), n2: z.number() });
const twoCounts = z.looseObject({
  successes1: z.number(),
  n1: z.number(),
  successes2: z.number(),
  n2: z.number(),
});
const changedPairs = z.looseObject({ b: z.number(), c: z.number(), n: z.number() });
const oneShare = z.looseObject({ successes: z.number(), n: z.number() });
const values = z.looseObject({ x: numbers, y: numbers.optional(), mu: z.number().default(0) });

const varianceOf = (input: CaseInput) => z.string().default('').parse(input.variance);
const isPooled = (input: CaseInput) => /^(?:pooled|equal)/.test(varianceOf(input));

/** Each shape of summary numbers with its test; the first whose numbers are all there is meant. */
const shapes: { names: string; test: (input: CaseInput) => Test | null }[] = [
  shape('mean, sd, n', oneMean, (sample) => (margins, alpha) => meanEquivalence(sample, margins, alpha)),
  shape(
    'mean1, mean2, sd1, sd2, r12, n',
    pairedMeans,
    (paired) => (margins, alpha) => pairedEquivalence(paired, margins, alpha),
  ),
  shape('mean1, sd1, n1, mean2, sd2, n2', twoMeans, (two, input) => {
    const kind = isPooled(input) ? 'pooled' : 'unpooled';
    return (margins, alpha) => twoMeanEquivalence(two, margins, alpha, kind);
  }),
  shape('p1, n1, p2, n2', twoShares, (two, input) => {
    const kind = isPooled(input) ? 'pooled' : 'unpooled';
    return (margins, alpha) => twoProportionEquivalence(two, margins, alpha, kind);
  }),
  shape('successes1, n1, successes2, n2', twoCounts, ({ successes1, n1, successes2, n2 }, input) => {
    const kind = isPooled(input) ? 'pooled' : 'unpooled';
    const two = { p1: successes1 / n1, n1, p2: successes2 / n2, n2 };
    return (margins, alpha) => twoProportionEquivalence(two, margins, alpha, kind);
  }),
  shape('b, c, n', changedPairs, ({ b, c, n }) => {
    const changed = { firstOnly: b, secondOnly: c, n };
    return (margins, alpha) => pairedProportionEquivalence(changed, margins, alpha);
  }),
  shape('successes, n', oneShare, (share, input) => {
    const kind = /null|margin/.test(varianceOf(input)) ? 'margin' : 'sample';
    return (margins, alpha) => proportionEquivalence(share, margins, alpha, kind);
  }),
  shape('x, y', values, ({ x, y, mu }) => {
    const against = y ?? x.map(() => mu);
    return (margins, alpha) => pairedValuesEquivalence(x, against, margins, alpha);
  }),
];

function shape<T>(names: string, schema: z.ZodType<T>, test: (given: T, input: CaseInput) => Test) {
  return {
    names,
    test: (input: CaseInput) => {
      const given = schema.safeParse(input);
      return given.success ? test(given.data, input) : null;
    },
  };
}

const marginsSchema = z.looseObject({
  lower: z.number().optional(),
  upper: z.number().optional(),
  margin: z.number().positive().optional(),
  /** Margins in standard deviations of the difference: exact where `lower` and `upper` are rounded. */
  lower_dz: z.number().optional(),
  upper_dz: z.number().optional(),
  alpha: z.number().default(0.05),
});

const differenceSpread = z.looseObject({ sd1: z.number(), sd2: z.number(), r12: z.number() });

function marginsOf(input: CaseInput): Margins & { alpha: number } {
  const given = marginsSchema.parse(input);
  const { margin, alpha, lower_dz, upper_dz } = given;
  const spread = differenceSpread.safeParse(input);
  const scaled = (by: number | undefined) =>
    by === undefined || !spread.success
      ? undefined
      : by *
        Math.sqrt(
          spread.data.sd1 ** 2 +
            spread.data.sd2 ** 2 -
            2 * spread.data.r12 * spread.data.sd1 * spread.data.sd2,
        );
  const lower = scaled(lower_dz) ?? given.lower ?? (margin === undefined ? undefined : -margin);
  const upper = scaled(upper_dz) ?? given.upper ?? margin;
  if (lower === undefined || upper === undefined) throw new Error('the margins lower and upper are missing');
  return { lower, upper, alpha };
}

/** Every kind that ends in `_equivalence`: two one-sided tests of whatever numbers are named. */
export function equivalenceFigures(input: CaseInput): Figures {
  const test = shapes.map(({ test: of }) => of(input)).find((found) => found !== null);
  if (!test) throw new Error(`name one of these: ${shapes.map(({ names }) => names).join('; ')}`);
  const { alpha, ...margins } = marginsOf(input);
  const share = oneShare.safeParse(input);
  const estimate: Figures = share.success
    ? named({ estimate: () => share.data.successes / share.data.n })
    : () => unknownKey;
  return firstOf(
    estimate,
    testFigures((level) => test(margins, level ?? alpha)),
  );
}

/** `paired_values` with margins is tested for equivalence too. */
export function valueEquivalenceFigures(x: number[], y: number[], input: CaseInput): Figures {
  if (input.lower === undefined && input.margin === undefined) return () => unknownKey;
  const { alpha, ...margins } = marginsOf(input);
  return testFigures((level) => pairedValuesEquivalence(x, y, margins, level ?? alpha));
}

/** Keys of every kind of two one-sided tests; `ciNN` is two-sided at that level. */
function testFigures(test: (alpha?: number) => Figure<Equivalence>): Figures {
  const statistic = (side: 'lower' | 'upper') => () => from(test(), (found) => found[side].statistic);
  const p = (side: 'lower' | 'upper') => () => from(test(), (found) => found[side].p);
  const largest = () => from(test(), (found) => found.p);
  const intervals: Figures = (key) => {
    const level = levelOf(key);
    return level === null ? unknownKey : from(test((1 - level) / 2), ({ interval }) => interval);
  };
  return firstOf(
    named({
      difference: () => from(test(), ({ difference }) => difference),
      estimate: () => from(test(), ({ difference }) => difference),
      se: () => from(test(), ({ standardError }) => standardError),
      df: () => from(test(), ({ df }) => df),
      t_lower: statistic('lower'),
      t_upper: statistic('upper'),
      z_lower: statistic('lower'),
      z_upper: statistic('upper'),
      p_lower: p('lower'),
      p_upper: p('upper'),
      p_max: largest,
      p: largest,
      equivalent: () => from(test(), ({ equivalent }) => equivalent),
      non_inferior: () => from(test(), ({ nonInferior }) => nonInferior),
      noninferior: () => from(test(), ({ nonInferior }) => nonInferior),
    }),
    intervals,
  );
}
