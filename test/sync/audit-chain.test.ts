import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../server/audit/domain.ts';
import { appendAudit } from '../../server/db/audit.ts';
import { systemActor } from '../../server/db/context.ts';
import { syncHello, syncPush } from '../../shared/contract/sync.ts';
import { mutation, newClientId } from './mutations.ts';
import { type Person, type SyncServer, seedAssignments, seedBatch, startSyncServer } from './sync-server.ts';

let server: SyncServer;
let person: Person;
/** Events of the person's chain before the push: the account's own. */
let before: number;

const verify = () => verifyAudit({ db: server.connection.db, actor: systemActor, clock: () => new Date() });

/** Fills in the person's chain for `{mine}` and the k-th event of the push for `{k}`. */
const filled = (statement: string) =>
  statement
    .replaceAll('{mine}', `stream = '${person.id}'`)
    .replace(/\{(\d)\}/g, (_, k) => String(before + Number(k)));

/** What somebody with the database superuser's password can do: triggers do not stop them. */
const tamper = (statement: string) =>
  server.connection.pool.query(
    `SET session_replication_role = replica; ${filled(statement)}; RESET session_replication_role`,
  );

beforeEach(async () => {
  server = await startSyncServer();
  person = await server.person();
  const assignmentIds = await seedAssignments(server, await seedBatch(server, 3), person);
  const clientId = newClientId();
  await person.call(syncHello, { body: { clientId, appVersion: '1', deviceName: 'ward' } });
  const mutations = [...assignmentIds.map((id, i) => mutation(i + 1, id)), { seq: 4 }];
  const { rows } = await server.connection.pool.query('SELECT n FROM audit_heads WHERE stream = $1', [
    person.id,
  ]);
  before = Number(rows[0]?.n ?? 0);
  await person.call(syncPush, { body: { clientId, appVersion: '1', epoch: server.epoch, mutations } });
});
afterEach(() => server.stop());

describe('audit chain', () => {
  it('holds after ordinary work, whatever the details carried', async () => {
    await server.connection.db.transaction((tx) =>
      appendAudit(tx, systemActor, new Date(), [
        {
          action: 'file.imported',
          subject: 'a\u0000b \ud800',
          detail: { at: new Date(0), gone: undefined, n: -0, text: '\u0000', deep: [1.5e300] },
        },
      ]),
    );
    const { rows } = await server.connection.pool.query(
      'SELECT count(*)::int AS events, count(DISTINCT stream)::int AS streams FROM audit_events',
    );
    expect(rows[0]?.events).toBeGreaterThan(before + 4);
    expect(await verify()).toEqual({ ...rows[0], firstBreak: null });
  });

  it('refuses UPDATE, DELETE and TRUNCATE to the server itself', async () => {
    const run = (statement: string) => server.connection.pool.query(statement);
    await expect(run(`UPDATE audit_events SET subject = 'x'`)).rejects.toThrow('append-only');
    await expect(run('DELETE FROM audit_events')).rejects.toThrow('append-only');
    await expect(run('TRUNCATE audit_events')).rejects.toThrow('append-only');
    await expect(run(`UPDATE annotation_revisions SET body = '{}'`)).rejects.toThrow('append-only');
  });

  it('needs the permission', async () => {
    const physician = { db: server.connection.db, actor: person.actor, clock: () => new Date() };
    await expect(verifyAudit(physician)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['a changed subject', `UPDATE audit_events SET subject = 'x' WHERE {mine} AND n = {2}`, 2, 'changed'],
    [
      'a changed detail',
      `UPDATE audit_events SET detail = detail || '{"x": 1}' WHERE {mine} AND n = {3}`,
      3,
      'changed',
    ],
    [
      'a changed time',
      `UPDATE audit_events SET at = at + interval '1 hour' WHERE {mine} AND n = {1}`,
      1,
      'changed',
    ],
    ['a removed event', 'DELETE FROM audit_events WHERE {mine} AND n = {2}', 2, 'missing'],
    ['a removed last event', 'DELETE FROM audit_events WHERE {mine} AND n = {4}', 4, 'missing'],
    ['a removed head', 'DELETE FROM audit_heads WHERE {mine}', 4, 'head'],
    [
      'a head set back',
      'UPDATE audit_heads SET n = {2}, hash = (SELECT hash FROM audit_events WHERE {mine} AND n = {2}) WHERE {mine}',
      2,
      'head',
    ],
    ['an altered annotation', `UPDATE annotation_revisions SET body = '{}' WHERE seq = 1`, 1, 'revision'],
    [
      'an altered annotation with its hash',
      `UPDATE annotation_revisions SET body = '{}', body_hash = encode(sha256('{}'), 'hex') WHERE seq = 1`,
      1,
      'revision',
    ],
    ['a removed annotation', 'DELETE FROM annotation_revisions WHERE seq = 2', 2, 'revision'],
  ])('names %s', async (_what, statement, k, words) => {
    await tamper(statement);
    const { firstBreak } = await verify();
    expect(firstBreak).toMatchObject({ stream: person.id, n: before + k });
    expect(firstBreak?.what).toContain(words);
  });

  it('names an event that was put in between', async () => {
    await tamper(`INSERT INTO audit_events SELECT stream, {5}, at, actor_id, action, subject, detail, previous_hash, hash
      FROM audit_events WHERE {mine} AND n = {4}`);
    expect((await verify()).firstBreak).toMatchObject({ stream: person.id, n: before + 5 });
  });

  it('names an emptied chain', async () => {
    await tamper('DELETE FROM audit_events WHERE {mine}');
    expect((await verify()).firstBreak).toMatchObject({ stream: person.id, n: 1 });
  });

  it('finds a tail cut together with its head by the receipts that laptops were given', async () => {
    await tamper(`DELETE FROM audit_events WHERE {mine} AND n >= {3}; DELETE FROM annotation_revisions WHERE seq >= 3;
      UPDATE audit_heads SET n = {2}, hash = (SELECT hash FROM audit_events WHERE {mine} AND n = {2}) WHERE {mine}`);
    expect((await verify()).firstBreak).toMatchObject({ stream: person.id, n: null });
  });

  it('cannot show a tail whose head and receipts were all cut in step: that needs an anchor outside', async () => {
    await tamper(`DELETE FROM audit_events WHERE {mine} AND n >= {3}; DELETE FROM annotation_revisions WHERE seq >= 3;
      DELETE FROM mutation_log WHERE seq >= 3;
      UPDATE audit_heads SET n = {2}, hash = (SELECT hash FROM audit_events WHERE {mine} AND n = {2}) WHERE {mine}`);
    expect((await verify()).firstBreak).toBeNull();
  });
});
