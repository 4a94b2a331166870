import type { Person } from '../../../shared/contract/users.ts';
import { recallAssignments } from '../../batches/recall.ts';
import { getBatch, getPerson, getStudy } from '../lookup.ts';
import { plural } from '../output.ts';
import type { Session } from '../session.ts';

export type RecallOptions = {
  study: string;
  batch: string;
  from: string;
  untouchedOnly: boolean;
  reason: string;
};

const nameOf = (person: Person) => person.name || person.email;

async function takeBack({ context, output }: Session, options: RecallOptions, to: string | null) {
  const study = await getStudy(context, options.study);
  const batch = await getBatch(context, study, options.batch);
  const from = await getPerson(context, options.from);
  const heir = to === null ? null : await getPerson(context, to);
  const { untouchedOnly, reason } = options;
  const done = await recallAssignments(context, {
    ...{ batchId: batch.id, fromId: from.id, toId: heir?.id ?? null },
    ...{ untouchedOnly, reason },
  });
  const begun = done.begun === 0 ? '' : `, ${done.begun} of them begun`;
  const left =
    done.left === 0 ? [] : [`${plural(done.left, 'unfinished case')} stayed with ${nameOf(from)}.`];
  output.result(done, [
    `Took ${plural(done.recalled, 'case')} of "${batch.name}" back from ${nameOf(from)}${begun}${
      heir ? ` and gave ${done.given === 1 ? 'it' : 'them'} to ${nameOf(heir)}` : ''
    }.`,
    ...left,
    `What ${nameOf(from)} saved before hearing of it still arrives, marked late.`,
    ...(heir ? [] : [`Next: assign --study "${study.name}" --batch "${batch.name}" --to EMAIL`]),
  ]);
}

/** Takes unfinished work back, to be assigned again. */
export const batchRecall = (session: Session, options: RecallOptions): Promise<void> =>
  takeBack(session, options, null);

/** Takes unfinished work back and gives it to somebody else. */
export const batchReassign = (session: Session, options: RecallOptions & { to: string }): Promise<void> =>
  takeBack(session, options, options.to);
