import type { ImportProblem } from '../../shared/contract/imports.ts';
import { AppError } from '../../shared/errors.ts';

/** Where a command's words go; tests of the commands read the real streams of a real process. */
export type Output = {
  json: boolean;
  /** The command's result: one JSON document, or these lines for people. */
  result: (value: unknown, lines: readonly string[]) => void;
  /** A remark for people, on stderr; nothing with --json. */
  note: (line: string) => void;
  /** A line on a terminal that the next one replaces. */
  progress: (line: string) => void;
  endProgress: () => void;
};

export function startOutput(json: boolean): Output {
  const isTerminal = process.stderr.isTTY === true && !json;
  let shown = false;
  const endProgress = () => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    json,
    result(value, lines) {
      endProgress();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
    },
    note(line) {
      endProgress();
      if (!json) process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (!isTerminal) return;
      process.stderr.write(`\r\u001b[K${line}`);
      shown = true;
    },
    endProgress,
  };
}

type Cell = string | number | null;

/** Columns as wide as their widest cell, two blanks apart; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const text = (cell: Cell | undefined) => (cell === null || cell === undefined ? '-' : String(cell));
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => text(row[i]).length)));
  const isNumber = head.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const line = (cells: readonly Cell[]) =>
    head
      .map((_, i) =>
        isNumber[i] ? text(cells[i]).padStart(widths[i] ?? 0) : text(cells[i]).padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

export const plural = (count: number, noun: string) =>
  `${count.toLocaleString('en-GB')} ${noun}${count === 1 ? '' : 's'}`;

/** `line 12, responses[1].text: is missing -> add the text of the answer` */
export function problemLine({ line, field, problem, fix }: ImportProblem): string {
  return `line ${line}${field === '' ? '' : `, ${field}`}: ${problem} -> ${fix}`;
}

function isReportWithProblems(details: unknown): details is { refused: number; problems: ImportProblem[] } {
  return (
    typeof details === 'object' &&
    details !== null &&
    'problems' in details &&
    Array.isArray(details.problems)
  );
}

function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${causes(error.cause)})`;
}

/** Writes a failure to stderr: a sentence and its problems for people, one JSON document with --json. */
export function writeFailure(error: unknown, json: boolean): void {
  const known = error instanceof AppError;
  const code = known ? error.code : 'server-error';
  const message = known
    ? error.message
    : `Something failed that should not, and nothing was changed: ${causes(error)}`;
  const details = known ? error.details : undefined;
  if (json) {
    process.stderr.write(
      `${JSON.stringify({ error: { code, message, ...(details !== undefined && { details }) } })}\n`,
    );
    return;
  }
  process.stderr.write(`${message}\n`);
  if (!isReportWithProblems(details)) return;
  for (const problem of details.problems) process.stderr.write(`  ${problemLine(problem)}\n`);
  if (details.refused > details.problems.length)
    process.stderr.write(`  ${plural(details.refused, 'line')} refused in all.\n`);
}
