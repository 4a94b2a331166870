export type Category = string | number;

/**
 * Units x raters, built once: row by row the position of each rating in `categories`, -1 where it is missing.
 * The categories are declared, not guessed: one that nobody used still counts.
 */
export type Ratings = {
  readonly units: number;
  readonly raters: number;
  readonly codes: Int32Array;
  readonly categories: readonly Category[];
};

export const missing = -1;

/** @throws RangeError when the table's size does not fit its codes, or a code is no category */
export function ratings(
  units: number,
  raters: number,
  codes: Int32Array,
  categories: readonly Category[],
): Ratings {
  if (codes.length !== units * raters)
    throw new RangeError(`${codes.length} ratings do not make ${units} units of ${raters} raters`);
  for (const code of codes)
    if (code < missing || code >= categories.length) throw new RangeError(`there is no category ${code}`);
  return { units, raters, codes, categories };
}

const byValue = (a: Category, b: Category) =>
  typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;

/** The values that occur, in ascending order: for data whose categories nobody declared. */
export const usedCategories = (rows: readonly (readonly (Category | null)[])[]): Category[] =>
  [...new Set(rows.flat())].filter((value) => value !== null).sort(byValue);

/** One row for each unit, one column for each rater, null where missing. @throws RangeError for a value that is no category */
export function ratingsFromRows(
  rows: readonly (readonly (Category | null)[])[],
  categories: readonly Category[] = usedCategories(rows),
): Ratings {
  const raters = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const positions = new Map(categories.map((category, i) => [category, i]));
  const codes = new Int32Array(rows.length * raters).fill(missing);
  for (const [unit, row] of rows.entries())
    for (const [rater, value] of row.entries()) {
      if (value === null) continue;
      const code = positions.get(value);
      if (code === undefined) throw new RangeError(`${JSON.stringify(value)} is not one of the categories`);
      codes[unit * raters + rater] = code;
    }
  return { units: rows.length, raters, codes, categories };
}

/** @throws RangeError unless every row has one count, whole and not negative, for each category */
function requireCounts(rows: readonly (readonly number[])[], categories: readonly Category[]): void {
  for (const [at, row] of rows.entries()) {
    if (row.length !== categories.length)
      throw new RangeError(`row ${at + 1} has ${row.length} counts for ${categories.length} categories`);
    const wrong = row.find((count) => !(Number.isInteger(count) && count >= 0));
    if (wrong !== undefined) throw new RangeError(`row ${at + 1} has ${wrong}, which counts nothing`);
  }
}

/** Two raters' cross table: `table[i][j]` units were put into category i by the first and j by the second. @throws RangeError for what is no square table of counts */
export function ratingsFromTable(
  table: readonly (readonly number[])[],
  categories: readonly Category[],
): Ratings {
  requireCounts(table, categories);
  if (table.length !== categories.length)
    throw new RangeError(`${table.length} rows do not make a cross table of ${categories.length} categories`);
  const units = table.reduce((sum, row) => sum + row.reduce((all, count) => all + count, 0), 0);
  const codes = new Int32Array(units * 2);
  let at = 0;
  for (const [i, row] of table.entries())
    for (const [j, count] of row.entries())
      for (let copy = 0; copy < count; copy++) {
        codes[at++] = i;
        codes[at++] = j;
      }
  return { units, raters: 2, codes, categories };
}

/** `counts[unit][category]` ratings by raters whose identity is unknown: the columns then name nobody. @throws RangeError for what is no table of counts */
export function ratingsFromCounts(
  counts: readonly (readonly number[])[],
  categories: readonly Category[],
): Ratings {
  requireCounts(counts, categories);
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const raters = Math.max(0, ...totals);
  const codes = new Int32Array(counts.length * raters).fill(missing);
  for (const [unit, row] of counts.entries()) {
    let at = unit * raters;
    for (const [code, count] of row.entries()) {
      codes.fill(code, at, at + count);
      at += count;
    }
  }
  return { units: counts.length, raters, codes, categories };
}

/** The columns of some raters, in the order asked for. @throws RangeError for a rater the table does not have */
export function onlyRaters(table: Ratings, chosen: readonly number[]): Ratings {
  const stranger = chosen.find((rater) => !(Number.isInteger(rater) && rater >= 0 && rater < table.raters));
  if (stranger !== undefined) throw new RangeError(`there is no rater ${stranger} of ${table.raters}`);
  const codes = new Int32Array(table.units * chosen.length);
  for (let unit = 0; unit < table.units; unit++)
    for (const [column, rater] of chosen.entries())
      codes[unit * chosen.length + column] = table.codes[unit * table.raters + rater] ?? missing;
  return { ...table, raters: chosen.length, codes };
}

/** The numbers the categories stand for: themselves when all are numbers, else their positions from 1. */
export function categoryValues(categories: readonly Category[]): Float64Array {
  const areNumbers = categories.every((category) => typeof category === 'number');
  return Float64Array.from(categories, (category, i) => (areNumbers ? Number(category) : i + 1));
}

/** How many of each category each unit has, row by row: units x categories. */
export function countByUnit({ units, raters, codes, categories }: Ratings): Int32Array {
  const counts = new Int32Array(units * categories.length);
  let at = 0;
  for (let unit = 0; unit < units; unit++) {
    const row = unit * categories.length;
    for (let rater = 0; rater < raters; rater++) {
      const code = codes[at++] as number; // at runs within the table
      if (code >= 0) counts[row + code] = (counts[row + code] as number) + 1;
    }
  }
  return counts;
}
