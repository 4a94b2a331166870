import { type Random, seededRandom } from '../../shared/selection/random.ts';
import {
  identityWeights,
  linearWeights,
  quadraticValueWeights,
  quadraticWeights,
} from '../../shared/stats/agreement-weights.ts';
import {
  alphaPairBootstrap,
  alphaStandardError,
  alphaUnitBootstrap,
} from '../../shared/stats/alpha-interval.ts';
import {
  brennanPrediger,
  congerKappa,
  fleissKappa,
  gwetAc,
  percentAgreement,
} from '../../shared/stats/chance-corrected.ts';
import { cohenKappa } from '../../shared/stats/cohen-kappa.ts';
import { fleissTest } from '../../shared/stats/fleiss-test.ts';
import { type IccForm, intraclassCorrelations } from '../../shared/stats/icc.ts';
import { kendallW } from '../../shared/stats/kendall-w.ts';
import { type Ratings, ratings } from '../../shared/stats/ratings.ts';
import { type Cell, grid, Tally } from './cell.ts';

export type Simulation = { replicates: number; resamples: number; seed: string };

const prevalences = { even: [1 / 3, 1 / 3, 1 / 3], skewed: [0.9, 0.07, 0.03] } as const;
const categories = [1, 2, 3];

const drawn = (shares: readonly number[], random: Random): number => {
  let left = random();
  for (const [k, share] of shares.entries()) {
    left -= share;
    if (left < 0) return k;
  }
  return shares.length - 1;
};

type Model = {
  units: number;
  raters: number;
  prevalence: readonly number[];
  agreement: number;
  missing: number;
};

/** Each rater names the truth with probability root(agreement), else any category by prevalence; ratings are lost at random. */
function simulated({ units, raters, prevalence, agreement, missing }: Model, random: Random): Ratings {
  const sure = Math.sqrt(agreement);
  const codes = new Int32Array(units * raters);
  for (let unit = 0; unit < units; unit++) {
    const truth = drawn(prevalence, random);
    for (let rater = 0; rater < raters; rater++) {
      const said = random() < sure ? truth : drawn(prevalence, random);
      codes[unit * raters + rater] = random() < missing ? -1 : said;
    }
  }
  return ratings(units, raters, codes, categories);
}

/** What the coefficients estimate under the model. */
function truths({ prevalence, agreement }: Model) {
  const squares = prevalence.reduce((sum, share) => sum + share * share, 0);
  const percent = agreement + (1 - agreement) * squares;
  const gwet = (1 - squares) / (prevalence.length - 1);
  const even = 1 / prevalence.length;
  return {
    percent,
    kappa: agreement,
    ac1: (percent - gwet) / (1 - gwet),
    even: (percent - even) / (1 - even),
  };
}

const intervalOf = (figure: { defined: boolean; interval?: readonly [number, number] | null }) =>
  figure.defined ? (figure.interval ?? null) : null;

function tallyTable(tally: Tally, table: Ratings, model: Model, { resamples, seed }: Simulation): void {
  const truth = truths(model);
  tally.interval('percent', intervalOf(percentAgreement(table)), truth.percent);
  tally.interval('Brennan-Prediger', intervalOf(brennanPrediger(table)), truth.even);
  tally.interval('AC1', intervalOf(gwetAc(table)), truth.ac1);
  tally.interval('Fleiss', intervalOf(fleissKappa(table)), truth.kappa);
  tally.interval('Conger', intervalOf(congerKappa(table)), truth.kappa);
  const weights = quadraticValueWeights(categories);
  tally.interval('Fleiss quadratic', intervalOf(fleissKappa(table, { weights })), truth.kappa);
  if (model.raters === 2) {
    const cohen = cohenKappa(table);
    tally.interval('Cohen', intervalOf(cohen), truth.kappa);
    for (const [name, of] of Object.entries({ linear: linearWeights(3), quadratic: quadraticWeights(3) }))
      tally.interval(`Cohen ${name}`, intervalOf(cohenKappa(table, { weights: of })), truth.kappa);
    if (model.agreement === 0) tally.test('Cohen, z', cohen.defined ? cohen.p : null);
  }
  tally.interval(
    'alpha',
    intervalOf(alphaStandardError(table, { weights: identityWeights(3) })),
    truth.kappa,
  );
  tally.interval('alpha, interval', intervalOf(alphaStandardError(table, { weights })), truth.kappa);
  const random = seededRandom(`${seed} resamples`);
  const units = alphaUnitBootstrap(table, 'nominal', { replicates: resamples, random });
  tally.interval('alpha, percentile', units.defined ? units.percentile : null, truth.kappa);
  tally.interval('alpha, BCa', units.defined ? units.bca : null, truth.kappa);
  for (const metric of ['ordinal', 'interval', 'ratio'] as const) {
    const found = alphaUnitBootstrap(table, metric, { replicates: resamples, random });
    tally.interval(`alpha ${metric}, BCa`, found.defined ? found.bca : null, truth.kappa);
  }
  const own = alphaPairBootstrap(table, 'nominal', { replicates: resamples, random });
  tally.interval('alpha, own', own.defined ? own.percentile : null, truth.kappa);
  if (model.agreement === 0 && model.missing === 0) {
    const fleiss = fleissTest(table);
    tally.test('Fleiss, z', fleiss.defined ? fleiss.p : null);
    const rare = fleiss.defined ? fleiss.categories.at(-1) : undefined;
    if (rare) tally.test('Fleiss, z of the last category', rare.p);
  }
}

