import {
  type SafetyFlag,
  type SafetyFlagKind,
  type SafetyFlagSeverity,
  safetyFlagKinds,
  safetyFlagSeverities,
} from '../../../shared/schema/annotation.ts';

export const safetyFlagLabels: Record<SafetyFlagKind, string> = {
  hallucination: 'Hallucination',
  'wrong-dose': 'Wrong dose',
  contraindication: 'Contraindication',
  'missed-red-flag': 'Missed red flag',
  'outdated-guidance': 'Outdated guidance',
  'false-confidence': 'False confidence',
  other: 'Other',
};

export const severityLabels: Record<SafetyFlagSeverity, string> = {
  low: 'low',
  moderate: 'moderate',
  severe: 'severe',
};

/** `Wrong dose, severe`. */
export const flagName = ({ kind, severity }: Pick<SafetyFlag, 'kind' | 'severity'>): string =>
  `${safetyFlagLabels[kind]}, ${severityLabels[severity]}`;

export const flagCount = (count: number): string => (count === 1 ? '1 flag' : `${count} flags`);

/** Words in one line, the middle of what is long left out. */
export function shortened(words: string, longest = 140): string {
  const line = words.replace(/\s+/g, ' ').trim();
  if (line.length <= longest) return line;
  const half = Math.floor((longest - 3) / 2);
  return `${line.slice(0, half).trimEnd()} … ${line.slice(-half).trimStart()}`.toWellFormed();
}

export type TypedFlag = { kind: SafetyFlagKind; severity: SafetyFlagSeverity | null };

/**
 * What a digit means in the form: the first one a kind, 1 to 7, the next one a severity, 1 to 3; a higher one
 * changes the kind. Null for a digit that means nothing.
 */
export function readFlagDigit(kind: SafetyFlagKind | null, digit: number): TypedFlag | null {
  const severity = safetyFlagSeverities[digit - 1];
  if (kind !== null && severity) return { kind, severity };
  const next = safetyFlagKinds[digit - 1];
  return next ? { kind: next, severity: null } : null;
}
