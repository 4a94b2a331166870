import { createStudy, listStudies } from '../../studies/domain.ts';
import { table } from '../output.ts';
import type { Session } from '../session.ts';

export async function studyCreate({ context, output }: Session, { name }: { name: string }): Promise<void> {
  const study = await createStudy(context, { name });
  output.result({ study }, [`Made the study "${study.name}". Next: import FILE --study "${study.name}"`]);
}

export async function studyList({ context, output }: Session): Promise<void> {
  const studies = await listStudies(context);
  const rows = studies.map((study) => [
    study.name,
    study.cases,
    study.comparisons,
    study.batches,
    study.assigned,
    study.submitted,
  ]);
  const head = ['STUDY', 'CASES', 'COMPARISONS', 'BATCHES', 'ASSIGNED', 'SUBMITTED'];
  const none = ['There is no study yet. Make one with "study create --name NAME".'];
  output.result({ studies }, studies.length === 0 ? none : table(head, rows));
}
