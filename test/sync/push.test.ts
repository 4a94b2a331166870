import { gzipSync } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tables from '../../server/db/schema.ts';
import { syncBatchPage, syncChanges, syncDigest, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import { sentDigest } from '../../shared/sync/digest.ts';
import { rawJson } from '../../shared/sync/raw-json.ts';
import { completeBody, mutation, newClientId, type SentMutation, statusesOf } from './mutations.ts';
import {
  freshId,
  type Person,
  rowsOf,
  type SyncServer,
  seedAssignments,
  seedBatch,
  startSyncServer,
} from './sync-server.ts';

let server: SyncServer;
beforeAll(async () => {
  server = await startSyncServer();
});
afterAll(() => server.stop());

async function laptopOf(person: Person, clientId = newClientId()) {
  const { epoch } = await person.call(syncHello, {
    body: { clientId, appVersion: '1.0.0', deviceName: 'ward' },
  });
  const push = (mutations: unknown[], changed: { epoch?: string } = {}) =>
    person.call(syncPush, { body: { clientId, appVersion: '1.0.0', epoch, mutations, ...changed } });
  return { clientId, push, person };
}

async function desk(size = 3) {
  const person = await server.person();
  const batch = await seedBatch(server, size);
  const assignmentIds = await seedAssignments(server, batch, person);
  return { ...(await laptopOf(person)), batch, at: (i: number) => assignmentIds[i] ?? '' };
}

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : String(error);
};

const revisionsOf = (assignmentId: string) =>
  server.connection.db
    .select()
    .from(tables.annotationRevisions)
    .where(eq(tables.annotationRevisions.assignmentId, assignmentId))
    .orderBy(tables.annotationRevisions.ordinal);

const assignmentOf = async (id: string) => {
  const [row] = await server.connection.db
    .select()
    .from(tables.assignments)
    .where(eq(tables.assignments.id, id));
  return row;
};

describe('handshake', () => {
  it('[S1] binds a client id to the first user and refuses it to anybody else without saying whose it is', async () => {
    const [one, other] = [await server.person(), await server.person()];
    const clientId = newClientId();
    const body = { clientId, appVersion: '1', deviceName: 'x' };
    expect(await one.call(syncHello, { body })).toMatchObject({
      lastSeq: 0,
      feedHead: 0,
      epoch: server.epoch,
    });
    const refused = await other.raw(syncHello, { body });
    expect(refused.status).toBe(403);
    expect(refused.text).not.toContain(one.id);
    expect(await codeOf(other.call(syncDigest, { params: { clientId } }))).toBe('not-found');
    const stolen = {
      body: { clientId, appVersion: '1', epoch: server.epoch, mutations: [mutation(1, freshId())] },
    };
    expect(await codeOf(other.call(syncPush, stolen))).toBe('epoch-changed');
    expect(await one.call(syncHello, { body })).toMatchObject({ lastSeq: 0 });
  });

  it('[S2] refuses a push of another epoch or of a client it never met, and takes nothing of it', async () => {
    const { push, at, person, clientId } = await desk();
    expect(await codeOf(push([mutation(1, at(0))], { epoch: crypto.randomUUID() }))).toBe('epoch-changed');
    const unknown = {
      clientId: newClientId(),
      appVersion: '1',
      epoch: server.epoch,
      mutations: [mutation(1, at(0))],
    };
    expect(await codeOf(person.call(syncPush, { body: unknown }))).toBe('epoch-changed');
    expect(await revisionsOf(at(0))).toHaveLength(0);
    expect(await person.call(syncDigest, { params: { clientId } })).toMatchObject({ count: 0, lastSeq: 0 });
  });

  it('[S20] lets nobody but a physician sync', async () => {
    const lead = await server.person(['lead', 'qa', 'admin']);
    const body = { clientId: newClientId(), appVersion: '1', deviceName: '' };
    expect(await codeOf(lead.call(syncHello, { body }))).toBe('forbidden');
    expect(await codeOf(lead.call(syncChanges, { query: { after: 0 } }))).toBe('forbidden');
  });
});

