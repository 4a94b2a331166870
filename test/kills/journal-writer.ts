import { openJournals } from '../../electron/main/journal.ts';
import { encodeLine, keyCount } from './journal-lines.ts';
import { readLines } from './read-journal.ts';

// Appends and compacts for as long as it lives. It says "a <key> <n>" after an append has settled, "c" after a
// compaction and "r <code>" where the disk refused one.
const [folder = ''] = process.argv.slice(2);
const journals = openJournals(folder);
await journals.open('work');
const newest = new Map<number, number>();
let last = 0;
for (const { key, n } of (await readLines(journals)).lines) {
  newest.set(key, n);
  last = Math.max(last, n);
}
const say = (line: string) => process.stdout.write(`${line}\n`);

async function append(): Promise<void> {
  last += 1;
  const key = last % keyCount;
  // Several records in one write now and then, as a repair makes them.
  const lines = last % 13 === 0 ? [key, (key + 1) % keyCount] : [key];
  const numbered = lines.map((one, i) => ({ key: one, n: last + i }));
  last += lines.length - 1;
  await journals.append(
    'work',
    numbered.map((line) => encodeLine(line.key, line.n)),
  );
  for (const line of numbered) newest.set(line.key, line.n);
  say(numbered.map((line) => `a ${line.key} ${line.n}`).join('\n'));
}

async function compact(): Promise<void> {
  await journals.replace(
    'work',
    [...newest].map(([key, n]) => encodeLine(key, n)),
  );
  say('c');
}

for (let turn = 1; ; turn += 1)
  try {
    await (turn % 4 === 0 ? compact() : append());
  } catch (cause) {
    say(`r ${(cause as { code?: string }).code ?? 'unknown'}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
