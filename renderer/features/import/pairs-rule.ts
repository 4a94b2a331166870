/** Which of a record's responses are set against each other; `baseline` needs a model's name. */
export type PairsChoice = 'all' | 'adjacent' | 'baseline';

/** The rule as the server takes it, or null while a baseline has no name. */
export function pairsRule(choice: PairsChoice, baseline: string): string | null {
  if (choice !== 'baseline') return choice;
  return baseline.trim() === '' ? null : `baseline:${baseline.trim()}`;
}

/** Pairs that one record with these models gives under a rule. */
export function pairsOfRecord(choice: PairsChoice, models: readonly string[], baseline: string): number {
  const count = models.length;
  if (choice === 'all') return (count * (count - 1)) / 2;
  if (choice === 'adjacent') return Math.max(0, count - 1);
  return models.includes(baseline.trim()) ? models.filter((model) => model !== baseline.trim()).length : 0;
}

export const pairsExplained: Record<PairsChoice, string> = {
  all: 'Every response against every other one.',
  adjacent: 'Each response against the next one in the file.',
  baseline: 'One model against each other one; records without it give no pair.',
};
