import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readCaseFile } from './reference/case-file.ts';
import { runCase } from './reference/run-case.ts';

/** What is wrong with one file, a line each. */
function problemsOf(path: string): string[] {
  try {
    return runCase(readCaseFile(path));
  } catch (error) {
    return [`cannot be run: ${inOneLine(error)}`];
  }
}

function inOneLine(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ');
  return error instanceof Error ? error.message : String(error);
}

function casesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

const [folder] = process.argv.slice(2);
const files = folder === undefined ? [] : casesIn(resolve(folder));
if (files.length === 0) {
  console.error(
    folder === undefined
      ? 'Name a folder with case files: npm run reference -- FOLDER'
      : `There is no case file (*.json) in ${folder}. Name another folder: npm run reference -- FOLDER`,
  );
  process.exit(2);
}
let failed = 0;
for (const file of files) {
  const problems = problemsOf(join(resolve(folder ?? ''), file));
  if (problems.length > 0) failed++;
  const name = file.replace(/\.json$/, '');
  console.log(problems.length === 0 ? `${name}: passed` : `${name}: failed\n  ${problems.join('\n  ')}`);
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
