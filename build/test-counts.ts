export type Counts = { passed: number; failed: number; skipped: number };

type Report = {
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
};

export const addCounts = (counts: readonly Counts[]): Counts => ({
  passed: counts.reduce((sum, { passed }) => sum + passed, 0),
  failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  skipped: counts.reduce((sum, { skipped }) => sum + skipped, 0),
});

/**
 * Counts a vitest JSON report. A file that could not be loaded has no test that failed, and an error outside
 * all tests is in no file: each counts as one failure, so that a red run can never read as green.
 */
export function countResults(json: string | null, exitedWell: boolean): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of json === null ? [] : (JSON.parse(json) as Report).testResults) {
    const of = (...states: string[]) =>
      file.assertionResults.filter(({ status }) => states.includes(status)).length;
    const failedTests = of('failed');
    counts.passed += of('passed');
    counts.skipped += of('skipped', 'pending', 'todo', 'disabled');
    counts.failed += failedTests === 0 && file.status === 'failed' ? 1 : failedTests;
  }
  if (!exitedWell && counts.failed === 0) counts.failed = 1;
  if (json === null && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The last line of a run. */
export const summaryLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
