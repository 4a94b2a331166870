import { type ChildProcess, fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type PlantedBug, plantedBugs } from './planted.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

/**
 * Plants each known bug into the product and counts the histories that see it.
 *   npm run test:planted -- --limit 1000 --least 100 --processes 2 --only Retry-After
 */
const { values } = parseArgs({
  options: {
    /** No bug may need more histories than this. */
    limit: { type: 'string', default: '1000' },
    /** So many are run for each, also when the first one sees it. */
    least: { type: 'string', default: '100' },
    processes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    /** Begins with the first bug whose name has this in it. */
    from: { type: 'string' },
  },
});
const [limit, least, firstSeed] = [values.limit, values.least, values.seed].map(Number) as [
  number,
  number,
  number,
];
const chunk = 25;

function run({ name, onPostgres }: PlantedBug, first: number, count: number): Promise<Tally> {
  const env = { ...process.env, HARNESS_PLANT: name };
  const given = [first, count, 1, onPostgres ? 1 : 0].map(String);
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(new URL('./worker.ts', import.meta.url), given, {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let tally: Tally | null = null;
    child.on('message', (message: { kind: string; tally?: Tally }) => {
      if (message.tally) tally = message.tally;
    });
    child.on('exit', (code) => {
      if (tally) resolve(tally);
      else reject(new Error(`a process with "${name}" ended with ${code}`));
    });
  });
}

type Catch = { name: string; histories: number; caught: number; first: number | null; rules: string[] };

async function hunt(bug: PlantedBug): Promise<Catch> {
  const sum = emptyTally();
  while (sum.histories < limit && (sum.failures.length === 0 || sum.histories < least)) {
    const count = Math.min(chunk, limit - sum.histories);
    addTally(sum, await run(bug, firstSeed + sum.histories, count));
  }
  const rules = new Set(sum.failures.flatMap(({ violations }) => violations.map(({ rule }) => rule)));
  const first = sum.failures.reduce<number | null>(
    (least0, { seed }) => Math.min(least0 ?? seed, seed),
    null,
  );
  return { name: bug.name, histories: sum.histories, caught: sum.failures.length, first, rules: [...rules] };
}

const [from, only] = [values.from ?? '', values.only ?? ''];
const begin = plantedBugs.findIndex(({ name }) => name.includes(from));
const wanted = plantedBugs.slice(begin).filter(({ name }) => name.includes(only));
const waiting = [...wanted];
const catches: Catch[] = [];
async function work(): Promise<void> {
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const found = await hunt(bug);
    catches.push(found);
    const when = found.first === null ? 'NOT SEEN' : `first at history ${found.first - firstSeed + 1}`;
    console.log(
      `${found.caught} of ${found.histories} histories, ${when}: ${found.name} [${found.rules.join(', ')}]`,
    );
  }
}
await Promise.all(Array.from({ length: Number(values.processes) }, work));
const unseen = catches.filter(({ caught }) => caught === 0);
console.log(`${catches.length - unseen.length} of ${catches.length} planted bugs were seen.`);
process.exitCode = unseen.length === 0 ? 0 : 1;
