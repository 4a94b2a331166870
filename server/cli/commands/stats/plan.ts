import { AppError } from '../../../../shared/errors.ts';
import {
  identityWeights,
  linearWeights,
  quadraticWeights,
} from '../../../../shared/stats/agreement-weights.ts';
import { type Figure, undefinedReasons } from '../../../../shared/stats/figure.ts';
import {
  designEffect,
  pairsForParity,
  pairsForPower,
  pairsForWidth,
  unitsForAgreementPower,
  unitsForAgreementWidth,
} from '../../../../shared/stats/planning.ts';
import { table as columnsOf, type Output } from '../../output.ts';

export type WinRatePlanOptions = {
  rate: number;
  ties: number;
  width?: number;
  margin?: number;
  power: number;
  alpha: number;
  perCase: number;
  rho: number;
};

/** A plan that cannot be is a wrong command line, not a failure of the program. */
function planned<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('bad-request', { message: `This cannot be planned: ${error.message}.` });
  }
}

const words = (what: string, figure: Figure<{ pairs: number }>, perCase: number): string => {
  if (!figure.defined) return `${what}: ${undefinedReasons[figure.reason]}`;
  const cases =
    perCase > 1 ? ` (${Math.ceil(figure.pairs / perCase)} cases with ${perCase} judgements each)` : '';
  return `${what}: ${figure.pairs} judgements${cases}`;
};

/** Judgements for a win rate: for a wanted width, for a test against one half, and for parity. */
export function statsPlanWinRate(output: Output, options: WinRatePlanOptions): void {
  const { rate, ties, width, margin, power, alpha, perCase, rho } = options;
  const plan = { rate, ties, inflation: designEffect({ size: perCase, rho }) };
  const found = planned(() => ({
    ...(width === undefined ? {} : { width: pairsForWidth(plan, width, 1 - alpha) }),
    ...(rate === 0.5 ? {} : { power: pairsForPower(plan, { power, alpha }) }),
    ...(margin === undefined ? {} : { parity: pairsForParity(plan, margin, { power, alpha }) }),
  }));
  if (Object.keys(found).length === 0)
    throw new AppError('bad-request', {
      message: 'Say what is wanted: --width, --margin, or a --rate other than 0.5.',
    });
  output.result({ inflation: plan.inflation, ...found }, [
    ...(found.width ? [words(`An interval ${width} wide`, found.width, perCase)] : []),
    ...(found.power ? [words(`Power ${power} to tell ${rate} from 0.5`, found.power, perCase)] : []),
    ...(found.parity ? [words(`Power ${power} to show parity within ${margin}`, found.parity, perCase)] : []),
  ]);
}

export type AgreementPlanOptions = {
  agreement: number;
  prevalence: readonly number[];
  width: number;
  least?: number;
  power: number;
  alpha: number;
  mostRaters: number;
  weights: 'identity' | 'linear' | 'quadratic';
};

const weightsOf = (kind: AgreementPlanOptions['weights'], q: number) =>
  ({ identity: identityWeights, linear: linearWeights, quadratic: quadraticWeights })[kind](q);

/** Units and ratings for kappa or alpha, a line for each number of raters. */
export function statsPlanAgreement(output: Output, options: AgreementPlanOptions): void {
  const { agreement, prevalence, width, least, power, alpha, mostRaters, weights } = options;
  const rows = planned(() =>
    Array.from({ length: mostRaters - 1 }, (_, i) => {
      const plan = { agreement, prevalence, raters: i + 2, weights: weightsOf(weights, prevalence.length) };
      return {
        raters: i + 2,
        width: unitsForAgreementWidth(plan, width, 1 - alpha),
        power: least === undefined ? null : unitsForAgreementPower(plan, least, { power, alpha }),
      };
    }),
  );
  const cells = (figure: Figure<{ units: number; ratings: number }> | null) =>
    figure?.defined ? [figure.units, figure.ratings] : [null, null];
  const why = rows.map(({ width: of, power: by }) => [of, by].find((figure) => figure && !figure.defined));
  const [missing] = why.flatMap((figure) =>
    figure && !figure.defined ? [undefinedReasons[figure.reason]] : [],
  );
  output.result({ plans: rows }, [
    `Agreement ${agreement}; an interval ${width} wide${least === undefined ? '' : `, or power ${power} to show more than ${least}`}`,
    ...columnsOf(
      [
        'RATERS',
        'UNITS FOR WIDTH',
        'RATINGS',
        ...(least === undefined ? [] : ['UNITS FOR POWER', 'RATINGS']),
      ],
      rows.map((row) => [row.raters, ...cells(row.width), ...(least === undefined ? [] : cells(row.power))]),
    ),
    ...(missing === undefined ? [] : [`-: ${missing}`]),
  ]);
}
