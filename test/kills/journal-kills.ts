import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openJournals } from '../../electron/main/journal.ts';
import { readLines } from './read-journal.ts';
import { blame, newTally, note, type Part, type Tally } from './tally.ts';

const script = fileURLToPath(new URL('./journal-writer.ts', import.meta.url));

export type Writer = {
  /** Newest acknowledged number of each key. */
  acknowledged: Map<number, number>;
  counts: { appends: number; compactions: number; refusals: number };
  firstWord: Promise<void>;
  kill: () => Promise<void>;
};

/** The journal's writer in a process of its own, over the journal in this folder. */
export function startWriter(folder: string): Writer {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const acknowledged = new Map<number, number>();
  const counts = { appends: 0, compactions: 0, refusals: 0 };
  const spoke = Promise.withResolvers<void>();
  let rest = '';
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += String(text);
  });
  child.stdout.on('data', (text) => {
    const lines = `${rest}${text}`.split('\n');
    // A line that was cut by the kill says nothing.
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [kind, key, n] = line.split(' ');
      if (kind === 'a') acknowledged.set(Number(key), Number(n));
      if (kind === 'a') counts.appends += 1;
      if (kind === 'c') counts.compactions += 1;
      if (kind === 'r') counts.refusals += 1;
      spoke.resolve();
    }
  });
  const ended = new Promise<string | null>((resolve) =>
    child.once('close', (_code, signal) => {
      if (signal !== 'SIGKILL') spoke.reject(new Error(`the writer ended by itself: ${errors}`));
      resolve(signal);
    }),
  );
  return {
    acknowledged,
    counts,
    firstWord: spoke.promise,
    kill: async () => {
      child.kill('SIGKILL');
      if ((await ended) !== 'SIGKILL') throw new Error(`the writer ended by itself: ${errors}`);
    },
  };
}

/** Opens the journal as the next start does and compares it with what was acknowledged so far. */
export async function checkJournal(
  folder: string,
  acknowledged: ReadonlyMap<number, number>,
  tally: Tally,
): Promise<void> {
  const journals = openJournals(folder);
  const { cutBytes } = await journals.open('work');
  const { lines, damaged } = await readLines(journals);
  await journals.closeAll();
  if (cutBytes > 0) note(tally, 'torn tails cut');
  if (damaged > 0) blame(tally, 'altered', `${damaged} records are not what was written`);
  const newest = new Map<number, number>();
  for (const { key, n } of lines) {
    if ((newest.get(key) ?? 0) >= n)
      blame(tally, 'doubled', `key ${key}: ${n} stands behind ${newest.get(key)}`);
    newest.set(key, n);
  }
  for (const [key, n] of acknowledged)
    if ((newest.get(key) ?? 0) < n) blame(tally, 'lost', `key ${key}: ${n}, found ${newest.get(key)}`);
}

/** SIGKILL to the process that writes the desktop app's journal, while it appends and compacts. */
export const journalKills: Part = async ({ rounds, random, progress }) => {
  const tally = newTally('journal');
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-kills-journal-'));
  const acknowledged = new Map<number, number>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const writer = startWriter(folder);
      await writer.firstWord;
      await wait(random() * 40);
      await writer.kill();
      for (const [key, n] of writer.acknowledged) acknowledged.set(key, n);
      if (readdirSync(folder).some((name) => name.endsWith('~') && name !== 'reserve~'))
        note(tally, 'compactions cut short');
      if (!existsSync(join(folder, 'work'))) blame(tally, 'lost', 'the journal is gone');
      await checkJournal(folder, acknowledged, tally);
      tally.rounds += 1;
      tally.kills += 1;
      tally.acknowledged += writer.counts.appends;
      note(tally, 'compactions', writer.counts.compactions);
      progress(tally);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
};
