import { eq, sql } from 'drizzle-orm';
import type { StudyId, UserId } from '../../shared/schema/ids.ts';
import type { Reader } from '../db/client.ts';
import { studies } from '../db/schema.ts';

export async function findStudyName(db: Reader, studyId: StudyId): Promise<string | null> {
  const [study] = await db.select({ name: studies.name }).from(studies).where(eq(studies.id, studyId));
  return study?.name ?? null;
}

/** How many revisions a study has, and the last one by order of arrival: the end of an export that starts now. */
export async function findEnd(db: Reader, studyId: StudyId): Promise<{ count: number; last: number }> {
  const result = await db.execute<{ count: number; last: string | null }>(sql`
    select count(*)::int as count, max(v.ordinal) as last
    from annotation_revisions v
    join assignments a on a.id = v.assignment_id
    join batches b on b.id = a.batch_id
    where b.study_id = ${studyId} and b.kind = 'work'`);
  const row = result.rows[0];
  return { count: row?.count ?? 0, last: Number(row?.last ?? 0) };
}

export type RevisionRow = {
  ordinal: number;
  revisionId: string;
  baseRevisionId: string | null;
  assignmentId: string;
  latest: boolean;
  state: string;
  batch: string;
  rubricVersion: number;
  caseId: string;
  specialty: string | null;
  responseLeft: string;
  responseRight: string;
  modelLeft: string;
  modelRight: string;
  swapped: boolean;
  position: number;
  userId: UserId;
  raterSpecialties: string[];
  bodyHash: string;
  body: string;
  clientId: string;
  seq: number;
  madeAt: Date | string;
  receivedAt: Date | string;
  late: boolean;
  diverged: boolean;
  appVersion: string;
};

/**
 * The next revisions of a study's real work in order of arrival; practice is no data. `latest` is decided among those up to `last`,
 * so that what arrives during an export changes nothing in it.
 */
export async function readRevisions(
  db: Reader,
  page: { studyId: StudyId; after: number; last: number; limit: number },
): Promise<RevisionRow[]> {
  const result = await db.execute<
    Omit<RevisionRow, 'ordinal' | 'seq'> & { ordinal: string; seq: string }
  >(sql`
    select v.ordinal, v.id as "revisionId", v.base_revision_id as "baseRevisionId", v.assignment_id as "assignmentId",
      not exists (select 1 from annotation_revisions w where w.assignment_id = v.assignment_id
        and w.ordinal > v.ordinal and w.ordinal <= ${page.last}) as latest,
      v.state, b.name as batch, r.version as "rubricVersion",
      k.external_id as "caseId", k.specialty,
      l.external_id as "responseLeft", t.external_id as "responseRight",
      ml.name as "modelLeft", mt.name as "modelRight", a.swapped, a.position,
      v.user_id as "userId", u.specialties as "raterSpecialties",
      v.body_hash as "bodyHash", v.body, v.client_id as "clientId", v.seq,
      v.made_at as "madeAt", v.received_at as "receivedAt", v.late, v.diverged, v.app_version as "appVersion"
    from annotation_revisions v
    join assignments a on a.id = v.assignment_id
    join batches b on b.id = a.batch_id
    join rubrics r on r.id = coalesce(v.rubric_id, b.rubric_id)
    join comparisons c on c.id = a.comparison_id
    join cases k on k.id = c.case_id
    join responses l on l.id = case when a.swapped then c.response_two_id else c.response_one_id end
    join responses t on t.id = case when a.swapped then c.response_one_id else c.response_two_id end
    join models ml on ml.id = l.model_id
    join models mt on mt.id = t.model_id
    join users u on u.id = v.user_id
    where b.study_id = ${page.studyId} and b.kind = 'work' and v.ordinal > ${page.after} and v.ordinal <= ${page.last}
    order by v.ordinal limit ${page.limit}`);
  return result.rows.map((row) => ({ ...row, ordinal: Number(row.ordinal), seq: Number(row.seq) }));
}
