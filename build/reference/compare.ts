import { type Tolerance, toleranceOf } from './case-file.ts';

/** Figures that the format lets a case list in more than one way; any of them is right. */
export class EitherOf {
  readonly forms: readonly unknown[];
  constructor(...forms: unknown[]) {
    this.forms = forms;
  }
}

const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');

/** Where a figure differs from what is expected, in words; null when it is within tolerance. */
export function differenceOf(expected: unknown, got: unknown, tolerance: Tolerance, at = ''): string | null {
  if (got instanceof EitherOf) {
    const differences = got.forms.map((form) => differenceOf(expected, form, tolerance, at));
    return differences.includes(null) ? null : (differences[0] ?? null);
  }
  const place = at === '' ? '' : ` at ${at}`;
  if (typeof expected === 'number') {
    const allowed = typeof tolerance === 'number' ? tolerance : 1e-9;
    if (typeof got === 'number' && Math.abs(got - expected) <= allowed) return null;
    return `expected ${expected}${place}, got ${shown(got)}, tolerance ${allowed}`;
  }
  if (Array.isArray(expected)) return differenceOfLists(expected, got, tolerance, at);
  if (typeof expected === 'object' && expected !== null)
    return differenceOfRecords(expected, got, tolerance, at);
  return got === expected ? null : `expected ${shown(expected)}${place}, got ${shown(got)}`;
}

function differenceOfRecords(
  expected: object,
  got: unknown,
  tolerance: Tolerance,
  at: string,
): string | null {
  const place = at === '' ? '' : ` at ${at}`;
  if (typeof got !== 'object' || got === null || Array.isArray(got))
    return `expected values by name${place}, got ${shown(got)}`;
  const given = got as Record<string, unknown>;
  const parts = Object.entries(expected);
  if (parts.length === 0) return `expected values by name${place}, but the case lists none`;
  const differing = parts.map(([key, value]) =>
    differenceOf(
      value,
      Object.hasOwn(given, key) ? given[key] : undefined,
      toleranceOf(tolerance, key),
      at === '' ? key : `${at}.${key}`,
    ),
  );
  return differing.find((difference) => difference !== null) ?? null;
}

function differenceOfLists(
  expected: readonly unknown[],
  got: unknown,
  tolerance: Tolerance,
  at: string,
): string | null {
  const place = at === '' ? '' : ` at ${at}`;
  if (!Array.isArray(got)) return `expected ${expected.length} values${place}, got ${shown(got)}`;
  if (got.length !== expected.length) return `expected ${expected.length} values${place}, got ${got.length}`;
  const differing = expected.map((value, i) =>
    differenceOf(value, got[i], toleranceOf(tolerance, i), `${at}[${i}]`),
  );
  return differing.find((difference) => difference !== null) ?? null;
}
