import { z } from 'zod';
import { type DawidSkene, dawidSkene, type Labels } from '../../shared/stats/dawid-skene.ts';
import type { Figure } from '../../shared/stats/figure.ts';
import { type Category, ratingsFromRows, usedCategories } from '../../shared/stats/ratings.ts';
import type { CaseInput } from './case-file.ts';
import { EitherOf } from './compare.ts';
import { type Figures, firstOf, from, named, unknownKey } from './figures.ts';
import { tableFigures } from './rating-figures.ts';
import { countOf, type Field, fieldOf, type Row, rowsOf } from './rows.ts';

const category = z.union([z.string(), z.number(), z.boolean().transform(String)]);

/** One label: what a rater said about an item. */
type Label = { item: Category; rater: Category; label: Category };

const itemNames = ['item', 'unit', 'case', 'task', 'patient', 'subject'];
const raterNames = ['rater', 'annotator', 'worker', 'observer', 'judge', 'coder'];
const labelNames = ['label', 'value', 'category', 'rating', 'class', 'response'];
const countNames = ['count', 'n', 'frequency', 'freq'];

const labelOf = (value: Field | undefined): Category | null =>
  value === null || value === undefined ? null : typeof value === 'boolean' ? String(value) : value;

/** `annotations`: long records in the order of their columns; one without a label is missing. */
function labelsOfRecords(rows: readonly Row[]): Label[] {
  return rows.flatMap((row) => {
    const [item, rater] = [labelOf(fieldOf(row, itemNames)), labelOf(fieldOf(row, raterNames))];
    if (item === null || rater === null)
      throw new Error(`a record must name an item and a rater; it has ${Object.keys(row).join(', ')}`);
    const label = labelOf(fieldOf(row, labelNames));
    return label === null ? [] : Array.from({ length: countOf(row) }, () => ({ item, rater, label }));
  });
}

/** `annotation_patterns`: every column but the count is a rater; a row stands for as many items as its count says. */
function labelsOfPatterns(rows: readonly Row[]): Label[] {
  const copies = rows.flatMap((row) => Array.from({ length: countOf(row) }, () => row));
  return copies.flatMap((row, item) =>
    Object.entries(row).flatMap(([rater, value]) => {
      const label = labelOf(value);
      return countNames.includes(rater) || label === null ? [] : [{ item: item + 1, rater, label }];
    }),
  );
}

const recordsIn = (input: CaseInput) =>
  rowsOf(input.records ?? input.patterns ?? input.rows ?? input.annotations, input.columns);

const isLong = (rows: readonly Row[]) => rows.some((row) => fieldOf(row, labelNames) !== undefined);

const positionsOf = (values: readonly Category[]) => new Map(values.map((value, i) => [value, i]));

type Coded = { labels: Labels; items: Category[]; raters: Category[]; categories: Category[] };

const listed = (given: unknown): Category[] | undefined =>
  z.array(category).optional().catch(undefined).parse(given);

function coded(all: readonly Label[], raterOrder: readonly string[] | null, input: CaseInput): Coded {
  const items = listed(input.items) ?? usedCategories([all.map(({ item }) => item)]);
  const used = usedCategories([all.map(({ rater }) => rater)]);
  const raters = listed(input.raters) ?? raterOrder?.filter((name) => used.includes(name)) ?? used;
  const categories =
    listed(input.labels) ?? listed(input.categories) ?? usedCategories([all.map(({ label }) => label)]);
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

const rowsOfTable = (table: Float64Array, width: number): number[][] =>
  Array.from({ length: table.length / width }, (_, row) => [
    ...table.subarray(row * width, (row + 1) * width),
  ]);

/** Posteriors of all items, and one for each pattern where items came as patterns. */
function posteriorForms(posterior: Float64Array, q: number, copies: readonly number[] | null): unknown {
  const all = rowsOfTable(posterior, q);
  if (!copies) return all;
  let at = 0;
  const patterns = copies.map((count) => {
    const first = count === 0 ? null : all[at];
    at += count;
    return first ?? null;
  });
  return new EitherOf(all, patterns);
}

const iterationsSchema = z.looseObject({ max_iterations: z.number().int().min(1).default(10_000) });

function dawidSkeneFigures({ labels }: Coded, copies: readonly number[] | null, input: CaseInput): Figures {
  const q = labels.categories;
  const { max_iterations: maxIterations } = iterationsSchema.parse(input);
  let kept: Figure<DawidSkene> | null = null;
  const found = () => {
    kept ??= dawidSkene(labels, { tolerance: 1e-14, maxIterations });
    return kept;
  };
  const rates = (result: DawidSkene) => {
    const matrices = rowsOfTable(result.confusion, q * q);
    return matrices.map((flat) => rowsOfTable(Float64Array.from(flat), q));
  };
  return named({
    class_prior: () => from(found(), ({ prevalence }) => [...prevalence]),
    error_rates: () => from(found(), rates),
    item_posteriors: () => from(found(), ({ posterior }) => posteriorForms(posterior, q, copies)),
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
    if (!row || row[rater] !== null) return () => unknownKey;
    row[rater] = categories[labels.label[at] ?? 0] ?? null;
  }
  return tableFigures(ratingsFromRows(rows, categories), input);
}

/** `annotations` and `annotation_patterns`. */
export function labelFigures(input: CaseInput): Figures {
  const rows = recordsIn(input);
  const long = isLong(rows);
  const columns = Object.keys(rows[0] ?? {});
  const found = coded(long ? labelsOfRecords(rows) : labelsOfPatterns(rows), long ? null : columns, input);
  const copies = long ? null : rows.map(countOf);
  return firstOf(dawidSkeneFigures(found, copies, input), agreementFigures(found, input));
}
