import { type Category, type Ratings, ratingsFromRows } from '../../../../shared/stats/ratings.ts';
import { badFile, type CsvRow, type CsvTable, cell, requireColumns } from './csv-table.ts';

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

/** A number where every category is one, else the text itself. */
function categoriesOf(
  texts: readonly string[],
  declared: readonly string[] | undefined,
): Map<string, Category> {
  const used = declared ?? [...new Set(texts)].sort();
  const areNumbers = used.every((text) => Number.isFinite(Number(text)));
  const values = used.map((text): [string, Category] => [text, areNumbers ? Number(text) : text]);
  return new Map(values);
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

const placesOf = (names: readonly string[]) => new Map(names.map((name, at) => [name, at]));

/** @throws AppError `file-unreadable` for a missing column, a value outside the categories or a unit rated twice by one rater */
export function readRatings(table: CsvTable, columns: RatingColumns): NamedRatings {
  const cells = columns.raters ? wideCells(table, columns.raters) : longCells(table, columns);
  const rated = cells.filter(({ text }) => !blanks.has(text));
  const categories = categoriesOf(
    rated.map(({ text }) => text),
    columns.categories,
  );
  const units = [...new Set(cells.map(({ unit }) => unit))];
  const raters = columns.raters ?? [...new Set(cells.map(({ rater }) => rater))].sort();
  const [unitAt, raterAt] = [placesOf(units), placesOf(raters)];
  const rows: (Category | null)[][] = units.map(() => raters.map(() => null));
  for (const { unit, rater, text, row } of rated) {
    const value = categories.get(text);
    if (value === undefined)
      throw badFile(
        table.path,
        row.line,
        `"${text}" is not one of the categories ${[...categories.keys()].join(', ')}. Mend it, or add it to --categories.`,
      );
    const place = rows[unitAt.get(unit) ?? -1];
    const column = raterAt.get(rater) ?? -1;
    if (!place) continue;
    if (place[column] !== null)
      throw badFile(table.path, row.line, `${rater} has rated ${unit} before. Keep one of the two ratings.`);
    place[column] = value;
  }
  const order = [...categories.values()];
  if (columns.categories === undefined && order.every((value) => typeof value === 'number'))
    order.sort((a, b) => Number(a) - Number(b));
  return { table: ratingsFromRows(rows, order), units, raters, rows };
}
