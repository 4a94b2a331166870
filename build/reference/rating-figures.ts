import { z } from 'zod';
import { seededRandom } from '../../shared/selection/random.ts';
import {
  identityWeights,
  linearValueWeights,
  linearWeights,
  quadraticValueWeights,
  quadraticWeights,
  type Weights,
  weightsFromDisagreement,
} from '../../shared/stats/agreement-weights.ts';
import { alphaStandardError, alphaUnitBootstrap } from '../../shared/stats/alpha-interval.ts';
import {
  type Agreement,
  brennanPrediger,
  congerKappa,
  fleissKappa,
  gwetAc,
  intervalAround,
  percentAgreement,
  scottPi,
} from '../../shared/stats/chance-corrected.ts';
import { type CohenKappa, cohenKappa, lightKappa } from '../../shared/stats/cohen-kappa.ts';
import type { Figure } from '../../shared/stats/figure.ts';
import { fleissTest, unitAgreements } from '../../shared/stats/fleiss-test.ts';
import { type AlphaMetric, alphaMetrics, krippendorffAlpha } from '../../shared/stats/krippendorff-alpha.ts';
import {
  type Category,
  onlyRaters,
  type Ratings,
  ratingsFromCounts,
  ratingsFromRows,
  ratingsFromTable,
} from '../../shared/stats/ratings.ts';
import type { CaseInput } from './case-file.ts';
import { type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';
import { measurementFigures } from './measurement-figures.ts';

const category = z.union([z.string(), z.number(), z.boolean().transform(String)]);
const rows = z.array(z.array(category.nullable()));
const square = z.array(z.array(z.number()));

type Weighting = 'identity' | 'linear' | 'quadratic' | 'custom' | 'custom_asymmetric';
type Variance = 'n-1' | 'n';

/** A table with what its file says about it. */
type Source = {
  table: Ratings;
  /** Standard errors of two raters' tables are divided by n, as the published ones are. */
  variance: Variance;
  usual: Weighting;
  /** False where columns name nobody: what needs to know who gave which rating has no figure then. */
  identified: boolean;
  /** The two raters that a key of two raters means, where there are more. */
  pair: readonly number[] | null;
  custom: Partial<Record<'custom' | 'custom_asymmetric', Weights>>;
};

function weightsOf(
  { table, custom }: Source,
  weighting: Weighting,
  by: 'position' | 'value',
): Weights | null {
  const { categories } = table;
  const q = categories.length;
  if (weighting === 'identity') return identityWeights(q);
  if (weighting === 'linear') return by === 'position' ? linearWeights(q) : linearValueWeights(categories);
  if (weighting === 'quadratic')
    return by === 'position' ? quadraticWeights(q) : quadraticValueWeights(categories);
  return custom[weighting] ?? null;
}

type Coefficient = (
  table: Ratings,
  options: { weights: Weights; divisor: Variance; level?: number },
) => Figure<Agreement>;

const coefficients: Record<string, Coefficient> = {
  percent_agreement: percentAgreement,
  scott_pi: scottPi,
  fleiss_kappa: fleissKappa,
  fleiss: fleissKappa,
  conger_kappa: congerKappa,
  brennan_prediger: brennanPrediger,
  bennett_s: brennanPrediger,
  randolph_kappa: brennanPrediger,
  gwet_ac1: gwetAc,
  gwet_ac2: gwetAc,
};

const weightingPattern = /^(.*?)_(linear|quadratic|custom_asymmetric|custom)(?=_|$)(.*)$/;

/** "gwet_ac2_quadratic_se" as its coefficient, weighting and quantity; null when it names none of these coefficients. */
function parsed(
  key: string,
  usual: Weighting,
): { name: string; weighting: Weighting; quantity: string } | null {
  const weighted = weightingPattern.exec(key);
  const [, stem = key, word = usual, rest = ''] = weighted ?? [];
  const plain = weighted ? `${stem}${rest}` : key;
  const name = Object.keys({ ...coefficients, cohen_kappa: 0, weighted_kappa: 0, krippendorff: 0 })
    .filter((known) => plain === known || plain.startsWith(`${known}_`))
    .sort((a, b) => b.length - a.length)[0];
  if (name === undefined) return null;
  const weighting = name === 'gwet_ac1' && !weighted ? 'identity' : (word as Weighting);
  return { name, weighting, quantity: plain.slice(name.length + 1) };
}

function agreementPart(figureAt: (level?: number) => Figure<Agreement>, quantity: string): unknown {
  const level = levelOf(quantity);
  if (level !== null) return from(figureAt(level), ({ interval }) => interval);
  const parts: Record<string, (found: Agreement) => unknown> = {
    '': ({ value }) => value,
    n: ({ pairable }) => pairable,
    irr: ({ value }) => value,
    se: ({ standardError }) => standardError,
    se_gwet: ({ standardError }) => standardError,
    expected_agreement: ({ expected }) => expected,
    observed_agreement: ({ observed }) => observed,
  };
  const part = Object.hasOwn(parts, quantity) ? parts[quantity] : undefined;
  return part ? from(figureAt(), part) : unknownKey;
}

function cohenPart(table: Ratings, weights: Weights, quantity: string): unknown {
  const level = levelOf(quantity);
  if (level !== null) return from(cohenKappa(table, { weights, level }), ({ interval }) => interval);
  const parts: Record<string, (found: CohenKappa) => unknown> = {
    '': ({ value }) => value,
    ase: ({ standardError }) => standardError,
    ase_null: ({ nullStandardError }) => nullStandardError,
    z: ({ z: statistic }) => statistic,
    p: ({ p }) => p,
    n: ({ units }) => units,
    expected_agreement: ({ expected }) => expected,
    observed_agreement: ({ observed }) => observed,
    ci95_null_se: ({ value, nullStandardError }) =>
      nullStandardError === null ? null : intervalAround(value, nullStandardError, 0.95),
  };
  const part = Object.hasOwn(parts, quantity) ? parts[quantity] : undefined;
  return part ? from(cohenKappa(table, { weights }), part) : unknownKey;
}

/** Coefficients with their weighting and quantity in the key. */
const coefficientFigures =
  (source: Source): Figures =>
  (key) => {
    const asked = parsed(key, source.usual);
    if (!asked || asked.name === 'krippendorff') return unknownKey;
    const { name, weighting, quantity } = asked;
    const isCohen = name === 'cohen_kappa' || name === 'weighted_kappa';
    const isOfTwo = isCohen || name === 'scott_pi';
    const weights = weightsOf(source, weighting, isCohen ? 'position' : 'value');
    if (!weights || (!source.identified && (isCohen || name === 'conger_kappa'))) return unknownKey;
    const { pair, variance: divisor } = source;
    const table = isOfTwo && pair ? onlyRaters(source.table, pair) : source.table;
    if (isCohen && quantity !== 'se_gwet') return cohenPart(table, weights, quantity);
    const coefficient = isCohen ? congerKappa : coefficients[name];
    if (!coefficient) return unknownKey;
    return agreementPart((level = 0.95) => coefficient(table, { weights, divisor, level }), quantity);
  };

const pairPattern = /^(cohen_kappa|weighted_kappa(?:_\w+?)?|scott_pi)_raters_(\d+)_(\d+)(?:_(\w+))?$/;

/** Cohen's kappa of two named raters of many, counted from 1. */
const pairFigures =
  (source: Source): Figures =>
  (key) => {
    const [, name, first, second, quantity] = pairPattern.exec(key) ?? [];
    if (name === undefined || !source.identified) return unknownKey;
    const table = onlyRaters(source.table, [Number(first) - 1, Number(second) - 1]);
    return coefficientFigures({ ...source, table, pair: null })(quantity ? `${name}_${quantity}` : name);
  };

const isMetric = (word: string): word is AlphaMetric => alphaMetrics.some((metric) => metric === word);
const metricOf: Partial<Record<Weighting, AlphaMetric>> = { identity: 'nominal', quadratic: 'interval' };

/** Alpha, its disagreements, and Gwet's form of it with a standard error. */
const alphaFigures =
  (source: Source): Figures =>
  (key) => {
    const { table, variance, usual } = source;
    const [, metric = '', quantity = ''] =
      /^(?:krippendorff_)?alpha_([a-z]+)(?:_(\w+))?$/.exec(key) ??
      /^([a-z]+)_((?:observed|expected)_disagreement)$/.exec(key) ??
      [];
    if (isMetric(metric)) return alphaPart(source, metric, quantity);
    if (key === 'krippendorff_alpha' && metricOf[usual]) return alphaPart(source, metricOf[usual], '');
    const [, kind, weighting] =
      /^krippendorff_(alpha|observed_agreement|expected_agreement)(?:_(linear|quadratic))?$/.exec(key) ?? [];
    const weights = kind === undefined ? null : weightsOf(source, (weighting ?? usual) as Weighting, 'value');
    if (!weights) return unknownKey;
    const found = alphaStandardError(table, { weights, divisor: variance });
    return from(found, ({ value, observed, expected }) =>
      kind === 'alpha' ? value : kind === 'observed_agreement' ? observed : expected,
    );
  };

function alphaPart(source: Source, metric: AlphaMetric, quantity: string): unknown {
  const { table, variance } = source;
  const alpha = krippendorffAlpha(table, metric);
  if (quantity === '' || quantity === 'nltk') return from(alpha, ({ value }) => value);
  if (quantity === 'observed_disagreement') return from(alpha, (found) => found.observedDisagreement);
  if (quantity === 'expected_disagreement') return from(alpha, (found) => found.expectedDisagreement);
  if (quantity === 'n' || quantity === 'pairable') return from(alpha, ({ pairable }) => pairable);
  const level = levelOf(quantity);
  const isError = quantity === 'se_gwet' || quantity === 'se';
  const weights = weightsOf(source, metric === 'nominal' ? 'identity' : 'quadratic', 'value');
  if (!weights || (level === null && !isError) || (metric !== 'nominal' && metric !== 'interval'))
    return unknownKey;
  const found = alphaStandardError(table, { weights, divisor: variance, ...(level !== null && { level }) });
  return from(found, ({ standardError, interval }) => (isError ? standardError : interval));
}

const bootstrapInput = z.looseObject({
  level: z.number().default(0.95),
  replicates: z.number().default(20_000),
});

const bootstrapFigures =
  ({ table }: Source, input: CaseInput): Figures =>
  (key) => {
    const [, metric = '', quantity] = /^bootstrap_([a-z]+)_(se|ci\d\d|bca_ci\d\d)$/.exec(key) ?? [];
    if (!isMetric(metric) || quantity === undefined) return unknownKey;
    const isBca = quantity.startsWith('bca_');
    const { level, replicates } = bootstrapInput.parse(input.bootstrap ?? {});
    const found = alphaUnitBootstrap(table, metric, {
      level: levelOf(quantity.replace('bca_', '')) ?? level,
      replicates,
      random: seededRandom(`reference ${metric}`),
    });
    return from(found, ({ standardError, percentile, bca }) =>
      quantity === 'se' ? standardError : isBca ? bca : percentile,
    );
  };

/** Fleiss' test and the figures of single units and categories. */
const fleissFigures = ({ table, identified }: Source): Figures => {
  const light = () => (identified ? from(lightKappa(table), ({ value }) => value) : unknownKey);
  return named({
    fleiss_kappa_z: () => from(fleissTest(table), ({ z: statistic }) => statistic),
    fleiss_kappa_p: () => from(fleissTest(table), ({ p }) => p),
    category_kappa: () =>
      from(fleissTest(table), ({ categories }) => categories.map((one) => one?.value ?? null)),
    per_subject_agreement: () => unitAgreements(table),
    mean_pairwise_cohen_kappa: light,
    light_kappa: light,
    n_units: () => table.units,
    n_raters: () => table.raters,
  });
};

const usualWeighting = (input: CaseInput): Weighting => {
  const found = z.enum(['linear', 'quadratic']).safeParse(input.weights);
  return found.success ? found.data : 'identity';
};

const figuresOf = (source: Source, input: CaseInput): Figures =>
  firstOf(
    fleissFigures(source),
    pairFigures(source),
    alphaFigures(source),
    coefficientFigures(source),
    bootstrapFigures(source, input),
    measurementFigures(source.identified ? source.table : null),
  );

function sourceOf(table: Ratings, input: CaseInput): Source {
  const pair = z.tuple([z.number(), z.number()]).optional().parse(input.pair_for_cohen);
  return {
    table,
    variance: 'n-1',
    usual: usualWeighting(input),
    identified: true,
    pair: pair && table.raters > 2 ? pair : null,
    custom: customWeights(input),
  };
}

function customWeights(input: CaseInput): Source['custom'] {
  const weights = (given: unknown) =>
    given === undefined ? null : weightsFromDisagreement(square.parse(given));
  const custom = weights(input.disagreement_weights);
  const asymmetric = weights(input.disagreement_weights_asymmetric);
  return { ...(custom && { custom }), ...(asymmetric && { custom_asymmetric: asymmetric }) };
}

/** `ratings`: units by raters, null where missing. */
export function ratingFigures(input: CaseInput): Figures {
  const declared = z.array(category).optional().parse(input.categories);
  return tableFigures(ratingsFromRows(rows.parse(input.units_by_raters), declared), input);
}

/** A table of ratings, from whatever kind of input. */
export const tableFigures = (table: Ratings, input: CaseInput): Figures =>
  figuresOf(sourceOf(table, input), input);

const declaredOr = (input: CaseInput, width: number): Category[] =>
  z
    .array(category)
    .default(Array.from({ length: width }, (_, i) => i + 1))
    .parse(input.categories);

/** `contingency`: two raters' cross table. */
export function contingencyFigures(input: CaseInput): Figures {
  const counts = square.parse(input.table);
  const table = ratingsFromTable(counts, declaredOr(input, counts.length));
  return figuresOf({ ...sourceOf(table, input), variance: 'n' }, input);
}

/** `category_counts`: units by categories, raters unknown. */
export function categoryCountFigures(input: CaseInput): Figures {
  const counts = square.parse(input.counts);
  const table = ratingsFromCounts(counts, declaredOr(input, counts[0]?.length ?? 0));
  return figuresOf({ ...sourceOf(table, input), identified: false }, input);
}
