import type { CaseInput, ReferenceCase, WantedFigure } from './case-file.ts';
import { differenceOf } from './compare.ts';
import { equivalenceFigures } from './equivalence-figures.ts';
import { type Figures, unknownKey } from './figures.ts';
import { judgementFigures, winTieLossFigures } from './judgement-figures.ts';
import { labelFigures } from './label-figures.ts';
import { gameFigures, pairwiseFigures } from './pairwise-figures.ts';
import {
  pairedTableFigures,
  pairedValueFigures,
  proportionFigures,
  proportionsFigures,
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
  home_away_counts: pairwiseFigures,
  ordered_games: gameFigures,
  judgements: judgementFigures,
  judgements_patterns: judgementFigures,
  win_tie_loss: winTieLossFigures,
  proportion: proportionFigures,
  proportions: proportionsFigures,
  paired_2x2: pairedTableFigures,
  paired_values: pairedValueFigures,
};

/** What makes the figures of a kind; every `..._equivalence` is told apart by the numbers it names. */
function figuresFor(kind: string): ((input: CaseInput) => Figures) | undefined {
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  return kind.endsWith('_equivalence') ? equivalenceFigures : undefined;
}

const relativeKeys = /^(?:half_ties_|home_model_)?log_(?:ability|worth)$/;

/** The item whose wanted log ability is 0: the others are relative to it. Null where the first listed one is. */
function referenceItem(wanted: ReferenceCase['wanted']): string | null {
  const relative = wanted.find(({ key }) => relativeKeys.test(key))?.value;
  if (typeof relative !== 'object' || relative === null) return null;
  return Object.entries(relative).find(([, value]) => value === 0)?.[0] ?? null;
}

/** What is wrong with one figure; null when it was reproduced. */
function problemOf(
  figures: Figures,
  { key, list, value, tolerance }: WantedFigure,
  kind: string,
): string | null {
  try {
    const got = figures(key);
    if (got === unknownKey) return `${list}.${key} is an unknown key for "${kind}"`;
    const difference = differenceOf(value, got, tolerance);
    return difference === null ? null : `${list}.${key}: ${difference}`;
  } catch (error) {
    return `${list}.${key}: cannot be computed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What is wrong with a case, a line each; an empty list means every figure was reproduced. @throws Error for an input that cannot be read */
export function runCase({ input, wanted }: ReferenceCase): string[] {
  const figuresOf = figuresFor(input.kind);
  if (!figuresOf) return [`input.kind "${input.kind}" is unknown`];
  const reference = referenceItem(wanted);
  const figures = figuresOf(reference === null ? input : { reference, ...input });
  return wanted.flatMap((figure) => problemOf(figures, figure, input.kind) ?? []);
}
