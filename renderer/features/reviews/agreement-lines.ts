import type { RawAgreement } from '../../../shared/contract/reviews.ts';

/** What is asked of each response stands on one line: the first for Response 1, the second for Response 2. */
export type AgreementLine = { key: string; label: string; first: RawAgreement; second: RawAgreement | null };

/** Joins "accuracy:a" and "accuracy:b" into one line; what is asked once, such as the preference, has no second. */
export function agreementLines(rows: readonly RawAgreement[]): AgreementLine[] {
  const lines = new Map<string, AgreementLine>();
  for (const row of rows) {
    const [key = row.key] = row.key.split(':');
    const line = lines.get(key);
    if (line) line.second = row;
    else lines.set(key, { key, label: row.label.replace(/, answer [AB]$/, ''), first: row, second: null });
  }
  return [...lines.values()];
}