/** Agreement of raters: units x raters x prevalence x agreement x missing ratings. */
export function agreementCells(simulation: Simulation): Cell[] {
  const cells = grid({
    units: [10, 30, 100],
    raters: [2, 3, 5],
    prevalence: ['even', 'skewed'] as const,
    agreement: [0, 0.4, 0.8],
    missing: [0, 0.3],
  });
  return cells.map((conditions) => {
    const random = seededRandom(`${simulation.seed} ${JSON.stringify(conditions)}`);
    const model = { ...conditions, prevalence: prevalences[conditions.prevalence] };
    const tally = new Tally();
    for (let i = 0; i < simulation.replicates; i++)
      tallyTable(tally, simulated(model, random), model, simulation);
    return { family: 'agreement', conditions, rates: tally.rates() };
  });
}

/** A standard normal number (Box and Muller 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Intraclass correlations: units x raters x reliability, with raters that differ in their level; and Kendall's test of nothing. */
export function measurementCells({ replicates, seed }: Simulation): Cell[] {
  return grid({ units: [6, 20, 60], raters: [2, 5], reliability: [0, 0.4, 0.8] }).map((conditions) => {
    const { units, raters, reliability } = conditions;
    const random = seededRandom(`${seed} icc ${JSON.stringify(conditions)}`);
    const tally = new Tally();
    // Variances of units, raters' levels and error; the raters' is left out for the models that assume none.
    const [ofUnit, ofRater] = [reliability, 0.1];
    const ofError = 1 - reliability - (reliability < 0.9 ? ofRater : 0);
    for (let i = 0; i < replicates; i++) {
      const level = Array.from({ length: raters }, () => Math.sqrt(ofRater) * normal(random));
      const value = Array.from({ length: units }, () => Math.sqrt(ofUnit) * normal(random));
      const error = Array.from({ length: units }, () => level.map(() => normal(random)));
      const rows = (withLevel: boolean, spread: number) =>
        value.map((own, unit) =>
          level.map((by, r) => own + (withLevel ? by : 0) + Math.sqrt(spread) * (error[unit]?.[r] ?? 0)),
        );
      const plain = intraclassCorrelations(rows(false, 1 - reliability));
      const leveled = intraclassCorrelations(rows(true, ofError));
      // The reliability of a mean of k ratings, by Spearman and Brown.
      const ofMean = (one: number) => (raters * one) / (1 + (raters - 1) * one);
      const formOf = (found: typeof plain, form: IccForm) =>
        found.defined ? found.forms[form].interval : null;
      tally.interval('ICC(1,k)', formOf(plain, '1,k'), ofMean(reliability));
      tally.interval('ICC(2,k)', formOf(leveled, '2,k'), ofMean(reliability));
      tally.interval('ICC(3,k)', formOf(leveled, '3,k'), ofMean(ofUnit / (ofUnit + ofError)));
      tally.interval('ICC(1,1)', plain.defined ? plain.forms['1,1'].interval : null, reliability);
      tally.interval('ICC(2,1)', leveled.defined ? leveled.forms['2,1'].interval : null, reliability);
      tally.interval(
        'ICC(3,1)',
        leveled.defined ? leveled.forms['3,1'].interval : null,
        ofUnit / (ofUnit + ofError),
      );
      if (reliability === 0) {
        tally.test('F, one-way', plain.defined ? plain.oneWay.p : null);
        tally.test('F, two-way', leveled.defined ? leveled.twoWay.p : null);
        const w = kendallW(rows(false, 1));
        tally.test("Kendall's W", w.defined ? w.p : null);
      }
    }
    return { family: 'measurement', conditions, rates: tally.rates() };
  });
}
