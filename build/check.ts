import { checkLint, checkTypes, runTests } from './steps.ts';
import { addCounts, summaryLine } from './test-counts.ts';

const log = (line: string) => console.log(line);

/** What needs no database and no browser: the check to run before every commit. */
const unitProjects = ['shared', 'renderer', 'electron'];

const types = await checkTypes(log);
const lint = await checkLint(log);
const units = await runTests({ projects: unitProjects, filters: process.argv.slice(2) });
const all = addCounts([types, lint, units]);
log(summaryLine(all));
process.exitCode = all.failed === 0 ? 0 : 1;
