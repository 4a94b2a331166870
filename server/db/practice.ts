import { type SQL, sql } from 'drizzle-orm';
import { studySettingsSchema } from '../../shared/schema/expert-answer.ts';
import { type PracticeCounts, practiceStanding } from '../../shared/stats/practice-standing.ts';
import type { Reader } from './client.ts';

type CountRow = PracticeCounts & { userId: string; batchId: string; settings: unknown };

/** Each physician's standing in each practice batch that `where` leaves, of assignments `a` and batches `b`. */
export async function readPracticeStandings(db: Reader, where: SQL) {
  const { rows } = await db.execute<CountRow>(sql`
    select a.user_id as "userId", a.batch_id as "batchId", s.settings, count(*)::int as cases,
      count(*) filter (where g.answer->>'preference' is not null or (g.answer->>'bothUnacceptable')::boolean)::int as judged,
      count(*) filter (where exists (
        select 1 from annotation_revisions v where v.assignment_id = a.id and v.state <> 'draft'))::int as finished,
      count(f.assignment_id)::int as answered,
      count(*) filter (where f.agreed)::int as agreed
    from assignments a
    join batches b on b.id = a.batch_id
    join studies s on s.id = b.study_id
    left join gold g on g.comparison_id = a.comparison_id
    left join expert_feedback f on f.assignment_id = a.id
    where b.kind = 'practice' and a.recalled_at is null and ${where}
    group by a.user_id, a.batch_id, s.settings`);
  return rows.map(({ userId, batchId, settings, ...counts }) => {
    const { qualification } = studySettingsSchema.parse(settings);
    return { userId, batchId, standing: practiceStanding(counts, qualification.passShare) };
  });
}

/** True once the physician has passed one practice batch of the study. */
export async function hasPassedPractice(db: Reader, userId: string, studyId: string): Promise<boolean> {
  const standings = await readPracticeStandings(db, sql`a.user_id = ${userId} and b.study_id = ${studyId}`);
  return standings.some(({ standing }) => standing.passed === true);
}
