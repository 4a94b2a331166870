import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch } from '../../shared/contract/batches.ts';
import { exportRaw } from '../../shared/contract/exports.ts';
import type { Study } from '../../shared/contract/studies.ts';
import { AppError } from '../../shared/errors.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { startLaptop, type TestLaptop } from '../../test/support/annotate.ts';
import { makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';

let server: TestServer;
let lead: TestPerson;
let physician: TestPerson;
let laptop: TestLaptop;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
  physician = await server.person({ roles: ['physician'], specialties: ['Cardiology'] });
  laptop = await startLaptop(physician);
});
afterAll(() => server?.stop());

async function assigned(
  cases: number,
): Promise<{ study: Study; mine: Awaited<ReturnType<TestLaptop['assignments']>> }> {
  const study = await makeStudy(server, cases);
  const { batch } = await lead.call(createBatch, {
    params: { studyId: study.id },
    body: { name: 'B', size: cases },
  });
  await lead.call(assignBatch, {
    params: { batchId: batch.id },
    body: { physicianIds: [physician.user.id] },
  });
  return { study, mine: await laptop.assignments(batch.id) };
}
const readExport = (study: Study) => lead.call(exportRaw, { params: { studyId: study.id } });

it('gives every revision in order of arrival, with a body that still has its hash', async () => {
  const { study, mine } = await assigned(2);
  const [first = '', second = ''] = mine.map(({ id }): string => id);
  const odd = {
    reasoning: { evidence: 'Käse \u2028 "quoted" 0.1 \\ 漢字 🙂', alternatives: '', conclusion: '' },
    laterField: { z: 1, a: [1e-7, 'x'] },
  };
  const draft = await laptop.save(first, 'draft', odd);
  const done = await laptop.save(second, 'skipped', { skip: { reason: 'other', note: 'odd' } });
  const final = await laptop.save(first, 'draft', { ...odd, preference: 1 }, draft.revisionId);
  const lines = await readExport(study);
  expect(lines.map(({ revisionId, latest, state }) => ({ revisionId, latest, state }))).toEqual([
    { revisionId: draft.revisionId, latest: false, state: 'draft' },
    { revisionId: done.revisionId, latest: true, state: 'skipped' },
    { revisionId: final.revisionId, latest: true, state: 'draft' },
  ]);
  for (const line of lines) expect(bodyHash(line.body)).toBe(line.bodyHash);
  expect(lines[0]).toMatchObject({
    bodyHash: draft.bodyHash,
    body: { laterField: { a: [1e-7, 'x'], z: 1 } },
  });
  expect(lines[2]?.baseRevisionId).toBe(draft.revisionId);
});

it('names left and right as this physician saw them', async () => {
  const { study, mine } = await assigned(6);
  for (const { id } of mine) await laptop.save(id, 'draft', {});
  const lines = await readExport(study);
  expect(lines).toHaveLength(6);
  for (const [i, line] of lines.entries()) {
    const left = mine[i]?.a.startsWith('Answer one') ? 'one' : 'two';
    const right = left === 'one' ? 'two' : 'one';
    expect(line).toMatchObject({
      modelLeft: `CANARY-MODEL-${left}`,
      modelRight: `CANARY-MODEL-${right}`,
      study: study.name,
      batch: 'B',
      rubricVersion: 1,
    });
    expect(line.responseLeft).toMatch(new RegExp(`^CANARY-RESPONSE-\\d+-${left}$`));
    expect(line.caseId).toMatch(/^CANARY-CASE-\d+$/);
  }
});

it('calls a rater by a name that is the same within a study and another one elsewhere', async () => {
  const one = await assigned(2);
  const other = await assigned(1);
  for (const { id } of [...one.mine, ...other.mine]) await laptop.save(id, 'draft', {});
  const names = (await readExport(one.study)).map(({ rater }) => rater);
  const [elsewhere] = (await readExport(other.study)).map(({ rater }) => rater);
  expect(new Set(names).size).toBe(1);
  expect(names[0]).toMatch(/^rater-[0-9a-f]{12}$/);
  expect(elsewhere).not.toBe(names[0]);
  expect(JSON.stringify(await readExport(one.study))).not.toContain(physician.user.id);
});

it('goes on over many pages without losing or repeating a revision', async () => {
  const { study, mine } = await assigned(1);
  await laptop.save(mine[0]?.id ?? '', 'draft', {});
  await server.db.execute(sql`
    insert into annotation_revisions
      (id, assignment_id, user_id, state, body, body_hash, client_id, seq, app_version, late, diverged, made_at)
    select gen_random_uuid(), r.assignment_id, r.user_id, r.state, r.body, r.body_hash, r.client_id, 100000 + n, 'x', false, false, now()
    from annotation_revisions r, generate_series(1, 1200) n where r.assignment_id = ${mine[0]?.id}`);
  const lines = await readExport(study);
  expect(lines).toHaveLength(1201);
  expect(new Set(lines.map(({ revisionId }) => revisionId)).size).toBe(1201);
  expect(lines.filter(({ latest }) => latest)).toHaveLength(1);
});

it('puts each export on the audit trail, and refuses it to reviewers and physicians', async () => {
  const { study } = await assigned(1);
  expect(await readExport(study)).toEqual([]);
  const { rows } = await server.db.execute<{ actor_id: string; detail: unknown }>(
    sql`select actor_id, detail from audit_events where action = 'exported-raw' and subject = ${`study:${study.id}`}`,
  );
  expect(rows).toEqual([{ actor_id: lead.user.id, detail: { revisions: 0, upTo: 0 } }]);
  const qa = await server.person({ roles: ['qa'] });
  for (const person of [qa, physician]) {
    const error = await person
      .call(exportRaw, { params: { studyId: study.id } })
      .catch((cause: unknown) => cause);
    expect(error instanceof AppError && error.code).toBe('forbidden');
  }
});

it('names the guidelines the physician had, not those the batch has now', async () => {
  const { study, mine } = await assigned(2);
  await laptop.save(mine[0]?.id ?? '', 'draft', { guidelinesVersion: 3 });
  await laptop.save(mine[1]?.id ?? '', 'draft', {});
  expect((await readExport(study)).map((line) => line.guidelinesVersion)).toEqual([3, null]);
});
