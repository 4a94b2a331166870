import { type Category, type Ratings, ratingsFromRows } from '../../../../shared/stats/ratings.ts';
import { badFile, type CsvRow, type CsvTable, cell, numberFrom, requireColumns } from './csv-table.ts';

/** Where ratings stand: in one column a line each (long), or in a column for each rater (wide). */
export type RatingColumns = {
  unit: string;
  rater: string;
  value: string;
  /** Wide: the columns of the raters. */
  raters?: readonly string[];
  /** Declared, in their order; without them the values that occur, in ascending order. */
  categories?: readonly string[];
};

/** Ratings with the names behind their positions. */
export type NamedRatings = {
  table: Ratings;
  units: readonly string[];
  raters: readonly string[];
  /** Units x raters, null where missing. */
  rows: readonly (readonly (Category | null)[])[];
};

/** What stands for "no rating". */
const blanks = new Set(['', 'NA', 'na', 'null', '*']);

type Categories = { order: readonly Category[]; meant: (text: string) => Category | undefined };

/** Numbers where every category is one, so that 1 and 1.0 are the same; else the texts themselves. */
function categoriesOf(
  texts: readonly string[],
  declared: readonly string[] | undefined,
  decimalComma: boolean,
): Categories {
  const used = [...new Set(declared ?? texts)];
  const numberIn = (text: string) => numberFrom(text, decimalComma);
  const areNumbers = used.every((text) => Number.isFinite(numberIn(text)));
  const values: Category[] = areNumbers ? [...new Set(used.map(numberIn))] : used;
  if (!declared) values.sort((a, b) => (areNumbers ? Number(a) - Number(b) : String(a) < String(b) ? -1 : 1));
  const known = new Set(values);
  const meant = (text: string) => {
    const value = areNumbers ? numberIn(text) : text;
    return known.has(value) ? value : undefined;
  };
  return { order: values, meant };
}

type Cell = { unit: string; rater: string; text: string; row: CsvRow };

function longCells(table: CsvTable, columns: RatingColumns): Cell[] {
  requireColumns(table, [columns.unit, columns.rater, columns.value]);
  return table.rows.map((row) => ({
    unit: cell(row, columns.unit),
    rater: cell(row, columns.rater),
    text: cell(row, columns.value),
    row,
  }));
}

function wideCells(table: CsvTable, raters: readonly string[]): Cell[] {
  requireColumns(table, raters);
  // Each line is a unit of its own, whatever it is called.
  return table.rows.flatMap((row) =>
    raters.map((rater) => ({ unit: `line ${row.line}`, rater, text: cell(row, rater), row })),
  );
}

const cellsOf = (table: CsvTable, columns: RatingColumns) =>
  columns.raters ? wideCells(table, columns.raters) : longCells(table, columns);

const textsOf = (cells: readonly Cell[]) => cells.map(({ text }) => text).filter((text) => !blanks.has(text));

/** The columns with the categories of a whole file declared, so that each part of it is measured with the same ones. */
export function withCategories<T extends RatingColumns>(table: CsvTable, columns: T): T {
  if (columns.categories) return columns;
  const { order } = categoriesOf(textsOf(cellsOf(table, columns)), undefined, table.decimalComma);
  return { ...columns, categories: order.map(String) };
}

const placesOf = (names: readonly string[]) => new Map(names.map((name, at) => [name, at]));

/** @throws AppError `file-unreadable` for a missing column, a value outside the categories or a unit rated twice by one rater */
export function readRatings(table: CsvTable, columns: RatingColumns): NamedRatings {
  const cells = cellsOf(table, columns);
  for (const { unit, rater, row } of cells)
    if (unit === '' || rater === '')
      throw badFile(
        table.path,
        row.line,
        `column ${unit === '' ? columns.unit : columns.rater} is empty. Name the ${unit === '' ? 'unit' : 'rater'}.`,
      );
  const rated = cells.filter(({ text }) => !blanks.has(text));
  const { order, meant } = categoriesOf(textsOf(cells), columns.categories, table.decimalComma);
  const units = [...new Set(cells.map(({ unit }) => unit))];
  const raters = columns.raters ?? [...new Set(cells.map(({ rater }) => rater))].sort();
  const [unitAt, raterAt] = [placesOf(units), placesOf(raters)];
  const rows: (Category | null)[][] = units.map(() => raters.map(() => null));
  for (const { unit, rater, text, row } of rated) {
    const value = meant(text);
    if (value === undefined)
      throw badFile(
        table.path,
        row.line,
        `"${text}" is not one of the categories ${order.join(', ')}. Mend it, or add it to --categories.`,
      );
    const place = rows[unitAt.get(unit) ?? -1];
    const column = raterAt.get(rater) ?? -1;
    if (!place) continue;
    if (place[column] !== null)
      throw badFile(table.path, row.line, `${rater} has rated ${unit} before. Keep one of the two ratings.`);
    place[column] = value;
  }
  return { table: ratingsFromRows(rows, order), units, raters, rows };
}
