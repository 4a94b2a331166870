import { type IccForm, intraclassCorrelations } from '../../shared/stats/icc.ts';
import { kendallW } from '../../shared/stats/kendall-w.ts';
import type { Ratings } from '../../shared/stats/ratings.ts';
import { type Figures, firstOf, from, levelOf, named, unknownKey } from './figures.ts';

/** Units x raters as numbers; null where a category is none. */
function numericRows({ units, raters, codes, categories }: Ratings): (number | null)[][] | null {
  if (!categories.every((value) => typeof value === 'number')) return null;
  const at = (place: number) => categories[codes[place] ?? -1] ?? null;
  return Array.from({ length: units }, (_, unit) =>
    Array.from({ length: raters }, (__, rater) => at(unit * raters + rater) as number | null),
  );
}

const formNames = ['1_1', '2_1', '3_1', '1_k', '2_k', '3_k'] as const;

/** Intraclass correlations and Kendall's W: of numbers, not of categories. */
export function measurementFigures(table: Ratings | null): Figures {
  const values = table && numericRows(table);
  if (!values) return () => unknownKey;
  const icc = (level?: number) => intraclassCorrelations(values, level);
  const w = () => kendallW(values);
  const form = (name: string) => name.replace('_', ',') as IccForm;
  const forms = Object.fromEntries(
    formNames.map((name) => [
      `icc_${name}`,
      () => from(icc(), ({ forms: found }) => found[form(name)].value),
    ]),
  );
  const intervals: Figures = (key) => {
    const [, word = '', name = ''] = /^(ci\d\d)_([123]_[1k])$/.exec(key) ?? [];
    const level = levelOf(word);
    return level === null ? unknownKey : from(icc(level), ({ forms: found }) => found[form(name)].interval);
  };
  const others = named({
    ...forms,
    f_1: () => from(icc(), ({ oneWay }) => oneWay.f),
    f_2: () => from(icc(), ({ twoWay }) => twoWay.f),
    p_1: () => from(icc(), ({ oneWay }) => oneWay.p),
    p_2: () => from(icc(), ({ twoWay }) => twoWay.p),
    df1: () => from(icc(), ({ oneWay }) => oneWay.df1),
    df2_oneway: () => from(icc(), ({ oneWay }) => oneWay.df2),
    df2_twoway: () => from(icc(), ({ twoWay }) => twoWay.df2),
    kendall_w: () => from(w(), ({ value }) => value),
    kendall_w_uncorrected: () => from(w(), ({ uncorrected }) => uncorrected),
    kendall_w_chi2: () => from(w(), ({ chiSquared }) => chiSquared),
    kendall_w_df: () => from(w(), ({ df }) => df),
    kendall_w_p: () => from(w(), ({ p }) => p),
  });
  return firstOf(others, intervals);
}
