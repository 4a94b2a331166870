import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../shared/contract/batches.ts';
import type { Study } from '../../../shared/contract/studies.ts';
import { batchState, nextStep } from './next-step.ts';

const study = (over: Partial<Study>) => ({ cases: 24, comparisons: 30, ...over }) as Study;
const batch = (over: Partial<Batch>): Batch =>
  ({
    name: 'Batch 1',
    comparisons: 10,
    overlap: 2,
    lockedAt: null,
    assigned: 20,
    drafts: 0,
    submitted: 0,
    skipped: 0,
    ...over,
  }) as Batch;

describe("a study's next step", () => {
  it('is to import while there are no cases', () => {
    expect(nextStep(study({ cases: 0, comparisons: 0 }), []).kind).toBe('import');
  });
  it('is to make a batch when comparisons are in none', () => {
    expect(nextStep(study({}), [])).toMatchObject({
      kind: 'new-batch',
      text: expect.stringContaining('30 comparisons are'),
    });
  });
  it('is to assign a batch that is not whole with physicians, before anything else', () => {
    const step = nextStep(study({}), [batch({}), batch({ name: 'Batch 2', assigned: 5 })]);
    expect(step).toMatchObject({
      kind: 'assign',
      batch: { name: 'Batch 2' },
      text: expect.stringContaining('15 annotations'),
    });
  });
  it('asks for nobody in a locked batch', () => {
    const shut = batch({ assigned: 0, lockedAt: '2026-11-21T09:00:00.000Z' });
    expect(nextStep(study({}), [shut]).kind).toBe('new-batch');
  });
  it('is to watch what is out', () => {
    expect(nextStep(study({}), [batch({ submitted: 12, skipped: 1 })])).toMatchObject({
      kind: 'watch',
      text: expect.stringContaining('7 annotations'),
    });
  });
  it('is nothing when all is annotated', () => {
    const step = nextStep(study({ comparisons: 10 }), [batch({ submitted: 19, skipped: 1 })]);
    expect(step.kind).toBe('done');
  });
});

describe('the state of a batch', () => {
  it.each([
    [{ assigned: 0 }, 'not assigned'],
    [{ assigned: 5 }, 'partly assigned'],
    [{ submitted: 19 }, 'in progress'],
    [{ submitted: 18, skipped: 2 }, 'complete'],
    [{ submitted: 4, lockedAt: '2026-11-21T09:00:00.000Z' }, 'locked'],
  ] as const)('%j is %s', (over, state) => {
    expect(batchState(batch(over))).toBe(state);
  });
});