describe('push', () => {
  it('[S3] stores revision, log row, audit event and feed event together', async () => {
    const { push, at, clientId, person } = await desk();
    const sent = [
      mutation(1, at(0)),
      mutation(2, at(1), { state: 'draft' }),
      mutation(3, at(2), { state: 'skipped' }),
    ];
    const reply = await push(sent);
    expect(statusesOf(reply)).toEqual(['1 accepted', '2 accepted', '3 accepted']);
    expect(reply).toMatchObject({ lastSeq: 3, expectedSeq: null });
    const [revision] = await revisionsOf(at(0));
    expect(revision).toMatchObject({
      bodyHash: sent[0]?.bodyHash,
      clientId,
      seq: 1,
      late: false,
      diverged: false,
    });
    expect(revision?.body).toBe(canonicalJson(sent[0]?.body));
    expect(await assignmentOf(at(1))).toMatchObject({
      latestRevisionId: sent[1]?.revisionId,
      latestState: 'draft',
    });
    const events = await person.call(syncChanges, { query: { after: 0 } });
    expect(events.events.map((event) => event.n)).toEqual([1, 2, 3]);
  });

  it('[S3] takes one large mutation alone, and refuses the same size in a push of several', async () => {
    const { push, at, person, clientId } = await desk();
    const large = { ...completeBody(), laterField: 'x'.repeat(400_000) };
    const several = {
      clientId,
      appVersion: '1',
      epoch: server.epoch,
      mutations: [mutation(1, at(0), { body: large }), mutation(2, at(1))],
    };
    expect((await person.raw(syncPush, { body: several })).status).toBe(413);
    expect(statusesOf(await push([mutation(1, at(0), { body: large })]))).toEqual(['1 accepted']);
  });

  it('[S3] measures a gzipped push by what it unpacks to', async () => {
    const { at, person, clientId } = await desk();
    const body = { ...completeBody(), laterField: 'x'.repeat(400_000) };
    const send = (mutations: unknown[]) => {
      const push = JSON.stringify({ clientId, appVersion: '1', epoch: server.epoch, mutations });
      return fetch(server.url + syncPush.path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${person.token}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: gzipSync(push),
      });
    };
    expect((await send([mutation(1, at(0), { body }), mutation(2, at(1))])).status).toBe(413);
    // Seventeen megabytes in seventeen kilobytes: unpacking stops at the limit of one change.
    const bomb = { ...body, laterField: 'x'.repeat(17 * 1024 * 1024) };
    expect((await send([mutation(1, at(0), { body: bomb })])).status).toBe(413);
    const taken = await send([mutation(1, at(0), { body })]);
    expect(statusesOf(syncPush.reply.parse(await taken.json()))).toEqual(['1 accepted']);
  });

  it('[S4] answers a seq it has seen with the stored verdict and changes nothing', async () => {
    const { push, at, clientId, person } = await desk();
    const sent = [mutation(1, at(0)), { seq: 2, garbage: true }, mutation(3, freshId())];
    const first = await push(sent);
    const before = await Promise.all(
      ['annotation_revisions', 'mutation_log', 'audit_events', 'feed'].map((t) => rowsOf(server, t)),
    );
    const again = await push(sent);
    expect(again.verdicts).toEqual(first.verdicts);
    const after = await Promise.all(
      ['annotation_revisions', 'mutation_log', 'audit_events', 'feed'].map((t) => rowsOf(server, t)),
    );
    expect(after).toEqual(before);
    expect(await person.call(syncDigest, { params: { clientId } })).toMatchObject({ count: 3, lastSeq: 3 });
  });

  it('[S4] gives twenty concurrent pushes of the same changes one effect and one answer', async () => {
    const { push, at } = await desk();
    const sent = [mutation(1, at(0)), mutation(2, at(1)), mutation(3, at(2))];
    const replies = await Promise.all(Array.from({ length: 20 }, () => push(sent)));
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    for (const i of [0, 1, 2]) expect(await revisionsOf(at(i))).toHaveLength(1);
  });

  it('[S4] answers a seq that stands twice in one push once in effect', async () => {
    const { push, at } = await desk();
    const sent = mutation(1, at(0));
    const reply = await push([sent, sent, mutation(2, at(1))]);
    expect(statusesOf(reply)).toEqual(['1 accepted', '1 accepted', '2 accepted']);
    expect(reply.verdicts[0]).toEqual(reply.verdicts[1]);
    expect(await revisionsOf(at(0))).toHaveLength(1);
  });

  it('[S5] keeps both when a seq comes with another body, and applies only the first', async () => {
    const { push, at, clientId } = await desk();
    const first = mutation(1, at(0));
    await push([first]);
    const second = mutation(1, at(0), { body: completeBody('another') });
    const reply = await push([second]);
    expect(statusesOf(reply)).toEqual(['1 conflict']);
    expect(reply.verdicts[0]?.receipt).toMatchObject({
      seq: 1,
      bodyHash: second.bodyHash,
      revisionId: second.revisionId,
    });
    expect((await push([second])).verdicts).toEqual(reply.verdicts);
    const kept = (await rowsOf(server, 'mutation_conflicts')).filter((row) => row.client_id === clientId);
    expect(kept.map((row) => JSON.parse(String(row.raw)))).toEqual([second]);
    expect((await revisionsOf(at(0))).map((row) => row.bodyHash)).toEqual([first.bodyHash]);
    expect(statusesOf(await push([first, mutation(2, at(1))]))).toEqual(['1 accepted', '2 accepted']);
  });

  it('[S5] sees a conflict in the same body under another revision id, too', async () => {
    const { push, at } = await desk();
    const draft = mutation(1, at(0), { state: 'draft' });
    await push([draft]);
    const submission = { ...draft, state: 'submitted', revisionId: freshId() };
    expect(statusesOf(await push([submission]))).toEqual(['1 conflict']);
  });

  it('[S6] stops at a gap, says which seq it needs and keeps what came before', async () => {
    const { push, at } = await desk();
    const [one, two, three] = [mutation(1, at(0)), mutation(2, at(1)), mutation(3, at(2))];
    expect(await push([two])).toMatchObject({ verdicts: [], lastSeq: 0, expectedSeq: 1 });
    const reply = await push([one, three]);
    expect(statusesOf(reply)).toEqual(['1 accepted']);
    expect(reply).toMatchObject({ lastSeq: 1, expectedSeq: 2 });
    expect(await revisionsOf(at(2))).toHaveLength(0);
    expect(statusesOf(await push([two, three]))).toEqual(['2 accepted', '3 accepted']);
  });
});

