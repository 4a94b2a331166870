import { expect, test } from 'vitest';
import { addCounts, countResults, summaryLine } from './test-counts.ts';

const report = (...files: { status: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }, i) => ({
      name: `file-${i}`,
      status,
      assertionResults: tests.map((state) => ({ status: state })),
    })),
  });

test('passed, failed and skipped tests are counted apart', () => {
  const json = report(
    { status: 'passed', tests: ['passed', 'passed', 'skipped'] },
    { status: 'failed', tests: ['passed', 'failed', 'todo'] },
  );
  expect(countResults(json, false)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that cannot be loaded is one failure, although no test of it ran', () => {
  expect(countResults(report({ status: 'failed', tests: [] }), false).failed).toBe(1);
});

test('an error outside all tests is one failure', () => {
  const json = report({ status: 'passed', tests: ['passed'] });
  expect(countResults(json, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('a run that left no report is a failure', () => {
  expect(countResults(null, true).failed).toBe(1);
  expect(countResults(null, false).failed).toBe(1);
});

test('the last line has the form that CI reads', () => {
  expect(summaryLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  const sum = addCounts([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 3, failed: 2, skipped: 1 },
  ]);
  expect(summaryLine(sum)).toBe('4 passed, 2 failed, 1 skipped');
});
