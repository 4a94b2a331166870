import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { editsIn, plant, plantedBugs } from './planted.ts';
import { enterSurroundings } from './surroundings.ts';

const standIn = (file: string) => new URL(file, import.meta.url).href;
const root = new URL('../../../', import.meta.url).href;
const bug = plantedBugs.find(({ name }) => name === process.env.HARNESS_PLANT);

enterSurroundings();

/** Loaded before the workstation's code: its disk and its rows are then simulated ones, and a planted bug is in it. */
registerHooks({
  resolve(specifier, context, next) {
    const from = context.parentURL ?? '';
    if (specifier === 'node:fs/promises' && from.includes('/electron/main/'))
      return { url: standIn('./sim-fs.ts'), shortCircuit: true };
    if (specifier === 'dexie' && from.includes('/renderer/data/'))
      return { url: standIn('./memory-dexie.ts'), shortCircuit: true };
    return next(specifier, context);
  },
  load(url, context, next) {
    const file = url.startsWith(root) ? url.slice(root.length) : '';
    if (!bug || editsIn(bug, file).length === 0) return next(url, context);
    const source = plant(bug, readFileSync(fileURLToPath(url), 'utf8'), file);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
