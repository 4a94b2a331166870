import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as contract from '../../shared/contract/users.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents } from '../db/schema.ts';
import { createSignInLink } from './domain.ts';

let server: TestServer;
let lead: TestPerson;
let admin: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'], name: 'B lead' });
  admin = await server.person({ roles: ['admin'], name: 'A admin' });
});
afterAll(() => server.stop());

describe('inviting', () => {
  it('gives a link to this server whose secret is in the fragment, and records who invited', async () => {
    const body = {
      email: 'New@Test.Example',
      roles: ['physician' as const],
      specialties: ['Cardiology', 'Cardiology'],
    };
    const { person, link } = await lead.call(contract.invitePerson, { body });
    expect(person).toMatchObject({
      email: 'new@test.example',
      status: 'invited',
      specialties: ['Cardiology'],
      openAssignments: 0,
    });
    expect(link.startsWith(`${server.url}/link#`)).toBe(true);
    const events = await server.db.select().from(auditEvents).where(eq(auditEvents.stream, lead.user.id));
    const mine = events.filter((event) => ['person-invited', 'link-created'].includes(event.action));
    expect(mine.map((event) => event.actorId)).toEqual([lead.user.id, lead.user.id]);
    expect(JSON.stringify(events)).not.toContain(link.split('#')[1]);
  });

  it('makes the link to the public address where there is one', async () => {
    const elsewhere = await startTestServer({ publicUrl: 'https://review.example.org' });
    const someone = await elsewhere.person({ roles: ['lead'] });
    const body = { email: 'x@test.example', roles: ['physician' as const] };
    const { link } = await someone.call(contract.invitePerson, { body });
    expect(link).toMatch(/^https:\/\/review\.example\.org\/link#/);
    await elsewhere.stop();
  });

  it('of staff is for administrators only', async () => {
    for (const role of ['lead', 'qa', 'admin'] as const) {
      const body = { email: `staff-${role}@test.example`, roles: [role, 'physician' as const] };
      await expect(lead.call(contract.invitePerson, { body })).rejects.toMatchObject({ code: 'forbidden' });
      expect((await admin.call(contract.invitePerson, { body })).person.roles).toEqual([role, 'physician']);
    }
  });

  it('twice is refused, also at the same moment', async () => {
    const body = { email: 'twice@test.example', roles: ['physician' as const] };
    const results = await Promise.allSettled([1, 2, 3].map(() => lead.call(contract.invitePerson, { body })));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(lead.call(contract.invitePerson, { body })).rejects.toMatchObject({
      code: 'already-exists',
    });
  });
});

describe('a new link', () => {
  it('to a staff account cannot be made by a lead, who would become that account', async () => {
    const actor = { userId: lead.user.id, roles: lead.user.roles, name: lead.user.name };
    const asLead = { ...server.context, actor };
    const options = { baseUrl: server.url };
    await expect(createSignInLink(asLead, admin.user.email, options)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(createSignInLink(asLead, 'unknown@test.example', options)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the list of people', () => {
  it('is ordered by name and can be narrowed to a role', async () => {
    const { people } = await lead.call(contract.listPeople, {});
    expect(people.map((person) => person.name)).toEqual(people.map((person) => person.name).sort());
    const admins = await lead.call(contract.listPeople, { query: { role: 'admin' } });
    expect(admins.people.every((person) => person.roles.includes('admin'))).toBe(true);
    expect(admins.people.map((person) => person.id)).toContain(admin.user.id);
    expect(JSON.stringify(people)).not.toContain('argon2');
  });
});
