import { z } from 'zod';
import { type DawidSkene, dawidSkene, type Labels } from '../../shared/stats/dawid-skene.ts';
import type { Figure } from '../../shared/stats/figure.ts';
import { type Category, ratingsFromRows, usedCategories } from '../../shared/stats/ratings.ts';
import type { CaseInput } from './case-file.ts';
import { type Figures, firstOf, from, named } from './figures.ts';
import { tableFigures } from './rating-figures.ts';

const category = z.union([z.string(), z.number()]);
const cell = category.nullable();
const columnsSchema = z.array(z.string());

/** One label: what a rater said about an item. */
type Label = { item: Category; rater: Category; label: Category };

const columnAt = (columns: readonly string[], names: readonly string[]) =>
  columns.findIndex((column) => names.includes(column));

/** `annotations`: long records in the order of their columns. */
function labelsOfRecords(input: CaseInput): Label[] {
  const columns = columnsSchema.parse(input.columns);
  const records = z.array(z.array(cell)).parse(input.records ?? input.rows ?? input.patterns);
  const item = columnAt(columns, ['item', 'unit', 'case', 'task', 'patient', 'subject']);
  const rater = columnAt(columns, ['rater', 'annotator', 'worker', 'observer', 'judge', 'coder']);
  const label = columnAt(columns, ['label', 'value', 'category', 'rating', 'class', 'response']);
  const count = columnAt(columns, ['count', 'n', 'frequency']);
  if (item < 0 || rater < 0 || label < 0)
    throw new Error(`columns must name an item, a rater and a label, not ${columns.join(', ')}`);
  return records.flatMap((record) => {
    const [i, r, l] = [record[item], record[rater], record[label]];
    if (i == null || r == null || l == null) return [];
    return Array.from({ length: count < 0 ? 1 : Number(record[count]) }, () => ({
      item: i,
      rater: r,
      label: l,
    }));
  });
}

/** `annotation_patterns`: every column but the count is a rater; a row stands for as many items as its count says. */
function labelsOfPatterns(input: CaseInput): Label[] {
  const columns = columnsSchema.parse(input.columns);
  const patterns = z.array(z.array(cell)).parse(input.patterns ?? input.rows ?? input.records);
  const count = columnAt(columns, ['count', 'n', 'frequency']);
  const copies = patterns.flatMap((pattern) =>
    Array.from({ length: count < 0 ? 1 : Number(pattern[count]) }, () => pattern),
  );
  return copies.flatMap((pattern, item) =>
    columns.flatMap((rater, at) => {
      const label = pattern[at];
      return at === count || label == null ? [] : [{ item: item + 1, rater, label }];
    }),
  );
}

const isLong = (input: CaseInput) =>
  columnAt(columnsSchema.parse(input.columns), [
    'label',
    'value',
    'category',
    'rating',
    'class',
    'response',
  ]) >= 0;

const positionsOf = (values: readonly Category[]) => new Map(values.map((value, i) => [value, i]));

type Coded = { labels: Labels; items: Category[]; raters: Category[]; categories: Category[] };

function coded(all: readonly Label[], input: CaseInput): Coded {
  const items = usedCategories([all.map(({ item }) => item)]);
  const patternRaters = isLong(input) ? undefined : columnsSchema.parse(input.columns);
  const raters =
    patternRaters?.filter((name) => all.some(({ rater }) => rater === name)) ??
    usedCategories([all.map(({ rater }) => rater)]);
  const declared = z
    .array(category)
    .optional()
    .parse(input.labels ?? input.categories);
  const categories = declared ?? usedCategories([all.map(({ label }) => label)]);
  const [ofItem, ofRater, ofLabel] = [positionsOf(items), positionsOf(raters), positionsOf(categories)];
  const codes = (of: Map<Category, number>, value: (label: Label) => Category) =>
    Int32Array.from(all, (label) => {
      const position = of.get(value(label));
      if (position === undefined) throw new Error(`${String(value(label))} is not in its declared list`);
      return position;
    });
  const labels = {
    items: items.length,
    raters: raters.length,
    categories: categories.length,
    item: codes(ofItem, ({ item }) => item),
    rater: codes(ofRater, ({ rater }) => rater),
    label: codes(ofLabel, ({ label }) => label),
  };
  return { labels, items, raters, categories };
}

const rowsOf = (table: Float64Array, width: number): number[][] =>
  Array.from({ length: table.length / width }, (_, row) => [
    ...table.subarray(row * width, (row + 1) * width),
  ]);

function dawidSkeneFigures({ labels }: Coded): Figures {
  const q = labels.categories;
  let kept: Figure<DawidSkene> | null = null;
  const found = () => {
    kept ??= dawidSkene(labels, { tolerance: 1e-14, maxIterations: 10_000 });
    return kept;
  };
  const rates = (result: DawidSkene) => {
    const matrices = rowsOf(result.confusion, q * q);
    return matrices.map((flat) => rowsOf(Float64Array.from(flat), q));
  };
  return named({
    class_prior: () => from(found(), ({ prevalence }) => [...prevalence]),
    error_rates: () => from(found(), rates),
    item_posteriors: () => from(found(), ({ posterior }) => rowsOf(posterior, q)),
    log_likelihood: () => from(found(), ({ logLikelihood }) => logLikelihood),
    converged: () => from(found(), ({ converged }) => converged),
    n_items: () => labels.items,
    n_raters: () => labels.raters,
    n_annotations: () => labels.item.length,
  });
}

/** Units x raters of the labels, where nobody labelled an item twice. */
function agreementFigures({ labels, categories }: Coded, input: CaseInput): Figures {
  const rows = Array.from({ length: labels.items }, () => Array<Category | null>(labels.raters).fill(null));
  for (const [at, item] of labels.item.entries()) {
    const row = rows[item];
    const rater = labels.rater[at] ?? 0;
    if (!row || row[rater] !== null) return named({});
    row[rater] = categories[labels.label[at] ?? 0] ?? null;
  }
  return tableFigures(ratingsFromRows(rows, categories), input);
}

/** `annotations` and `annotation_patterns`. */
export function labelFigures(input: CaseInput): Figures {
  const found = coded(isLong(input) ? labelsOfRecords(input) : labelsOfPatterns(input), input);
  return firstOf(dawidSkeneFigures(found), agreementFigures(found, input));
}
