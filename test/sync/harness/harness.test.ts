import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../build/paths.ts';
import { drawPlan, networkFaults } from './plan.ts';
import { plant, plantedBugs } from './planted.ts';
import { shrink } from './shrink.ts';

/** The histories need a process in which the simulated disk stands under the app, so each is started by its command. */
function run(script: string, ...given: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(projectRoot, 'test/sync/harness', script), ...given]);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    child.on('close', (code) => resolve({ code, text }));
  });
}

/** HARNESS_HISTORIES=2000 HARNESS_SEED=7 chooses how much. */
const histories = process.env.HARNESS_HISTORIES ?? '500';
const seed = process.env.HARNESS_SEED ?? '1';

describe('the fault harness', () => {
  it(`[S1] [S2] [S3] [S4] [S5] [S6] [S7] [S8] [S9] [S10] [S11] [S12] [S13] [S15] [S16] [S17] [S18] [S20] [S21] ${histories} histories from seed ${seed} lose, alter and double nothing`, async () => {
    const { code, text } = await run('main.ts', '--histories', histories, '--seed', seed);
    expect(text).toContain('0 histories with a violation');
    expect(code, text).toBe(0);
  }, 600_000);

  it('runs every pinned history, and none of them fails again', async () => {
    const { code, text } = await run('main.ts', '--pinned');
    expect(code, text).toBe(0);
  }, 120_000);

  it('comes to the same event log, byte for byte, from the same seed', async () => {
    const one = await run('main.ts', '--seed', '7', '--tell');
    const again = await run('main.ts', '--seed', '7', '--tell');
    expect(one.text).toContain('digest ');
    expect(again.text).toBe(one.text);
    const other = await run('main.ts', '--seed', '8', '--tell');
    expect(other.text).not.toBe(one.text);
  }, 120_000);

  it.each(plantedBugs)('finds the place in the product’s text for: $name', (bug) => {
    for (const { file } of [bug, ...(bug.more ?? [])]) {
      const source = readFileSync(join(projectRoot, file), 'utf8');
      expect(plant(bug, source, file)).not.toBe(source);
    }
  });

  it('sees a planted bug', async () => {
    const { code, text } = await run('planted-main.ts', '--only', 'used again', '--least', '1');
    expect(text).toContain('1 of 1 planted bugs were seen');
    expect(code).toBe(0);
  }, 120_000);

  it('draws every kind of fault, and the same plan from the same seed', () => {
    const kinds = new Set(
      Array.from({ length: 20 }, (_, i) => drawPlan(i).faults.map(({ kind }) => kind)).flat(),
    );
    expect([...kinds].sort()).toEqual([...networkFaults].sort());
    expect(drawPlan(4)).toEqual(drawPlan(4));
    expect(drawPlan(4)).not.toEqual(drawPlan(5));
  });

  it('leaves out of a failing history all that it fails without', async () => {
    const plan = drawPlan(3);
    const [action, fault] = [plan.actions[11], plan.faults[40]];
    const small = await shrink(plan, async ({ actions, faults }) =>
      [action && actions.includes(action), fault && faults.includes(fault)].every(Boolean),
    );
    expect(small).toEqual({ ...plan, actions: [action], faults: [fault], crashes: [] });
  });
});
