import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { AppError } from '../../../../shared/errors.ts';
import { callersPath } from '../../session.ts';

/** One row of a CSV file: its cells by column name, and the line it stands on. */
export type CsvRow = { line: number; cells: ReadonlyMap<string, string> };
export type CsvTable = { path: string; columns: readonly string[]; rows: readonly CsvRow[] };

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

/** Records with the line each ends on: a cell in quotes may run over several. */
function recordsOf(path: string, text: string): { record: string[]; info: { lines: number } }[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: false,
    }) as unknown as { record: string[]; info: { lines: number } }[];
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
  const [head, ...records] = recordsOf(path, textOf(path));
  if (!head) throw badFile(path, null, 'the file is empty. Its first line must name the columns.');
  if (records.length === 0)
    throw badFile(path, null, 'there is no line under the head line, so there is nothing to compute.');
  const twice = head.record.find((name, at) => head.record.indexOf(name) !== at);
  if (twice !== undefined)
    throw badFile(path, 1, `the column "${twice}" is there twice. Rename one of them.`);
  const rows = records.map(({ record, info }) => ({
    line: info.lines,
    cells: new Map(head.record.map((name, at) => [name, record[at] ?? ''])),
  }));
  return { path, columns: head.record, rows };
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

export const cell = ({ cells }: CsvRow, column: string): string => cells.get(column) ?? '';

/** The number in a cell. @throws AppError `file-unreadable` when it is none */
export function numberIn(table: CsvTable, row: CsvRow, column: string): number {
  const text = cell(row, column);
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
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
