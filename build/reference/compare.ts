/** Where a figure differs from what is expected, in words; null when it is within tolerance. */
export function differenceOf(expected: unknown, got: unknown, tolerance: number, at = ''): string | null {
  const place = at === '' ? '' : ` at ${at}`;
  if (typeof expected === 'number') {
    if (typeof got === 'number' && Math.abs(got - expected) <= tolerance) return null;
    return `expected ${expected}${place}, got ${JSON.stringify(got) ?? 'nothing'}, tolerance ${tolerance}`;
  }
  if (Array.isArray(expected)) return differenceOfLists(expected, got, tolerance, at);
  if (typeof expected === 'object' && expected !== null) {
    const given = typeof got === 'object' && got !== null ? (got as Record<string, unknown>) : {};
    const differing = Object.entries(expected).map(([key, value]) =>
      differenceOf(value, given[key], tolerance, at === '' ? key : `${at}.${key}`),
    );
    return differing.find((difference) => difference !== null) ?? null;
  }
  if (got === expected) return null;
  return `expected ${JSON.stringify(expected)}${place}, got ${JSON.stringify(got) ?? 'nothing'}`;
}

function differenceOfLists(
  expected: readonly unknown[],
  got: unknown,
  tolerance: number,
  at: string,
): string | null {
  const given = Array.isArray(got) ? got : [];
  if (given.length !== expected.length)
    return `expected ${expected.length} values${at === '' ? '' : ` at ${at}`}, got ${given.length}`;
  const differing = expected.map((value, i) => differenceOf(value, given[i], tolerance, `${at}[${i}]`));
  return differing.find((difference) => difference !== null) ?? null;
}
