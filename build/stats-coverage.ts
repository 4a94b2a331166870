import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { abilityCells } from './coverage/abilities.ts';
import { agreementCells, measurementCells, type Simulation } from './coverage/agreement.ts';
import type { Cell } from './coverage/cell.ts';
import { testCells } from './coverage/edge-tests.ts';
import { clusterCells, crossedCells, proportionCells, winRateCells } from './coverage/preference.ts';
import { markdownOf, poorOf, renewed } from './coverage/report.ts';
import { projectRoot } from './paths.ts';

const simulations: Record<string, (simulation: Simulation) => Cell[]> = {
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
const chosen = values.family === undefined ? Object.keys(simulations) : [values.family];
const unknown = chosen.find((name) => !Object.hasOwn(simulations, name));
if (unknown !== undefined) {
  console.error(`There is no family "${unknown}". The families are ${Object.keys(simulations).join(', ')}.`);
  process.exit(2);
}
const cells = chosen.flatMap((name) => {
  const started = Date.now();
  const found = simulations[name]?.(simulation) ?? [];
  console.error(`${name}: ${found.length} conditions in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return found;
});
const { replicates, resamples, seed } = simulation;
const text = markdownOf(cells, `${replicates} data sets, ${resamples} resamples, seed "${seed}"`);
console.log(text);
const poor = poorOf(cells);
console.log(`${poor.length} figures are known to be poor under some of these conditions.`);
if (values.write) {
  const path = join(projectRoot, 'docs/statistics.md');
  const [before = '', tables = '', after = ''] = readFileSync(path, 'utf8').split(
    /<!-- coverage (?:begins|ends) -->\n/,
  );
  const whole = renewed(tables, text);
  writeFileSync(path, `${before}<!-- coverage begins -->\n${whole}<!-- coverage ends -->\n${after}`);
  const list = join(projectRoot, 'shared/stats/poor-coverage.json');
  const known: typeof poor = JSON.parse(readFileSync(list, 'utf8'));
  const fresh = new Set(cells.map(({ family }) => family));
  const families = new Set([...known, ...poor].map(({ family }) => family));
  const kept = [...families].flatMap((name) =>
    (fresh.has(name) ? poor : known).filter(({ family }) => family === name),
  );
  writeFileSync(list, `${JSON.stringify(kept, null, 1)}\n`);
}
