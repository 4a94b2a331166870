import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agreementCells, measurementCells, type Simulation } from './coverage/agreement.ts';
import type { Cell } from './coverage/cell.ts';
import {
  abilityCells,
  clusterCells,
  crossedCells,
  proportionCells,
  testCells,
  winRateCells,
} from './coverage/preference.ts';
import { markdownOf, poorOf } from './coverage/report.ts';
import { projectRoot } from './paths.ts';

const families: Record<string, (simulation: Simulation) => Cell[]> = {
  proportion: proportionCells,
  'win-rate': winRateCells,
  clusters: clusterCells,
  crossed: crossedCells,
  abilities: abilityCells,
  tests: testCells,
  measurement: measurementCells,
  agreement: agreementCells,
};

const { values } = parseArgs({
  options: {
    replicates: { type: 'string', default: '2000' },
    resamples: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    family: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const count = (name: 'replicates' | 'resamples'): number => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 10) return value;
  console.error(`--${name} must be a whole number of at least 10, not "${values[name]}".`);
  process.exit(2);
};
const simulation = { replicates: count('replicates'), resamples: count('resamples'), seed: values.seed };
const chosen = values.family === undefined ? Object.keys(families) : [values.family];
const unknown = chosen.find((name) => !Object.hasOwn(families, name));
if (unknown !== undefined) {
  console.error(`There is no family "${unknown}". The families are ${Object.keys(families).join(', ')}.`);
  process.exit(2);
}
const cells = chosen.flatMap((name) => {
  const started = Date.now();
  const found = families[name]?.(simulation) ?? [];
  console.error(`${name}: ${found.length} conditions in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return found;
});
const head = `Replicates ${simulation.replicates}, bootstrap resamples ${simulation.resamples}, seed "${simulation.seed}".\n\n`;
const text = head + markdownOf(cells);
console.log(text);
const poor = poorOf(cells);
console.log(`${poor.length} figures are known to be poor under some of these conditions.`);
if (values.write && values.family === undefined) {
  const path = join(projectRoot, 'docs/statistics.md');
  const [before = '', , after = ''] = readFileSync(path, 'utf8').split(/<!-- coverage (?:begins|ends) -->\n/);
  writeFileSync(path, `${before}<!-- coverage begins -->\n${text}<!-- coverage ends -->\n${after}`);
  writeFileSync(join(projectRoot, 'shared/stats/poor-coverage.json'), `${JSON.stringify(poor, null, 1)}\n`);
}
