import { parseArgs } from 'node:util';
import { seededRandom } from '../../shared/selection/random.ts';
import { isClean, type Part, type Tally, tallyLines } from './tally.ts';

const usage = `npm run test:kills -- [--server N] [--workstation N] [--journal N] [--full-disk N] [--seed N]
Without counts: the smallest useful ones. With some: only those parts.`;

/** How often each part runs when nothing is asked for. */
const parts: Record<string, { usual: number; load: () => Promise<Part> }> = {
  journal: { usual: 20, load: async () => (await import('./journal-kills.ts')).journalKills },
  server: { usual: 4, load: async () => (await import('./server-kills.ts')).serverKills },
  workstation: { usual: 4, load: async () => (await import('./workstation-kills.ts')).workstationKills },
  'full-disk': { usual: 2, load: async () => (await import('./full-disk-kills.ts')).fullDiskKills },
};

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is no count.\n${usage}`);
  return value;
}

const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(parts).map((name) => [name, { type: 'string' as const }])),
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const given = values as Record<string, string | boolean | undefined>;

async function run(): Promise<Tally[]> {
  const seed = whole(String(given.seed ?? Math.floor(Math.random() * 1_000_000)));
  console.log(
    `Seed ${seed}; kills come at random moments, so a seed repeats the choices and not the moments.`,
  );
  const asked = Object.keys(parts).filter((name) => given[name] !== undefined);
  const tallies: Tally[] = [];
  for (const [name, { usual, load }] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const rounds = given[name] === undefined ? usual : whole(String(given[name]));
    const part = await load();
    const began = Date.now();
    const tally = await part({
      rounds,
      random: seededRandom(`${seed} ${name}`),
      progress: progressOf(rounds),
    });
    console.log([...tallyLines(tally), `  ${((Date.now() - began) / 1000).toFixed(0)} s`].join('\n'));
    tallies.push(tally);
  }
  return tallies;
}

/** A line now and then, so that a long run can be followed. */
function progressOf(rounds: number) {
  const step = Math.max(10, Math.ceil(rounds / 10));
  return (tally: Tally) => {
    if (tally.rounds % step === 0 && tally.rounds < rounds) console.log(`... ${tallyLines(tally)[0]}`);
  };
}

if (given.help === true) console.log(usage);
else {
  const tallies = await run();
  // Parts that hold a connection or a browser open would keep a failed run alive.
  process.exit(tallies.every(isClean) ? 0 : 1);
}
