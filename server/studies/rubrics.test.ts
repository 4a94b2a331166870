import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import { exportRaw } from '../../shared/contract/exports.ts';
import { publishRubric } from '../../shared/contract/studies.ts';
import { syncBatch, syncChanges } from '../../shared/contract/sync.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import { defaultRubric, type Rubric } from '../../shared/schema/rubric.ts';
import { startLaptop } from '../../test/support/annotate.ts';
import { makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';

const [first, ...others] = defaultRubric.dimensions;
if (!first) throw new Error('a rubric has dimensions');
const second: Rubric = {
  ...defaultRubric,
  dimensions: [{ ...first, key: 'harm', label: 'Harm' }, ...others],
  rules: [],
};
const rated = { safety: 4, completeness: 4, reasoning: 4, communication: 4 };
const under = (version: number | undefined, key: string): Partial<AnnotationBody> => ({
  ratings: { a: { ...rated, [key]: 4 }, b: { ...rated, [key]: 2 } },
  preference: 1,
  ...(version !== undefined && { rubricVersion: version }),
});

let server: TestServer;
let lead: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server?.stop());

async function makeWork() {
  const study = await makeStudy(server, 8);
  const ada = await server.person({ roles: ['physician'] });
  const make = async (name: string) => {
    const body = { name, size: 3 };
    const { batch } = await lead.call(createBatch, { params: { studyId: study.id }, body });
    await lead.call(assignBatch, { params: { batchId: batch.id }, body: { physicianIds: [ada.user.id] } });
    return batch.id;
  };
  const publish = (openBatches: boolean, rubric = second) =>
    lead.call(publishRubric, { params: { studyId: study.id }, body: { rubric, openBatches } });
  const versionOf = async (batchId: Awaited<ReturnType<typeof make>>) =>
    (await ada.call(syncBatch, { params: { batchId } })).batch.rubric.version;
  return { studyId: study.id, ada, make, publish, versionOf };
}

it('goes to new batches only, unless the open ones are asked for; locked ones keep theirs', async () => {
  const { ada, make, publish, versionOf } = await makeWork();
  const [open, locked] = [await make('Open'), await make('Locked')];
  await lead.call(lockBatch, { params: { batchId: locked }, body: { locked: true } });
  expect(await publish(false)).toEqual({ version: 2, batches: 0 });
  expect([await versionOf(open), await versionOf(await make('New'))]).toEqual([1, 2]);
  expect(await publish(true)).toEqual({ version: 2, batches: 1 });
  expect([await versionOf(open), await versionOf(locked)]).toEqual([2, 1]);
  expect(await publish(true)).toEqual({ version: 2, batches: 0 });
  const { events } = await ada.call(syncChanges, { query: { after: 0 } });
  expect(events.filter(({ type }) => type === 'batch-changed').at(-1)).toMatchObject({ batchId: open });
});

it('[S29] each annotation keeps the version it was answered under, and is judged by it', async () => {
  const { studyId, ada, make, publish } = await makeWork();
  const batchId = await make('Work');
  const laptop = await startLaptop(ada);
  const [one, two, three] = await laptop.assignments(batchId);
  if (!one || !two || !three) throw new Error('three cases are needed');
  await laptop.save(one.id, 'submitted', under(undefined, first.key));
  await publish(true);
  const kept = await laptop.save(two.id, 'submitted', under(1, first.key));
  await laptop.save(three.id, 'submitted', under(2, 'harm'));
  const older = await laptop.save(three.id, 'draft', under(undefined, 'harm'), null);
  const unknown = await laptop.save(one.id, 'draft', under(99, 'harm'), null);
  const { rows } = await server.db.execute<{ id: string; version: number }>(
    `select v.id, r.version from annotation_revisions v join rubrics r on r.id = v.rubric_id
     where v.user_id = '${ada.user.id}' order by v.ordinal`,
  );
  expect(rows.map(({ version }) => version)).toEqual([1, 1, 2, 2, 2]);
  expect(rows.map(({ id }) => id).slice(-2)).toEqual([older.revisionId, unknown.revisionId]);
  const reasons = await server.db.execute<{ reason: unknown }>(
    `select l.verdict->'reason' as reason from mutation_log l join annotation_revisions v
     on v.client_id = l.client_id and v.seq = l.seq where v.id = '${kept.revisionId}'`,
  );
  expect(reasons.rows).toEqual([{ reason: null }]);
  const lines = await lead.call(exportRaw, { params: { studyId } });
  expect(lines.map(({ rubricVersion }) => rubricVersion)).toEqual([1, 1, 2, 2, 2]);
});
