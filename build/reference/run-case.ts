import type { CaseInput, ReferenceCase } from './case-file.ts';
import { differenceOf } from './compare.ts';
import { type Figures, unknownKey } from './figures.ts';
import { labelFigures } from './label-figures.ts';
import {
  gameFigures,
  homeAwayFigures,
  judgementFigures,
  pairwiseFigures,
  winTieLossFigures,
} from './pairwise-figures.ts';
import {
  meanEquivalenceFigures,
  pairedMeanEquivalenceFigures,
  pairedTableFigures,
  pairedValueFigures,
  proportionEquivalenceFigures,
  proportionFigures,
  proportionsFigures,
  twoProportionEquivalenceFigures,
} from './proportion-figures.ts';
import { categoryCountFigures, contingencyFigures, ratingFigures } from './rating-figures.ts';

/** Every kind of input, and what makes its figures. */
const kinds: Record<string, (input: CaseInput) => Figures> = {
  ratings: ratingFigures,
  contingency: contingencyFigures,
  category_counts: categoryCountFigures,
  annotations: labelFigures,
  annotation_patterns: labelFigures,
  pairwise_counts: pairwiseFigures,
  home_away_counts: homeAwayFigures,
  ordered_games: gameFigures,
  judgements: judgementFigures,
  judgements_patterns: judgementFigures,
  win_tie_loss: winTieLossFigures,
  proportion: proportionFigures,
  proportions: proportionsFigures,
  paired_2x2: pairedTableFigures,
  paired_values: pairedValueFigures,
  mean_equivalence: meanEquivalenceFigures,
  paired_mean_equivalence: pairedMeanEquivalenceFigures,
  proportion_equivalence: proportionEquivalenceFigures,
  two_proportion_equivalence: twoProportionEquivalenceFigures,
};

const relativeKeys = /^(?:half_ties_|home_model_)?log_(?:ability|worth)$/;

/** The item whose wanted log ability is 0: the others are relative to it. Null where the first listed one is. */
function referenceItem(wanted: ReferenceCase['wanted']): string | null {
  const relative = wanted.find(({ key }) => relativeKeys.test(key))?.value;
  if (typeof relative !== 'object' || relative === null) return null;
  return Object.entries(relative).find(([, value]) => value === 0)?.[0] ?? null;
}

/** What is wrong with a case, a line each; an empty list means every figure was reproduced. */
export function runCase({ input, wanted }: ReferenceCase): string[] {
  const figuresOf = Object.hasOwn(kinds, input.kind) ? kinds[input.kind] : undefined;
  if (!figuresOf) return [`input.kind "${input.kind}" is unknown`];
  const reference = referenceItem(wanted);
  const figures = figuresOf(reference === null ? input : { reference, ...input });
  return wanted.flatMap(({ key, list, value, tolerance }) => {
    const got = figures(key);
    if (got === unknownKey) return [`${list}.${key} is an unknown key for "${input.kind}"`];
    const difference = differenceOf(value, got, tolerance);
    return difference === null ? [] : [`${list}.${key}: ${difference}`];
  });
}
