import { z } from 'zod';

const columnsSchema = z.array(z.string());
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export type Field = z.infer<typeof cell>;
export type Row = Record<string, Field>;

/** Rows by column name, whether they come as lists in the order of `columns` or as objects. */
export function rowsOf(given: unknown, columns: unknown): Row[] {
  const objects = z.array(z.record(z.string(), cell)).safeParse(given);
  if (objects.success) return objects.data;
  const names = columnsSchema.parse(columns);
  return z
    .array(z.array(cell))
    .parse(given)
    .map((row) => {
      if (row.length > names.length)
        throw new Error(`a row of ${row.length} values does not fit the columns ${names.join(', ')}`);
      return Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]));
    });
}

/** The first of these fields that the row has. */
export const fieldOf = (row: Row, names: readonly string[]): Field | undefined =>
  names.map((name) => row[name]).find((value) => value !== undefined);

export function numberOf(row: Row, names: readonly string[]): number {
  const value = fieldOf(row, names);
  const number = value === null || value === undefined || value === '' ? Number.NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw new Error(`a row has ${JSON.stringify(value) ?? 'nothing'} for ${names[0]}, which is no number`);
}

/** How many times a row stands for something; once where it does not say. */
export function countOf(row: Row): number {
  const names = ['count', 'n', 'frequency', 'freq'];
  if (fieldOf(row, names) === undefined) return 1;
  const count = numberOf(row, names);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new Error(`a row is there ${count} times, which cannot be`);
}
