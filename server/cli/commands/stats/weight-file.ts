import {
  identityWeights,
  linearWeights,
  quadraticWeights,
  type Weights,
  weightsFromDisagreement,
} from '../../../../shared/stats/agreement-weights.ts';
import type { Category } from '../../../../shared/stats/ratings.ts';
import { badFile, cell, numberIn, readCsv, requireColumns } from './csv-table.ts';

/**
 * Disagreement weights from a CSV file: a first column with the categories, then a column for each of them.
 * @throws AppError `file-unreadable` where a category has no row or column, or a weight is no number or negative
 */
export function ownWeights(path: string, categories: readonly Category[]): Weights {
  const table = readCsv(path);
  const names = categories.map(String);
  requireColumns(table, names);
  const [label = ''] = table.columns;
  const rows = names.map((name) => {
    const row = table.rows.find((one) => cell(one, label) === name);
    if (!row) throw badFile(path, null, `there is no line for the category "${name}" in column ${label}.`);
    return names.map((other) => {
      const weight = numberIn(table, row, other);
      if (weight >= 0) return weight;
      throw badFile(path, row.line, `the weight ${weight} is negative; 0 is full agreement.`);
    });
  });
  return weightsFromDisagreement(rows);
}

/** Weights by the position of the categories, or a file's own. */
export function positionWeights(
  categories: readonly Category[],
  { weights, ownWeights: path }: { weights: 'identity' | 'linear' | 'quadratic'; ownWeights?: string },
): Weights {
  if (path !== undefined) return ownWeights(path, categories);
  const kinds = { identity: identityWeights, linear: linearWeights, quadratic: quadraticWeights };
  return kinds[weights](categories.length);
}
