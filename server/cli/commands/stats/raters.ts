import { seededRandom } from '../../../../shared/selection/random.ts';
import { dawidSkene, type Labels } from '../../../../shared/stats/dawid-skene.ts';
import { type AlphaMetric, krippendorffAlpha } from '../../../../shared/stats/krippendorff-alpha.ts';
import {
  agreementWithOthers,
  intraRaterReliability,
  leaveOneRaterOut,
} from '../../../../shared/stats/rater-reliability.ts';
import { table as columnsOf, type Output } from '../../output.ts';
import { badFile, readCsv } from './csv-table.ts';
import { asJson, interval, levelHeading, number, reason } from './figure-words.ts';
import { type NamedRatings, type RatingColumns, readRatings } from './rating-file.ts';
import { positionWeights } from './weight-file.ts';

export type RaterOptions = RatingColumns & {
  metric: AlphaMetric;
  starts: number;
  prior: number;
  seed: string;
};

function labelsOf({ table, raters, units }: NamedRatings): Labels {
  const given = [...table.codes.entries()].filter(([, code]) => code >= 0);
  return {
    items: units.length,
    raters: raters.length,
    categories: table.categories.length,
    item: Int32Array.from(given, ([at]) => Math.floor(at / table.raters)),
    rater: Int32Array.from(given, ([at]) => at % table.raters),
    label: Int32Array.from(given, ([, code]) => code),
  };
}

/** Each rater: agreement with the others, alpha without the rater, and accuracy by Dawid and Skene. */
export function statsRaters(output: Output, path: string, options: RaterOptions): void {
  const found = readRatings(readCsv(path), options);
  const { table, raters, units } = found;
  const q = table.categories.length;
  const own = agreementWithOthers(table);
  const left = leaveOneRaterOut(table, (of) => krippendorffAlpha(of, options.metric));
  const model = dawidSkene(labelsOf(found), {
    starts: options.starts,
    random: seededRandom(options.seed),
    prior: { confusion: options.prior, correct: options.prior, prevalence: options.prior },
  });
  /** P(says the true category), weighted by how often each is true. */
  const accuracy = (rater: number) =>
    model.defined
      ? table.categories.reduce<number>(
          (sum, _, k) => sum + (model.prevalence[k] ?? 0) * (model.confusion[rater * q * q + k * q + k] ?? 0),
          0,
        )
      : null;
  const rows = raters.map((name, rater) => {
    const share = own[rater]?.agreement;
    const without = left.without[rater];
    return {
      rater: name,
      agreement: share?.defined ? share.value : null,
      pairs: share?.defined ? share.pairs : 0,
      alphaWithout: without?.without.defined ? without.without.value : null,
      change: without?.change ?? null,
      accuracy: accuracy(rater),
      confusion: model.defined
        ? table.categories.map((_, k) => [
            ...model.confusion.subarray(rater * q * q + k * q, rater * q * q + (k + 1) * q),
          ])
        : null,
    };
  });
  const shown = (value: number | null) => (value === null ? '' : number(value));
  output.result(
    {
      units: units.length,
      categories: table.categories,
      alpha: asJson(left.all),
      raters: rows,
      dawidSkene: model.defined
        ? {
            prevalence: [...model.prevalence],
            logLikelihood: model.logLikelihood,
            iterations: model.iterations,
            converged: model.converged,
            posterior: units.map((unit, item) => ({
              unit,
              shares: [...model.posterior.subarray(item * q, (item + 1) * q)],
            })),
          }
        : asJson(model),
    },
    [
      `${units.length} units, ${raters.length} raters; ${options.metric} alpha of all: ${left.all.defined ? number(left.all.value) : reason(left.all)}`,
      ...columnsOf(
        ['RATER', 'AGREES WITH OTHERS', 'PAIRS', 'ALPHA WITHOUT', 'CHANGE', 'ACCURACY'],
        rows.map((row) => [
          row.rater,
          shown(row.agreement),
          row.pairs,
          shown(row.alphaWithout),
          shown(row.change),
          shown(row.accuracy),
        ]),
      ),
      model.defined
        ? `Dawid and Skene: ${model.converged ? 'converged' : 'did NOT converge'} after ${model.iterations} steps; prevalence ${table.categories.map((name, k) => `${name} ${number(model.prevalence[k] ?? 0)}`).join(', ')}`
        : `Dawid and Skene: ${reason(model)}`,
    ],
  );
}

export type IntraOptions = RatingColumns & {
  metric: AlphaMetric;
  weights: 'identity' | 'linear' | 'quadratic';
  ownWeights?: string;
  confidence: number;
  first: string;
  second: string;
};

/** One rater's two rounds: two columns of the same units. */
export function statsIntra(output: Output, path: string, options: IntraOptions): void {
  const { table } = readRatings(readCsv(path), { ...options, raters: [options.first, options.second] });
  const column = (at: number) =>
    Int32Array.from({ length: table.units }, (_, unit) => table.codes[unit * 2 + at] ?? -1);
  const { metric, confidence: level } = options;
  const weights = positionWeights(table.categories, options);
  const found = intraRaterReliability(column(0), column(1), table.categories, { metric, weights, level });
  if (!found.defined) throw badFile(path, null, reason(found));
  const { percent, kappa, ac1, alpha } = found;
  const line = (name: string, figure: typeof percent | typeof kappa) => [
    name,
    figure.defined ? number(figure.value) : '',
    figure.defined ? interval(figure.interval) : '',
    reason(figure),
  ];
  output.result({ percent: asJson(percent), kappa: asJson(kappa), ac1: asJson(ac1), alpha: asJson(alpha) }, [
    ...columnsOf(
      ['FIGURE', 'VALUE', levelHeading(level), ''],
      [
        line('Percent agreement', percent),
        line("Cohen's kappa", kappa),
        line(options.weights === 'identity' && !options.ownWeights ? "Gwet's AC1" : "Gwet's AC2", ac1),
        [
          `Krippendorff's alpha, ${options.metric}`,
          alpha.defined ? number(alpha.value) : '',
          '',
          reason(alpha),
        ],
      ],
    ),
  ]);
}
