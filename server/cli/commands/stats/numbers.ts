import { AppError } from '../../../../shared/errors.ts';
import {
  type Equivalence,
  meanEquivalence,
  pairedEquivalence,
  pairedProportionEquivalence,
  proportionEquivalence,
  twoMeanEquivalence,
  twoProportionEquivalence,
} from '../../../../shared/stats/equivalence.ts';
import { type Figure, undefinedReasons } from '../../../../shared/stats/figure.ts';
import { mcnemarTest, signTest } from '../../../../shared/stats/paired-tests.ts';
import {
  clopperPearsonInterval,
  exactBinomialTest,
  jeffreysInterval,
  midPBinomialTest,
  midPInterval,
  scoreTest,
  wilsonCorrectedInterval,
  wilsonInterval,
} from '../../../../shared/stats/proportion.ts';
import { table as columnsOf, type Output } from '../../output.ts';
import { numberIn, readCsv, requireColumns } from './csv-table.ts';
import { asJson, interval, levelHeading, number, p, reason } from './figure-words.ts';

const refuse = (message: string): never => {
  throw new AppError('bad-request', { message });
};

export type ProportionOptions = { successes: number; n: number; against: number; confidence: number };

/** Intervals and tests of one share. */
export function statsProportion(
  output: Output,
  { successes, n, against, confidence }: ProportionOptions,
): void {
  if (successes > n) refuse(`--successes is ${successes}, more than --n ${n}. Check both numbers.`);
  const intervals = {
    Wilson: wilsonInterval(successes, n, confidence),
    'Wilson, continuity corrected': wilsonCorrectedInterval(successes, n, confidence),
    'Clopper-Pearson (exact)': clopperPearsonInterval(successes, n, confidence),
    'mid-P': midPInterval(successes, n, confidence),
    Jeffreys: jeffreysInterval(successes, n, confidence),
  };
  const whole = Number.isInteger(successes);
  const tests = {
    exactP: whole ? exactBinomialTest(successes, n, against) : null,
    midP: whole ? midPBinomialTest(successes, n, against) : null,
    score: scoreTest(successes, n, against),
  };
  output.result({ estimate: successes / n, intervals, against, tests }, [
    `${successes} of ${n}: ${number(successes / n)}`,
    ...columnsOf(
      [levelHeading(confidence), 'LIMITS'],
      Object.entries(intervals).map(([name, of]) => [name, interval(of)]),
    ),
    `Against ${against}: score z = ${number(tests.score.z)}, p ${p(tests.score.p)}${tests.exactP === null ? '' : `; exact p ${p(tests.exactP)}, mid-P ${p(tests.midP ?? 0)}`}`,
  ]);
}

/** McNemar's test of paired yes/no answers, from the pairs that changed. */
export function statsMcNemar(
  output: Output,
  { firstOnly, secondOnly }: { firstOnly: number; secondOnly: number },
): void {
  const found = mcnemarTest(firstOnly, secondOnly);
  output.result(asJson(found), [
    found.defined
      ? `Exact p ${p(found.exactP)}, mid-P ${p(found.midP)}; chi-squared(1) = ${number(found.chiSquared)}, p ${p(found.p)}; corrected ${number(found.correctedChiSquared)}, p ${p(found.correctedP)}`
      : reason(found),
  ]);
}

/** Exact sign test of two columns of a file. */
export function statsSign(output: Output, path: string, { x, y }: { x: string; y: string }): void {
  const csv = readCsv(path);
  requireColumns(csv, [x, y]);
  const found = signTest(csv.rows.map((row) => numberIn(csv, row, x) - numberIn(csv, row, y)));
  output.result(asJson(found), [
    found.defined
      ? `${found.positive} above, ${found.negative} below, ${found.ties} equal: exact p ${p(found.p)}`
      : reason(found),
  ]);
}

export type EquivalenceOptions = Partial<
  Record<
    | 'successes'
    | 'n'
    | 'mean'
    | 'mu'
    | 'sd'
    | 'p1'
    | 'n1'
    | 'p2'
    | 'n2'
    | 'mean1'
    | 'mean2'
    | 'sd1'
    | 'sd2'
    | 'r12'
    | 'firstOnly'
    | 'secondOnly',
    number
  >
> & { lower: number; upper: number; alpha: number; variance?: 'sample' | 'margin' | 'unpooled' | 'pooled' };

const has = <K extends keyof EquivalenceOptions>(
  options: EquivalenceOptions,
  keys: readonly K[],
): options is EquivalenceOptions & Record<K, number> => keys.every((key) => options[key] !== undefined);

function equivalenceOf(options: EquivalenceOptions): Figure<Equivalence> {
  const { alpha, variance } = options;
  if (!(options.lower < options.upper)) return refuse('--lower must be below --upper.');
  if (alpha >= 0.5) return refuse('--alpha must be below 0.5.');
  if (has(options, ['p1', 'n1', 'p2', 'n2']))
    return twoProportionEquivalence(options, options, alpha, variance === 'pooled' ? 'pooled' : 'unpooled');
  if (has(options, ['mean1', 'mean2', 'sd1', 'sd2', 'n1', 'n2']))
    return twoMeanEquivalence(options, options, alpha, variance === 'pooled' ? 'pooled' : 'unpooled');
  if (has(options, ['mean1', 'mean2', 'sd1', 'sd2', 'r12', 'n']))
    return pairedEquivalence(options, options, alpha);
  if (has(options, ['mean', 'sd', 'n']))
    return meanEquivalence({ ...options, mu: options.mu ?? 0 }, options, alpha);
  if (has(options, ['firstOnly', 'secondOnly', 'n']))
    return pairedProportionEquivalence(options, options, alpha);
  if (has(options, ['successes', 'n']))
    return proportionEquivalence(options, options, alpha, variance === 'margin' ? 'margin' : 'sample');
  return refuse(
    'Give --successes --n; or --p1 --n1 --p2 --n2; or --first-only --second-only --n; or --mean --sd --n; or --mean1 --mean2 --sd1 --sd2 with --r12 --n (paired) or --n1 --n2.',
  );
}

/** Numbers that cannot be are a wrong command line, not a failure of the program. */
function tested(options: EquivalenceOptions): Figure<Equivalence> {
  try {
    return equivalenceOf(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`This cannot be tested: ${error.message}.`);
  }
}

/** Two one-sided tests from summary numbers. */
export function statsEquivalence(output: Output, options: EquivalenceOptions): void {
  const found = tested(options);
  const shown = Number(((1 - 2 * options.alpha) * 100).toFixed(4));
  output.result(
    asJson(found),
    found.defined
      ? [
          `Difference ${number(found.difference)}, ${shown} % interval ${interval(found.interval)}${found.df === null ? '' : `, df ${Number(found.df.toFixed(2))}`}`,
          `Above ${options.lower}: ${number(found.lower.statistic)}, p ${p(found.lower.p)}; below ${options.upper}: ${number(found.upper.statistic)}, p ${p(found.upper.p)}`,
          found.equivalent
            ? 'Equivalent within the margins.'
            : found.nonInferior
              ? 'Not worse by more than the margin; equivalence is not shown.'
              : 'Equivalence is not shown.',
        ]
      : [undefinedReasons[found.reason]],
  );
}
