import { AppError } from '../../../../shared/errors.ts';
import {
  type Equivalence,
  meanEquivalence,
  pairedEquivalence,
  proportionEquivalence,
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
import { asJson, interval, number, p, reason } from './figure-words.ts';

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
      [`${Math.round(confidence * 100)} % INTERVAL`, 'LIMITS'],
      Object.entries(intervals).map(([name, of]) => [name, interval(of)]),
    ),
    `Against ${against}: score z = ${number(tests.score.z)}, p ${p(tests.score.p)}${tests.exactP === null ? '' : `; exact p ${p(tests.exactP)}, mid-P = ${number(tests.midP ?? 0)}`}`,
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
      ? `Exact p ${p(found.exactP)}, mid-P = ${number(found.midP)}; chi-squared(1) = ${number(found.chiSquared)}, p ${p(found.p)}; corrected ${number(found.correctedChiSquared)}, p ${p(found.correctedP)}`
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
    | 'r12',
    number
  >
> & { lower: number; upper: number; alpha: number };

const has = <K extends keyof EquivalenceOptions>(
  options: EquivalenceOptions,
  keys: readonly K[],
): options is EquivalenceOptions & Record<K, number> => keys.every((key) => options[key] !== undefined);

function equivalenceOf(options: EquivalenceOptions): Figure<Equivalence> {
  const { alpha } = options;
  if (!(options.lower < options.upper)) return refuse('--lower must be below --upper.');
  if (has(options, ['p1', 'n1', 'p2', 'n2'])) return twoProportionEquivalence(options, options, alpha);
  if (has(options, ['mean1', 'mean2', 'sd1', 'sd2', 'r12', 'n']))
    return pairedEquivalence(options, options, alpha);
  if (has(options, ['mean', 'sd', 'n']))
    return meanEquivalence({ ...options, mu: options.mu ?? 0 }, options, alpha);
  if (has(options, ['successes', 'n'])) return proportionEquivalence(options, options, alpha);
  return refuse(
    'Give --successes and --n; or --p1 --n1 --p2 --n2; or --mean --sd --n; or --mean1 --mean2 --sd1 --sd2 --r12 --n.',
  );
}

/** Two one-sided tests from summary numbers. */
export function statsEquivalence(output: Output, options: EquivalenceOptions): void {
  const found = equivalenceOf(options);
  const shown = Math.round((1 - 2 * options.alpha) * 100);
  output.result(
    asJson(found),
    found.defined
      ? [
          `Difference ${number(found.difference)}, ${shown} % interval ${interval(found.interval)}${found.df === null ? '' : `, df ${found.df}`}`,
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
