import { seededRandom } from '../../../../shared/selection/random.ts';
import {
  identityWeights,
  linearValueWeights,
  linearWeights,
  quadraticValueWeights,
  quadraticWeights,
  type Weights,
} from '../../../../shared/stats/agreement-weights.ts';
import {
  alphaPairBootstrap,
  alphaStandardError,
  alphaUnitBootstrap,
} from '../../../../shared/stats/alpha-interval.ts';
import {
  brennanPrediger,
  congerKappa,
  fleissKappa,
  gwetAc,
  percentAgreement,
} from '../../../../shared/stats/chance-corrected.ts';
import { cohenKappa, lightKappa, pairwiseCohenKappa } from '../../../../shared/stats/cohen-kappa.ts';
import type { Figure, Interval } from '../../../../shared/stats/figure.ts';
import { fleissTest, unitAgreements } from '../../../../shared/stats/fleiss-test.ts';
import { type AlphaMetric, krippendorffAlpha } from '../../../../shared/stats/krippendorff-alpha.ts';
import { table as columnsOf, type Output } from '../../output.ts';
import { groupedBy, readCsv } from './csv-table.ts';
import { asJson, interval, levelHeading, number, p, reason } from './figure-words.ts';
import { type NamedRatings, type RatingColumns, readRatings, withCategories } from './rating-file.ts';
import { ownWeights } from './weight-file.ts';

export type AgreementOptions = RatingColumns & {
  by?: string;
  metric: AlphaMetric;
  weights: 'identity' | 'linear' | 'quadratic';
  /** A file of disagreement weights, in place of these. */
  ownWeights?: string;
  confidence: number;
  bootstrap: number;
  seed: string;
};

type Line = {
  name: string;
  figure: Figure<{ value: number }>;
  error: number | null;
  interval: Interval | null;
  z?: number | null;
};

/** By position for Cohen's kappa, by value for the others, as their authors define them. */
function weightsOf(
  { table }: NamedRatings,
  { weights: kind, ownWeights: path }: AgreementOptions,
  by: 'position' | 'value',
): Weights {
  const q = table.categories.length;
  if (path !== undefined) return ownWeights(path, table.categories);
  if (kind === 'identity') return identityWeights(q);
  if (kind === 'linear') return by === 'position' ? linearWeights(q) : linearValueWeights(table.categories);
  return by === 'position' ? quadraticWeights(q) : quadraticValueWeights(table.categories);
}

const coefficients = {
  'Percent agreement': percentAgreement,
  'Brennan-Prediger': brennanPrediger,
  "Gwet's AC": gwetAc,
  "Fleiss' kappa": fleissKappa,
  "Conger's kappa": congerKappa,
};

function coefficientLines(found: NamedRatings, options: AgreementOptions): Line[] {
  const settings = { weights: weightsOf(found, options, 'value'), level: options.confidence };
  return Object.entries(coefficients).map(([name, coefficient]) => {
    const figure = coefficient(found.table, settings);
    const isPi = name === "Fleiss' kappa" && found.raters.length === 2;
    return {
      name: isPi ? "Fleiss' kappa (Scott's pi)" : name,
      figure,
      error: figure.defined ? figure.standardError : null,
      interval: figure.defined ? figure.interval : null,
    };
  });
}

function cohenLines(found: NamedRatings, options: AgreementOptions): Line[] {
  if (found.raters.length !== 2) return [];
  const figure = cohenKappa(found.table, {
    weights: weightsOf(found, options, 'position'),
    level: options.confidence,
  });
  return [
    {
      name:
        options.weights === 'identity' && !options.ownWeights ? "Cohen's kappa" : "Cohen's weighted kappa",
      figure,
      error: figure.defined ? figure.standardError : null,
      interval: figure.defined ? figure.interval : null,
    },
  ];
}

/** Test of "kappa is 0", with the standard error under that hypothesis. */
function cohenTest(found: NamedRatings, options: AgreementOptions): string[] {
  if (found.raters.length !== 2) return [];
  const kappa = cohenKappa(found.table, { weights: weightsOf(found, options, 'position') });
  if (!kappa.defined || kappa.z === null || kappa.p === null || kappa.nullStandardError === null) return [];
  return [
    `Cohen's kappa against 0: standard error ${number(kappa.nullStandardError)}, z = ${number(kappa.z)}, p ${p(kappa.p)}`,
  ];
}

/** Mean of every two raters' kappas, where there are more than two. */
function lightWords(found: NamedRatings, options: AgreementOptions): string[] {
  if (found.raters.length < 3) return [];
  const light = lightKappa(found.table, { weights: weightsOf(found, options, 'position') });
  return [`Mean of every two raters' kappas (Light): ${light.defined ? number(light.value) : reason(light)}`];
}