describe('quarantine', () => {
  const reasonsOf = (reply: { verdicts: readonly { status: string; reason: { code: string } | null }[] }) =>
    reply.verdicts.map(({ status, reason }) => `${status} ${reason?.code ?? '-'}`);

  it('[S7] quarantines what it cannot read, keeps its raw text and takes the neighbours', async () => {
    const { push, at, clientId } = await desk();
    const foreign = await desk();
    const nul = mutation(5, at(0), { body: { ...completeBody(), note: 'a\u0000b' } });
    const half = mutation(6, at(0), { body: { ...completeBody(), note: '\ud800' } });
    const sent: unknown[] = [
      mutation(1, at(0)),
      { seq: 2 },
      null,
      { ...mutation(4, at(0)), version: 99 },
      nul,
      half,
      { ...mutation(7, at(0)), bodyHash: 'f'.repeat(64) },
      mutation(8, foreign.at(0)),
      mutation(9, freshId()),
      mutation(10, at(1)),
    ];
    const reply = await push(sent);
    expect(reply).toMatchObject({ lastSeq: 10, expectedSeq: null });
    expect(reasonsOf(reply)).toEqual([
      'accepted -',
      'quarantined unreadable',
      'quarantined unreadable',
      'quarantined unknown-version',
      'quarantined unreadable',
      'quarantined unreadable',
      'quarantined hash-mismatch',
      'quarantined not-yours',
      'quarantined not-yours',
      'accepted -',
    ]);
    expect(reply.verdicts[7]?.reason).toEqual(reply.verdicts[8]?.reason);
    const log = (await rowsOf(server, 'mutation_log')).filter((row) => row.client_id === clientId);
    const raw = new Map(log.map((row) => [Number(row.seq), row.raw]));
    for (const [i, item] of sent.entries())
      expect(raw.get(i + 1) === null ? null : String(raw.get(i + 1))).toBe(
        [0, 9].includes(i) ? null : rawJson(item),
      );
    expect(await revisionsOf(foreign.at(0))).toHaveLength(0);
  });

  it('[S7] lets hostile depth, odd keys and numbers beyond JSON pass by without blocking', async () => {
    const { person, at, clientId } = await desk();
    const deep = `{"seq":1,"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const proto = JSON.stringify(mutation(2, at(0))).replace('"v":1', '"v":1,"__proto__":{"x":1}');
    const infinite = JSON.stringify(mutation(3, at(0))).replace('"v":1', '"v":1,"big":1e999');
    const mutations = [deep, proto, infinite, JSON.stringify(mutation(4, at(0)))].join(',');
    const head = JSON.stringify({ clientId, appVersion: '1', epoch: server.epoch }).slice(0, -1);
    const { status, text } = await person.raw(syncPush, {}, `${head},"mutations":[${mutations}]}`);
    expect(status, text).toBe(200);
    expect(reasonsOf(JSON.parse(text))).toEqual([
      'quarantined unreadable',
      'quarantined unreadable',
      'quarantined unreadable',
      'accepted -',
    ]);
    const log = (await rowsOf(server, 'mutation_log')).filter(
      (row) => row.client_id === clientId && row.seq === '1',
    );
    expect(String(log[0]?.raw)).toBe(deep);
  });

  it('[S7] isolates an item that only the database refuses', async () => {
    const { push, at, clientId } = await desk();
    await server.connection.pool.query(`
      CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.body LIKE '%poison pill%' THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW; END $$;
      CREATE TRIGGER poison BEFORE INSERT ON annotation_revisions FOR EACH ROW EXECUTE FUNCTION refuse_poison()`);
    const sent = [
      mutation(1, at(0)),
      mutation(2, at(1), { body: completeBody('poison pill') }),
      mutation(3, at(2)),
    ];
    expect(reasonsOf(await push(sent))).toEqual(['accepted -', 'quarantined unreadable', 'accepted -']);
    await server.connection.pool.query('DROP TRIGGER poison ON annotation_revisions');
    const log = (await rowsOf(server, 'mutation_log')).filter(
      (row) => row.client_id === clientId && row.seq === '2',
    );
    expect(JSON.parse(String(log[0]?.raw))).toEqual(sent[1]);
    expect(await revisionsOf(at(1))).toHaveLength(0);
  });

  it('[S7] refuses a revision id that stands for something else', async () => {
    const { push, at } = await desk();
    const foreign = await desk();
    const first = mutation(1, foreign.at(0));
    await foreign.push([first]);
    const reply = await push([mutation(1, at(0), { revisionId: first.revisionId }), mutation(2, at(1))]);
    expect(reasonsOf(reply)).toEqual(['quarantined revision-id-used', 'accepted -']);
  });

  it('[S7] refuses a push in which nothing says where it belongs', async () => {
    const { push } = await desk();
    expect(await codeOf(push([null, 'x', { seq: -1 }]))).toBe('bad-request');
  });
});

describe('receipts', () => {
  it('[S8] carry the hash of an audit event in the chain of the user', async () => {
    const { push, at, person } = await desk();
    const reply = await push([mutation(1, at(0)), { seq: 2 }]);
    const chain = (await rowsOf(server, 'audit_events')).filter((row) => row.stream === person.id);
    for (const verdict of reply.verdicts) {
      expect(verdict.receipt.durable).toBe(true);
      expect(chain.map((row) => row.hash)).toContain(verdict.receipt.auditHash);
    }
  });
});

describe('revisions', () => {
  it('[S10] keeps both laptops’ versions and marks the second as diverged', async () => {
    const { push, at, person } = await desk();
    const other = await laptopOf(person);
    const [one, two] = [mutation(1, at(0)), mutation(1, at(0), { body: completeBody('other laptop') })];
    await push([one]);
    const reply = await other.push([two]);
    expect(reply.verdicts[0]).toMatchObject({ status: 'accepted', diverged: true });
    expect((await revisionsOf(at(0))).map((row) => row.diverged)).toEqual([false, true]);
    expect(await assignmentOf(at(0))).toMatchObject({
      latestRevisionId: one.revisionId,
      latestState: 'submitted',
    });
  });

  it('[S10] never lets a forgotten draft hide a submission, in either order of arrival', async () => {
    const { push, at, person } = await desk();
    const other = await laptopOf(person);
    const submission = mutation(1, at(0));
    await push([submission]);
    await other.push([mutation(1, at(0), { state: 'draft' }), mutation(2, at(1), { state: 'draft' })]);
    expect(await assignmentOf(at(0))).toMatchObject({ latestRevisionId: submission.revisionId });
    const late = mutation(2, at(1));
    expect((await push([late])).verdicts[0]).toMatchObject({ diverged: true });
    expect(await assignmentOf(at(1))).toMatchObject({
      latestRevisionId: late.revisionId,
      latestState: 'submitted',
    });
  });

  it('[S10] follows one laptop through draft, submission and a draft on top of it', async () => {
    const { push, at } = await desk();
    const draft = mutation(1, at(0), { state: 'draft' });
    const submission = mutation(2, at(0), { base: draft.revisionId });
    const reopened = mutation(3, at(0), { state: 'draft', base: submission.revisionId });
    const reply = await push([draft, submission, reopened]);
    expect(reply.verdicts.map((verdict) => verdict.diverged)).toEqual([false, false, false]);
    expect(await assignmentOf(at(0))).toMatchObject({
      latestRevisionId: reopened.revisionId,
      latestState: 'draft',
    });
  });

  it('[S12] takes work on a recalled assignment as late', async () => {
    const { push, at, person, batch } = await desk();
    await server.connection.db
      .update(tables.assignments)
      .set({ recalledAt: new Date() })
      .where(eq(tables.assignments.id, at(0)));
    const reply = await push([mutation(1, at(0)), mutation(2, at(1))]);
    expect(statusesOf(reply)).toEqual(['1 late', '2 accepted']);
    expect(reply.verdicts[0]?.reason?.code).toBe('recalled');
    expect((await revisionsOf(at(0)))[0]).toMatchObject({ late: true });
    const page = await person.call(syncBatchPage, { params: { batchId: batch.batchId } });
    expect(page.assignments.map((one) => one.recalled)).toEqual([true, false, false]);
  });

  it('[S12] takes work on a locked batch as late, and moves the head as ever', async () => {
    const { push, at, batch, person } = await desk();
    const first = mutation(1, at(0), { state: 'draft' });
    await push([first]);
    const setLock = (lockedAt: Date | null) =>
      server.connection.db
        .update(tables.batches)
        .set({ lockedAt })
        .where(eq(tables.batches.id, batch.batchId));
    await setLock(new Date());
    const late = mutation(2, at(0), { base: first.revisionId });
    const reply = await push([late, mutation(3, at(1), { state: 'draft' })]);
    expect(statusesOf(reply)).toEqual(['2 late', '3 late']);
    expect(reply.verdicts.map((verdict) => verdict.reason?.code)).toEqual(['locked', 'locked']);
    expect((await revisionsOf(at(0))).map((row) => [row.late, row.diverged])).toEqual([
      [false, false],
      [true, false],
    ]);
    expect(await assignmentOf(at(0))).toMatchObject({
      latestRevisionId: late.revisionId,
      latestState: 'submitted',
    });
    await setLock(null);
    const again = mutation(4, at(0), { base: late.revisionId });
    expect((await push([again])).verdicts).toMatchObject([
      { status: 'accepted', diverged: false, reason: null },
    ]);
    const renamed = await laptopOf(person);
    const resent = await renamed.push([{ ...late, seq: 1 }]);
    expect(resent.verdicts).toMatchObject([{ status: 'late', reason: { code: 'locked' } }]);
  });

  it('[S13] takes everything again under a new client without a second effect', async () => {
    const { push, at, person } = await desk();
    const sent = [mutation(1, at(0), { state: 'draft' }), mutation(2, at(1))];
    await push(sent);
    const renamed = await laptopOf(person);
    expect(statusesOf(await renamed.push([...sent, mutation(3, at(2))]))).toEqual([
      '1 accepted',
      '2 accepted',
      '3 accepted',
    ]);
    for (const i of [0, 1, 2]) expect(await revisionsOf(at(i))).toHaveLength(1);
  });

  it('[S14] keeps fields it does not know, as they were hashed', async () => {
    const { push, at, batch, person } = await desk();
    const body = { ...completeBody(), laterAnswer: { z: 1, a: [1.5, null, 'ü'] } };
    const sent: SentMutation = mutation(1, at(0), { body });
    await push([sent]);
    const page = await person.call(syncBatchPage, { params: { batchId: batch.batchId } });
    expect(page.assignments[0]?.latest?.body).toEqual(body);
    const { rows } = await server.connection.pool.query(
      `SELECT encode(sha256(convert_to(body, 'UTF8')), 'hex') AS hash FROM annotation_revisions WHERE id = $1`,
      [sent.revisionId],
    );
    expect(rows[0]?.hash).toBe(sent.bodyHash);
  });

  it('[S15] computes the digest the client computes, quarantined changes included', async () => {
    const { push, at, clientId, person } = await desk();
    const empty = await person.call(syncDigest, { params: { clientId } });
    expect(empty.digest).toBe(sentDigest([]));
    const reply = await push([
      mutation(1, at(0)),
      { seq: 2 },
      ...Array.from({ length: 10 }, (_, i) => mutation(i + 3, at(1))),
    ]);
    const sent = reply.verdicts.map(({ receipt }) => receipt);
    const { at: heardAt, ...found } = await person.call(syncDigest, { params: { clientId } });
    expect(found).toEqual({ epoch: server.epoch, lastSeq: 12, count: 12, digest: sentDigest(sent) });
    // The server's own time, which alone says when a month is over (rule S13).
    expect(Math.abs(Date.parse(heardAt ?? '') - Date.now())).toBeLessThan(60 * 60_000);
  });

  it('[S19] accepts work that the rubric would not have let pass, and says so', async () => {
    const { push, at } = await desk();
    const empty = { ...completeBody(), preference: null };
    const outside = { ...completeBody(), ratings: { a: { 'accuracy\u0001': 1 }, b: { accuracy: 99 } } };
    const reply = await push([
      mutation(1, at(0), { body: empty }),
      mutation(2, at(1), { body: outside }),
      mutation(3, at(2), { body: empty, state: 'draft' }),
    ]);
    expect(reply.verdicts.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ['accepted', 'incomplete'],
      ['accepted', 'outside-rubric'],
      ['accepted', undefined],
    ]);
  });

  it('[S21] orders by arrival, whatever the laptop’s clock says', async () => {
    const { push, at } = await desk();
    const future = { ...mutation(1, at(0), { state: 'draft' }), madeAt: '9999-12-31T23:59:59.999Z' };
    const past = { ...mutation(2, at(0), { base: future.revisionId }), madeAt: '0001-01-01T00:00:00Z' };
    expect(statusesOf(await push([future, past]))).toEqual(['1 accepted', '2 accepted']);
    expect(await assignmentOf(at(0))).toMatchObject({ latestRevisionId: past.revisionId });
  });
});
