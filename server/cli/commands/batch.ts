import type { Batch, BatchKind, PracticeStanding } from '../../../shared/contract/batches.ts';
import { assignBatch, batchProgress, createBatch, listBatches, lockBatch } from '../../batches/domain.ts';
import { getBatch, getPhysicians, getStudy } from '../lookup.ts';
import { plural, table } from '../output.ts';
import type { Session } from '../session.ts';

export type BatchOptions = {
  study: string;
  name: string;
  size: number;
  specialty?: string;
  kind: BatchKind;
  order: 'import' | 'random';
  onePerCase: boolean;
  overlap: number;
  deadline?: string;
};

export async function batchCreate({ context, output }: Session, options: BatchOptions): Promise<void> {
  const { study: studyName, ...choice } = options;
  const study = await getStudy(context, studyName);
  const batch = await createBatch(context, { ...choice, studyId: study.id });
  const fewer = batch.comparisons < options.size ? ` (${options.size} asked for; no more are left)` : '';
  output.result({ batch }, [
    batch.kind === 'practice'
      ? `Made the practice batch "${batch.name}" with ${plural(batch.comparisons, 'comparison')}${fewer}; everybody it is assigned to gets all of it.`
      : `Made the batch "${batch.name}" with ${plural(batch.comparisons, 'comparison')}${fewer}, ${plural(batch.overlap, 'physician')} for each.`,
    `Next: assign --study "${studyName}" --batch "${batch.name}" --to all`,
  ]);
}

const columns = [
  'BATCH',
  'KIND',
  'COMPARISONS',
  'OVERLAP',
  'ASSIGNED',
  'DRAFTS',
  'SUBMITTED',
  'SKIPPED',
  'DEADLINE',
  'LOCKED',
];
const row = (batch: Batch) => [
  batch.name,
  batch.kind,
  batch.comparisons,
  batch.overlap,
  batch.assigned,
  batch.drafts,
  batch.submitted,
  batch.skipped,
  batch.deadline,
  batch.lockedAt,
];

export async function batchList(
  { context, output }: Session,
  { study: name }: { study: string },
): Promise<void> {
  const study = await getStudy(context, name);
  const batches = await listBatches(context, study.id);
  const none = [`The study "${name}" has no batch yet. Make one with "batch create".`];
  output.result({ batches }, batches.length === 0 ? none : table(columns, batches.map(row)));
}

export type AssignOptions = { study: string; batch: string; to: string };

export async function assign({ context, output }: Session, options: AssignOptions): Promise<void> {
  const study = await getStudy(context, options.study);
  const batch = await getBatch(context, study, options.batch);
  const physicians = await getPhysicians(context, options.to);
  const done = await assignBatch(context, {
    batchId: batch.id,
    physicianIds: physicians.map(({ id }) => id),
  });
  const emailOf = new Map(physicians.map((person) => [person.id, person.email]));
  const perPhysician = done.perPhysician.map((given) => ({
    ...given,
    email: emailOf.get(given.userId) ?? '',
  }));
  const lines =
    done.assignments === 0
      ? [
          batch.kind === 'practice'
            ? `Nothing to do: they all have every comparison of "${batch.name}" already.`
            : `Nothing to do: every comparison of "${batch.name}" has its ${plural(batch.overlap, 'physician')} already.`,
        ]
      : [
          `Assigned ${plural(done.assignments, 'comparison')} of "${batch.name}".`,
          ...table(
            ['PHYSICIAN', 'NAME', 'ASSIGNED'],
            perPhysician.map((given) => [given.email, given.name, given.assignments]),
          ),
        ];
  output.result({ ...done, perPhysician }, lines);
}

/** Locks a batch or opens it again. */
export const batchLock =
  (locked: boolean) =>
  async ({ context, output }: Session, options: { study: string; batch: string }): Promise<void> => {
    const study = await getStudy(context, options.study);
    const { id } = await getBatch(context, study, options.batch);
    const batch = await lockBatch(context, { batchId: id, locked });
    output.result({ batch }, [
      locked
        ? `Locked "${batch.name}". Physicians can read it and change nothing; what they saved before they hear of it arrives marked late.`
        : `Opened "${batch.name}". Physicians can work on it again, under the newest guidelines.`,
    ]);
  };

const standingOf = (practice: PracticeStanding | null) => {
  if (!practice) return null;
  const result = { true: 'passed', false: 'not passed', null: 'open' }[`${practice.passed}`];
  return `${result}, ${practice.agreed} of ${practice.needed} needed`;
};

const minutes = (ms: number | null) => (ms === null ? null : `${(ms / 60_000).toFixed(1)} min`);

export async function progress(
  { context, output }: Session,
  options: { study: string; batch?: string },
): Promise<void> {
  const study = await getStudy(context, options.study);
  const all = await listBatches(context, study.id);
  if (options.batch === undefined) {
    const none = [`The study "${study.name}" has no batch yet. Make one with "batch create".`];
    return output.result({ batches: all }, all.length === 0 ? none : table(columns, all.map(row)));
  }
  const found = await batchProgress(context, (await getBatch(context, study, options.batch)).id);
  output.result(found, [
    ...table(columns, [row(found.batch)]),
    '',
    ...table(
      ['PHYSICIAN', 'ASSIGNED', 'DRAFTS', 'SUBMITTED', 'SKIPPED', 'LAST RECEIVED', 'MEDIAN TIME', 'PRACTICE'],
      found.physicians.map((person) => [
        person.name || person.userId,
        person.assigned,
        person.drafts,
        person.submitted,
        person.skipped,
        person.lastReceivedAt,
        minutes(person.medianActiveMs),
        standingOf(person.practice),
      ]),
    ),
  ]);
}
