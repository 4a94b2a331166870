import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as contract from '../../shared/contract/studies.ts';
import { defaultRubric } from '../../shared/schema/rubric.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents, guidelines } from '../db/schema.ts';
import { seedDemo } from '../demo-seed.ts';

let server: TestServer;
let lead: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  await seedDemo(server.context, { baseUrl: server.url });
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server.stop());

describe('a study', () => {
  it('starts with the default dimensions, no counts and an event of who made it', async () => {
    const { study } = await lead.call(contract.createStudy, { body: { name: '  Cardio-renal ' } });
    expect(study).toMatchObject({
      name: 'Cardio-renal',
      cases: 0,
      comparisons: 0,
      batches: 0,
      assigned: 0,
      submitted: 0,
      specialties: [],
    });
    expect(study.rubric).toMatchObject({ version: 1, definition: defaultRubric });
    const events = await server.db.select().from(auditEvents);
    const event = events.find((found) => found.action === 'study-created' && found.subject === study.id);
    expect(event?.actorId).toBe(lead.user.id);
  });

  it('keeps the guidelines it was made with as version 1', async () => {
    const { study } = await lead.call(contract.createStudy, {
      body: { name: 'Guided', guidelines: '# Read me' },
    });
    const rows = await server.db.select().from(guidelines);
    expect(rows.find((row) => row.studyId === study.id)).toMatchObject({ version: 1, markdown: '# Read me' });
  });

  it('cannot take the name of another, also at the same moment', async () => {
    const make = () => lead.call(contract.createStudy, { body: { name: 'Taken' } });
    const results = await Promise.allSettled([make(), make(), make()]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(make()).rejects.toMatchObject({ code: 'name-taken', status: 409 });
  });

  it('of an unknown id is not found, and of a broken id is a bad request', async () => {
    const params = { studyId: randomUUID() };
    await expect(lead.call(contract.readStudy, { params })).rejects.toMatchObject({ code: 'not-found' });
    await expect(lead.call(contract.readStudy, { params: { studyId: 'one' } })).rejects.toMatchObject({
      code: 'bad-request',
      details: [{ where: 'params.studyId' }],
    });
  });

  it('is listed with its own counts, newest first', async () => {
    const { studies } = await lead.call(contract.listStudies, {});
    const demo = studies.find((study) => study.name.startsWith('Demo'));
    expect(studies.at(-1)?.id).toBe(demo?.id);
    expect(demo).toMatchObject({ batches: 2, submitted: 0 });
    expect(demo?.cases).toBeGreaterThanOrEqual(24);
    // Practice is in no figure of the study.
    expect(demo?.assigned).toBe(((demo?.comparisons ?? 0) - 7) * 2);
    const bySpecialty = demo?.specialties.reduce((sum, row) => sum + row.comparisons, 0);
    expect(bySpecialty).toBe(demo?.comparisons);
    const { study } = await lead.call(contract.readStudy, { params: { studyId: demo?.id ?? '' } });
    expect(study).toEqual(demo);
  });
});