function alphaLines(
  { table }: NamedRatings,
  { metric, bootstrap, seed, confidence: level }: AgreementOptions,
): Line[] {
  const figure = krippendorffAlpha(table, metric);
  const options = (name: string) => ({
    replicates: bootstrap,
    level,
    random: seededRandom(`${seed} ${name}`),
  });
  const resampled = bootstrap === 0 ? null : alphaUnitBootstrap(table, metric, options('units'));
  const own = bootstrap === 0 ? null : alphaPairBootstrap(table, metric, options('pairs'));
  const weights =
    metric === 'nominal' ? identityWeights(table.categories.length) : quadraticValueWeights(table.categories);
  const exact =
    metric === 'nominal' || metric === 'interval' ? alphaStandardError(table, { weights, level }) : null;
  const name = `Krippendorff's alpha, ${metric}`;
  const none = { error: null, interval: null };
  return [
    { name, figure, ...(exact?.defined ? { error: exact.standardError, interval: exact.interval } : none) },
    ...(resampled
      ? [
          {
            name: '  units resampled',
            figure: resampled,
            ...(resampled.defined
              ? { error: resampled.standardError, interval: resampled.bca ?? resampled.percentile }
              : none),
          },
        ]
      : []),
    ...(own
      ? [
          {
            name: "  Krippendorff's own bootstrap",
            figure: own,
            ...(own.defined ? { error: own.standardError, interval: own.percentile } : none),
          },
        ]
      : []),
  ];
}

type Group = {
  name: string;
  found: NamedRatings;
  lines: Line[];
  pairs: ReturnType<typeof pairwiseCohenKappa>;
  z: ReturnType<typeof fleissTest>;
};

function groupOf(name: string, found: NamedRatings, options: AgreementOptions): Group {
  const many = found.raters.length > 2;
  return {
    name,
    found,
    lines: [
      ...coefficientLines(found, options),
      ...cohenLines(found, options),
      ...alphaLines(found, options),
    ],
    pairs: many
      ? pairwiseCohenKappa(found.table, {
          weights: weightsOf(found, options, 'position'),
          level: options.confidence,
        })
      : [],
    z: fleissTest(found.table),
  };
}

/** Share of units with two or more ratings on which all agree. */
function fullAgreement({ table }: NamedRatings): number | null {
  const shares = unitAgreements(table).filter((share) => share !== null);
  return shares.length === 0 ? null : shares.filter((share) => share === 1).length / shares.length;
}

function words({ name, found, lines, pairs, z }: Group, options: AgreementOptions): string[] {
  const full = fullAgreement(found);
  const percent = levelHeading(options.confidence);
  const shown = columnsOf(
    ['FIGURE', 'VALUE', 'STANDARD ERROR', percent, ''],
    lines.map((line) => [
      line.name,
      line.figure.defined ? number(line.figure.value) : '',
      line.error === null ? '' : number(line.error),
      interval(line.interval),
      reason(line.figure),
    ]),
  );
  const matrix = columnsOf(
    ['RATERS', "COHEN'S KAPPA", 'UNITS', percent, ''],
    pairs.map(({ first, second, kappa }) => [
      `${found.raters[first]} and ${found.raters[second]}`,
      kappa.defined ? number(kappa.value) : '',
      kappa.defined ? String(kappa.units) : '',
      kappa.defined ? interval(kappa.interval) : '',
      reason(kappa),
    ]),
  );
  return [
    ...(name === '' ? [] : [`${options.by} ${name}`]),
    `${found.units.length} units, ${found.raters.length} raters, categories: ${found.table.categories.join(', ')}`,
    ...shown,
    ...(full === null ? [] : [`All raters agree on ${number(full)} of the units that two or more rated`]),
    ...(z.defined ? [`Fleiss' kappa against 0: z = ${number(z.z)}, p ${p(z.p)}`] : []),
    ...cohenTest(found, options),
    ...lightWords(found, options),
    ...(pairs.length > 0 ? ['', ...matrix] : []),
    '',
  ];
}

const json = ({ name, found, lines, pairs, z }: Group) => ({
  ...(name === '' ? {} : { group: name }),
  units: found.units.length,
  raters: found.raters,
  categories: found.table.categories,
  figures: lines.map((line) => ({
    name: line.name.trim(),
    ...asJson(line.figure),
    standardError: line.error,
    interval: line.interval,
  })),
  pairs: pairs.map(({ first, second, kappa }) => ({
    first: found.raters[first],
    second: found.raters[second],
    ...asJson(kappa),
  })),
  fullAgreement: fullAgreement(found),
  fleissTest: asJson(z),
});

/** Agreement of raters on units, from a file: every coefficient with its standard error and interval. */
export function statsAgreement(output: Output, path: string, options: AgreementOptions): void {
  const whole = readCsv(path);
  const columns = withCategories(whole, options);
  const groups = groupedBy(whole, options.by).map(([name, csv]) =>
    groupOf(name, readRatings(csv, columns), options),
  );
  output.result(
    { groups: groups.map(json), weights: options.weights, seed: options.seed },
    groups.flatMap((group) => words(group, options)).slice(0, -1),
  );
}
