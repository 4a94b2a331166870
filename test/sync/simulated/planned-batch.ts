import type { BatchId, ComparisonId } from '../../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../../shared/schema/rubric.ts';
import type { SeededIds } from './seeded-ids.ts';

export type PlannedCase = {
  caseId: string;
  comparisonId: ComparisonId;
  title: string;
  prompt: { role: 'user'; content: string }[];
  one: { id: string; text: string };
  two: { id: string; text: string };
};
export type PlannedBatch = {
  batchId: BatchId;
  studyId: string;
  rubricId: string;
  models: [string, string];
  cases: PlannedCase[];
};

/** What a batch of a world is made of; both servers store it, each in its own way. */
export function planBatch(ids: SeededIds, size: number): PlannedBatch {
  const answer = (name: string, i: number) => ({
    id: ids.id(),
    text: `Answer ${name} to question ${i + 1}.`,
  });
  return {
    batchId: ids.id<BatchId>(),
    studyId: ids.id(),
    rubricId: ids.id(),
    models: [ids.id(), ids.id()],
    cases: Array.from({ length: size }, (_, i) => ({
      caseId: ids.id(),
      comparisonId: ids.id<ComparisonId>(),
      title: `Case ${i + 1}`,
      prompt: [{ role: 'user', content: `Question ${i + 1}: which dose? 🩺` }],
      one: answer('one', i),
      two: answer('two', i),
    })),
  };
}

export const batchName = 'Batch';
export const studyNameOf = (studyId: string): string => `Study ${studyId}`;
/** Left and right take turns. */
export const isSwapped = (position: number): boolean => position % 2 === 1;

const doubt = {
  key: 'doubt',
  label: 'Doubt',
  description: '',
  scale: { kind: 'steps' as const, anchors: ['none', 'some', 'much'] },
  required: true,
};

/** Every second version asks one thing in place of another, so that the same work is judged otherwise. */
export function rubricOfVersion(version: number): Rubric {
  if (version % 2 === 1) return defaultRubric;
  return { ...defaultRubric, dimensions: [...defaultRubric.dimensions.slice(0, -1), doubt] };
}
