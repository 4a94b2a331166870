import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './run.ts';
import { type Counts, countResults } from './test-counts.ts';

type Log = (line: string) => void;

/** One TypeScript project per environment, each with only the globals it may use. */
const typeProjects = [
  'shared',
  'server',
  'renderer',
  'renderer/host/service-worker',
  'electron/main',
  'electron/preload',
  'build',
  'test',
];

const failed: Counts = { passed: 0, failed: 1, skipped: 0 };
const passed: Counts = { passed: 1, failed: 0, skipped: 0 };

/** Type checks every project, two at a time. */
export async function checkTypes(log: Log): Promise<Counts> {
  const waiting = [...typeProjects];
  const problems: string[] = [];
  const work = async () => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
      const run = await runTool('tsc', ['--project', project, '--pretty', 'false']);
      if (!run.ok) problems.push(`${project}:\n${run.output}`);
    }
  };
  await Promise.all([work(), work()]);
  for (const problem of problems) log(problem);
  log(
    `types: ${problems.length === 0 ? 'passed' : `failed in ${problems.length} of ${typeProjects.length} projects`}`,
  );
  return problems.length === 0 ? passed : failed;
}

/** Format, lint and import table. */
export async function checkLint(log: Log): Promise<Counts> {
  const { ok, output } = await runTool('biome', ['check', '--error-on-warnings', '--max-diagnostics=50']);
  if (!ok) log(output);
  log(`lint: ${ok ? 'passed' : 'failed'}`);
  return ok ? passed : failed;
}

/** Runs vitest projects (all when none is named) and counts what it reports. */
export async function runTests(options: {
  projects: readonly string[];
  filters: readonly string[];
}): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-results-'));
  const report = join(folder, 'results.json');
  try {
    const { ok } = await runTool(
      'vitest',
      [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...options.projects.map((project) => `--project=${project}`),
        ...options.filters,
      ],
      { show: true },
    );
    return countResults(readReport(report), ok);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
