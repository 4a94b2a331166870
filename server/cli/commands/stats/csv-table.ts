import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../../../shared/errors.ts';
import { callersPath } from '../../session.ts';

/** One row of a CSV file: its cells in the order of the columns, whose places all rows share, and the line it stands on. */
export type CsvRow = { line: number; cells: readonly string[]; places: ReadonlyMap<string, number> };
export type CsvTable = {
  path: string;
  columns: readonly string[];
  rows: readonly CsvRow[];
  /** Files with semicolons or tabs come from places that write 3,5 for 3.5. */
  decimalComma: boolean;
};

/** What is wrong with a file, in one sentence with the line. */
export const badFile = (path: string, line: number | null, what: string): AppError =>
  new AppError('file-unreadable', { message: `${path}${line === null ? '' : `, line ${line}`}: ${what}` });

function textOf(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(callersPath(path)));
  } catch (cause) {
    const isEncoding = cause instanceof TypeError;
    const what = isEncoding
      ? 'the file is not UTF-8. Save it as UTF-8 and try again.'
      : 'the file cannot be read. Check its path.';
    throw badFile(path, null, what);
  }
}

/** What stands between the cells: whatever the first line has most of, outside quotes. */
function delimiterOf(text: string): string {
  const head = (text.replace(/^[\uFEFF\s]+/, '').split(/\r?\n|\r/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => head.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

type Line = { line: number; cells: string[] };

/** Records with the line each ends on: a cell in quotes may run over several. */
function recordsOf(path: string, text: string, delimiter: string): Line[] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: false,
      // The parser keeps whatever this gives; its types allow only other lists of cells.
      on_record: ((cells: string[], { lines }: { lines: number }): Line => ({
        line: lines,
        cells,
      })) as unknown as (cells: string[]) => string[],
    }) as unknown as Line[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : null;
    throw badFile(
      path,
      line,
      'the line has more or fewer cells than the first line, or a quote is not closed. Mend it and try again.',
    );
  }
}

/** Reads a CSV file with a head line. @throws AppError `file-unreadable` with the file, the line and what to do */
export function readCsv(path: string): CsvTable {
  const text = textOf(path);
  const delimiter = delimiterOf(text);
  const [head, ...lines] = recordsOf(path, text, delimiter);
  if (!head) throw badFile(path, null, 'the file is empty. Its first line must name the columns.');
  if (lines.length === 0)
    throw badFile(path, null, 'there is no line under the head line, so there is nothing to compute.');
  const columns = head.cells;
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined)
    throw badFile(path, 1, `the column "${twice}" is there twice. Rename one of them.`);
  const places = new Map(columns.map((name, at) => [name, at]));
  const rows = lines.map(({ line, cells }) => ({ line, cells, places }));
  return { path, columns, rows, decimalComma: delimiter !== ',' };
}

/** @throws AppError `file-unreadable` unless the columns are there */
export function requireColumns({ path, columns }: CsvTable, names: readonly string[]): void {
  const missing = names.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  const wanted = missing.map((name) => `"${name}"`).join(' and ');
  throw badFile(
    path,
    1,
    `there is no column ${wanted}; the columns are ${columns.join(', ')}. Name yours with the options.`,
  );
}

export const cell = ({ cells, places }: CsvRow, column: string): string =>
  cells[places.get(column) ?? -1] ?? '';

/** The number a text stands for, NaN where it is none. */
export function numberFrom(text: string, decimalComma: boolean): number {
  const plain = decimalComma && /^-?\d+,\d+$/.test(text) ? text.replace(',', '.') : text;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** The number in a cell. @throws AppError `file-unreadable` when it is none */
export function numberIn(table: CsvTable, row: CsvRow, column: string): number {
  const text = cell(row, column);
  const value = numberFrom(text, table.decimalComma);
  if (Number.isFinite(value)) return value;
  throw badFile(table.path, row.line, `"${text}" in column ${column} is not a number.`);
}

/** Rows by the value of a column, in order of appearance; all under one empty name without a column. */
export function groupedBy(table: CsvTable, column: string | undefined): [name: string, table: CsvTable][] {
  if (column === undefined) return [['', table]];
  requireColumns(table, [column]);
  const groups = new Map<string, CsvRow[]>();
  for (const row of table.rows) {
    const name = cell(row, column);
    const known = groups.get(name);
    if (known) known.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].map(([name, rows]) => [name, { ...table, rows }]);
}
