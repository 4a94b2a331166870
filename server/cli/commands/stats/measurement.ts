import { type FTest, intraclassCorrelations } from '../../../../shared/stats/icc.ts';
import { kendallW } from '../../../../shared/stats/kendall-w.ts';
import { table as columnsOf, type Output } from '../../output.ts';
import { badFile, readCsv } from './csv-table.ts';
import { asJson, interval, levelHeading, number, p, reason } from './figure-words.ts';
import { type RatingColumns, readRatings } from './rating-file.ts';

export type MeasurementOptions = RatingColumns & { confidence: number };

const testWords = (name: string, { f, df1, df2, p: of }: FTest) =>
  `${name} F(${df1}, ${df2}) = ${f === null ? 'infinite: nothing but the units differs' : number(f)}, p ${p(of)}`;

/** Intraclass correlations and concordance of ratings that are numbers. */
export function statsMeasurement(output: Output, path: string, options: MeasurementOptions): void {
  const { rows, units, raters, table } = readRatings(readCsv(path), options);
  const word = table.categories.find((category) => typeof category !== 'number');
  if (word !== undefined)
    throw badFile(path, null, `"${word}" is not a number; these figures need numbers in every rating.`);
  const values = rows.map((row) => row.map((value) => (value === null ? null : Number(value))));
  const icc = intraclassCorrelations(values, options.confidence);
  const w = kendallW(values);
  const forms = icc.defined ? Object.entries(icc.forms) : [];
  output.result({ units: units.length, raters, intraclass: asJson(icc), concordance: asJson(w) }, [
    `${units.length} units, ${raters.length} raters${icc.defined && icc.units < units.length ? `; ${icc.units} units rated by all are used` : ''}`,
    ...columnsOf(
      ['FIGURE', 'VALUE', levelHeading(options.confidence)],
      forms.map(([form, found]) => [
        `ICC(${form})`,
        found.value === null ? '' : number(found.value),
        interval(found.interval),
      ]),
    ),
    ...(icc.defined
      ? [testWords('One-way', icc.oneWay), testWords('Two-way', icc.twoWay)]
      : [`Intraclass correlation: ${reason(icc)}`]),
    w.defined
      ? `Kendall's W = ${number(w.value)}, chi-squared(${w.df}) = ${number(w.chiSquared)}, p ${p(w.p)}`
      : `Kendall's W: ${reason(w)}`,
  ]);
}
