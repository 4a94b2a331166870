import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { editsIn, plant, plantedBugs } from './planted.ts';
import { enterSurroundings } from './surroundings.ts';
import { asFunction, journalWorker } from './worker-text.ts';

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
    const isWorker = url === journalWorker;
    const isPlace = bug !== undefined && editsIn(bug, file).length > 0;
    if (!isPlace && !isWorker) return next(url, context);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    const planted = isPlace ? plant(bug, text, file) : text;
    const source = isWorker ? asFunction(planted) : planted;
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
