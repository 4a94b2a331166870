import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import type { Context } from '../../server/db/context.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy } from '../../server/studies/domain.ts';
import type { BatchId, UserId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import { sharedData } from './shared-data.ts';

export type AssignedStudy = { name: string; batchId: BatchId; assignments: number };

/** Without what experts said of some of them: that fits the demo's own rubric and no other. */
async function* demoCases(): AsyncGenerator<Uint8Array> {
  const folder = join(import.meta.dirname, '../../server/demo/cases');
  for (const file of (await readdir(folder)).sort())
    for (const line of (await readFile(join(folder, file), 'utf8')).split('\n').filter(Boolean)) {
      const { expert: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      yield new TextEncoder().encode(`${JSON.stringify(rest)}\n`);
    }
}

/** Real clinical pairs where they are at hand, else the demo study's invented ones. */
function clinicalPairs(): { fileName: string; source: AsyncIterable<Uint8Array> } {
  const medquad = sharedData('clinical-medquad/pairs.jsonl');
  if (medquad) return { fileName: 'pairs.jsonl', source: createReadStream(medquad) };
  console.log('clinical-medquad is not here: the journey runs on the demo study instead');
  return { fileName: 'demo.jsonl', source: demoCases() };
}

/** A study of clinical pairs with one batch, assigned to these physicians. */
export async function makeAssignedStudy(
  context: Context,
  physicianIds: UserId[],
  options: { name?: string; size?: number; overlap?: number; rubric?: Rubric } = {},
): Promise<AssignedStudy> {
  const name = options.name ?? 'Medical questions';
  const study = await createStudy(context, {
    name,
    rubric: options.rubric,
    guidelines: 'Rate each answer on its own, then compare.',
  });
  await importCases(context, {
    studyId: study.id,
    ...clinicalPairs(),
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  const batch = await createBatch(context, {
    studyId: study.id,
    name: 'Batch 1',
    size: options.size ?? 20,
    kind: 'work',
    order: 'import',
    onePerCase: true,
    overlap: options.overlap ?? 1,
  });
  const { assignments } = await assignBatch(context, { batchId: batch.id, physicianIds });
  return { name, batchId: batch.id, assignments };
}
