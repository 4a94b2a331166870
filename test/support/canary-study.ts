import { Readable } from 'node:stream';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import type { Context } from '../../server/db/context.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy } from '../../server/studies/domain.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { defaultRubric, rubricSchema } from '../../shared/schema/rubric.ts';

/** A word in every text of a session that must not be readable anywhere; what follows it says which text it was. */
export const canary = (what: string) => `zq7canary-${what}`;
export const canaryStem = 'zq7canary';

const rubric = rubricSchema.parse({ ...defaultRubric, confidence: { ask: true, required: false } });
/** Long enough that no cache takes a reply for too small to be worth packing. */
const paragraph = 'The potassium was repeated and the dose was halved. '.repeat(40);

const caseLine = (n: number) =>
  JSON.stringify({
    id: `case-${n}`,
    title: `${canary('title')} ${n}`,
    prompt: `${canary('prompt')} ${n}: may I add spironolactone?`,
    context: `${canary('context')} ${n} ${paragraph}`,
    specialty: 'Cardiology',
    responses: ['one', 'two'].map((which) => ({
      id: `${n}-${which}`,
      text: `${canary(`response-${which}`)} ${n}. ${paragraph}`,
      model: which,
    })),
  });

/** Cases with canaries in all that a physician reads, in one batch of this physician. */
export async function makeCanaryStudy(context: Context, physician: UserId, cases: number): Promise<void> {
  const study = await createStudy(context, {
    name: 'Plain study',
    rubric,
    guidelines: `${canary('guidelines')} Rate each answer on its own.`,
  });
  await importCases(context, {
    studyId: study.id,
    source: Readable.from([Buffer.from(Array.from({ length: cases }, (_, n) => caseLine(n)).join('\n'))]),
    fileName: 'cases.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  const batch = await createBatch(context, {
    studyId: study.id,
    name: 'Batch 1',
    size: cases,
    kind: 'work',
    order: 'import',
    onePerCase: true,
    overlap: 1,
  });
  await assignBatch(context, { batchId: batch.id, physicianIds: [physician] });
}
