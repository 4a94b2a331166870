import poorCoverage from './poor-coverage.json' with { type: 'json' };

/** One place where a figure's interval or test was found not to hold what it says (`npm run stats:coverage`). */
export type PoorCoverage = {
  family: string;
  figure: string;
  kind: 'coverage' | 'error';
  conditions: Readonly<Record<string, number | string>>;
  /** Share of intervals that held the truth, or of tests that rejected what was true. */
  rate: number;
  monteCarlo: number;
};

// Written whole by `npm run stats:coverage`; its shape is held by a test.
const known = poorCoverage as unknown as readonly PoorCoverage[];

/** How far a simulated condition may lie from the data at hand, as a ratio, and still speak for it. */
const likeness = 2;

const isLike = (simulated: number | string | undefined, given: number | string): boolean => {
  if (simulated === undefined || typeof simulated !== typeof given) return false;
  if (typeof simulated === 'string' || typeof given === 'string') return simulated === given;
  if (simulated === 0 || given === 0) return Math.abs(simulated - given) < 0.1;
  return Math.max(simulated / given, given / simulated) <= likeness;
};

/**
 * What is known to be poor about a figure under conditions like these (units, raters, clusters, n ...), worst first.
 * Conditions that are not named match any; an empty list means that nothing is known against it.
 */
export function coverageWarnings(
  figure: string,
  conditions: Readonly<Record<string, number | string>>,
): readonly PoorCoverage[] {
  const wanted = Object.entries(conditions);
  return known
    .filter(
      (one) => one.figure === figure && wanted.every(([name, value]) => isLike(one.conditions[name], value)),
    )
    .sort((one, other) => (one.kind === 'error' ? other.rate - one.rate : one.rate - other.rate));
}
