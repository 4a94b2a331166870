import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type AnnotateFigures, benchAnnotate } from './annotate-bench.ts';
import { frameMs } from './annotate-figures.ts';
import { tableOf } from './figures.ts';

const suites = ['annotate'] as const;
const usage = `npm run bench -- [${suites.join('|')}] [--cases 100,10000] [--characters 100000] [--submits 100]
  [--strokes 300] [--starts 5] [--renderer FOLDER] [--json]`;

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`"${text}" is no count. Usage: ${usage}`);
  return value;
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '100,10000' },
    characters: { type: 'string', default: '100000' },
    submits: { type: 'string', default: '100' },
    strokes: { type: 'string', default: '300' },
    starts: { type: 'string', default: '5' },
    renderer: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !suites.some((suite) => suite === name));
if (unknown !== undefined || values.renderer === undefined)
  throw new Error(`There is no benchmark "${unknown ?? ''}". Usage: ${usage}`);

const load = () => loadavg()[0]?.toFixed(2) ?? '?';
const figures: (AnnotateFigures & { load: { before: string; after: string } })[] = [];
if (!values.json)
  console.log(
    `A frame is ${frameMs.toFixed(1)} ms. Everything is counted from the browser's own time of the key event. "Painted" is the end of the main thread's work on the frame that shows the change; "on the screen" is the moment the display compositor presented it, from the browser's trace.`,
  );
for (const cases of values.cases.split(',').map(whole)) {
  const before = load();
  const result = await benchAnnotate(values.renderer, {
    cases,
    characters: whole(values.characters),
    submits: whole(values.submits),
    strokes: whole(values.strokes),
    starts: whole(values.starts),
  });
  const one = { ...result, load: { before, after: load() } };
  figures.push(one);
  if (values.json) continue;
  console.log(
    `\nannotate: ${cases.toLocaleString('en')} local cases, two answers of ${one.characters.toLocaleString('en')} characters (load of the machine ${before} before, ${one.load.after} after)\n`,
  );
  console.log(tableOf(one.rows));
  for (const fact of one.facts) console.log(fact);
}
if (values.json) console.log(JSON.stringify(figures, null, 1));
