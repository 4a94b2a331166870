import { chromiumPath } from '../test/support/chromium.ts';
import { findElectron } from './electron-runtime.ts';
import { checkLint, checkTypes, runTests } from './steps.ts';
import { addCounts, summaryLine } from './test-counts.ts';

const log = (line: string) => console.log(line);

/** Says which of the two ways each journey ran, so that nothing is left out in silence. */
function tellSurroundings(): void {
  try {
    log(`Browser: ${chromiumPath()}`);
  } catch (error) {
    log(
      `Browser: none could be had, so the journeys fail (${error instanceof Error ? error.message : error})`,
    );
  }
  const electron = findElectron();
  if (electron) log(`Electron runtime: ${electron}`);
  else
    log(
      'Electron runtime: not present; main and preload ran on the stand-in (test/support/electron-stand-in).',
    );
}

const filters = process.argv.slice(2);
const types = await checkTypes(log);
const lint = await checkLint(log);
const tests = await runTests({ projects: [], filters });
const all = addCounts([types, lint, tests]);
tellSurroundings();
log(summaryLine(all));
process.exitCode = all.failed === 0 ? 0 : 1;
