import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournals } from '../../electron/main/journal.ts';
import { seededRandom } from '../../shared/selection/random.ts';
import { fullDiskKills } from '../kills/full-disk-kills.ts';
import { checkJournal, journalKills } from '../kills/journal-kills.ts';
import { encodeLine } from '../kills/journal-lines.ts';
import { serverKills } from '../kills/server-kills.ts';
import { newTally, type Part, tallyLines } from '../kills/tally.ts';
import { workstationKills } from '../kills/workstation-kills.ts';

const seed = String(Date.now());

/** A few rounds of what `npm run test:kills` runs by the hundred. */
const parts: { name: string; rounds: number; part: Part }[] = [
  { name: 'the journal’s writer', rounds: 10, part: journalKills },
  { name: 'the server, once with PostgreSQL', rounds: 2, part: serverKills },
  { name: 'the workstation', rounds: 2, part: workstationKills },
  { name: 'a full disk, under either host', rounds: 2, part: fullDiskKills },
];

describe('SIGKILL at a random moment loses nothing that was acknowledged', () => {
  it.each(parts)(`in $name (seed ${seed})`, async ({ rounds, part, name }) => {
    const tally = await part({ rounds, random: seededRandom(`${seed} ${name}`), progress: () => {} });
    console.log(tallyLines(tally).join('\n'));
    expect(tally.faults).toEqual([]);
    // Where no small disk can be mounted, the part has said so and done nothing.
    if (tally.rounds === 0) return;
    expect(tally.kills).toBe(rounds);
    expect(tally.acknowledged).toBeGreaterThan(0);
  });
});

describe('what judges the kills', () => {
  let folder = '';
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('sees a lost, an altered and a doubled record of a journal', async () => {
    folder = mkdtempSync(join(tmpdir(), 'second-opinion-judge-'));
    const journals = openJournals(folder);
    await journals.open('work');
    for (const [key, n] of [
      [1, 1],
      [2, 2],
      [1, 1],
    ] as const)
      await journals.append('work', [encodeLine(key, n)]);
    await journals.append('work', [new TextEncoder().encode('3 3 not what was written')]);
    await journals.closeAll();
    const tally = newTally('judge');
    await checkJournal(folder, new Map([[4, 9]]), tally);
    expect([tally.lost, tally.altered, tally.doubled]).toEqual([1, 1, 1]);
    const bytes = readFileSync(join(folder, 'work'));
    writeFileSync(join(folder, 'work'), bytes.subarray(0, bytes.byteLength - 3));
    const torn = newTally('torn');
    await checkJournal(folder, new Map(), torn);
    expect(torn.notes).toEqual({ 'torn tails cut': 1 });
  });
});
