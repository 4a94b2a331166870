import type { LedgerEntry } from '../../data/types.ts';

const columns = [
  'seq',
  'batch',
  'position',
  'title',
  'assignmentId',
  'state',
  'madeAt',
  'bodyHash',
  'status',
  'receivedAt',
  'auditHash',
  'reason',
] as const satisfies readonly (keyof LedgerEntry)[];

/**
 * One CSV cell. A text that a spreadsheet would run as a formula (=, +, -, @, tab, carriage return at its
 * start) gets an apostrophe in front, and quotes, commas and line breaks are quoted.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function ledgerCsv(entries: readonly LedgerEntry[]): string {
  const lines = entries.map((entry) => columns.map((column) => csvCell(entry[column])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

export function ledgerJson(entries: readonly LedgerEntry[]): string {
  return `${JSON.stringify(
    entries.map((entry) => Object.fromEntries(columns.map((column) => [column, entry[column]]))),
    null,
    2,
  )}\n`;
}
