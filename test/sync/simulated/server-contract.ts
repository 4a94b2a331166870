import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSession } from '../../../shared/contract/auth.ts';
import { deviceContact } from '../../../shared/contract/devices.ts';
import {
  mutationVersions,
  syncBatch,
  syncBatchPage,
  syncChanges,
  syncDigest,
  syncHello,
  syncPush,
} from '../../../shared/contract/sync.ts';
import { emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { canonicalJson } from '../../../shared/sync/canonical-json.ts';
import { sentDigest } from '../../../shared/sync/digest.ts';
import { completeBody, mutation } from '../mutations.ts';
import type { SimServer } from './server-port.ts';
import { ask, call, failureOf, openDesk, openDevice, toldOf } from './sim-desk.ts';

const day = 86_400_000;

/** Every rule of docs/sync-spec.md that speaks of the server, told as requests and replies. */
export function serverContract(name: string, open: () => Promise<SimServer>): void {
  describe(name, () => {
    let server: SimServer;
    beforeEach(async () => {
      server = await open();
    });
    afterEach(async () => {
      // Whatever a test did, the chains hold and every accepted revision is on record.
      expect(await server.auditIsWhole()).toBe(true);
      await server.stop();
    });

    it('[S1] gives a client id to the first who shakes hands and to nobody else', async () => {
      const { clientId, at, person } = await openDesk(server);
      const other = await server.addPhysician();
      const body = { clientId, appVersion: '1', deviceName: '' };
      const refused = await ask(server, other, syncHello, { body });
      expect(failureOf(refused)).toBe('403 forbidden');
      expect(refused.body).not.toContain(person.userId);
      expect(failureOf(await ask(server, other, syncDigest, { params: { clientId } }))).toBe('404 not-found');
      const { epoch, lastSeq } = await call(server, person, syncHello, { body });
      const stolen = { body: { clientId, appVersion: '1', epoch, mutations: [mutation(1, at(0))] } };
      expect(failureOf(await ask(server, other, syncPush, stolen))).toBe('409 epoch-changed');
      expect(lastSeq).toBe(0);
    });

    it('[S2] answers a handshake with epoch, last seq and feed head, and a push of another epoch with a conflict', async () => {
      const desk = await openDesk(server);
      await desk.push(mutation(1, desk.at(0)));
      expect(await desk.hello()).toMatchObject({
        epoch: desk.epoch,
        lastSeq: 1,
        feedHead: 2,
        mutationVersions: [...mutationVersions],
      });
      const elsewhere = await desk.pushAs(desk.person, [mutation(2, desk.at(1))], { epoch: randomUUID() });
      expect(failureOf(elsewhere)).toBe('409 epoch-changed');
      const stranger = { clientId: randomUUID(), appVersion: '1', epoch: desk.epoch };
      const body = { ...stranger, mutations: [mutation(1, desk.at(1))] };
      expect(failureOf(await ask(server, desk.person, syncPush, { body }))).toBe('409 epoch-changed');
      expect(await server.revisions()).toHaveLength(1);
    });

    it('[S3] takes a push in order, whole, into revisions, log, chain and feed', async () => {
      const { push, at, clientId, changes, person } = await openDesk(server);
      const sent = [mutation(1, at(0)), mutation(2, at(1), { state: 'draft' }), mutation(3, at(2))];
      const reply = await push(...sent);
      expect(toldOf(reply)).toEqual(['1 accepted', '2 accepted', '3 accepted']);
      expect(reply).toMatchObject({ lastSeq: 3, expectedSeq: null });
      expect(await server.revisions()).toMatchObject(
        sent.map(({ revisionId: id, assignmentId, bodyHash, body, seq }) => {
          return { id, assignmentId, bodyHash, body: canonicalJson(body), seq, clientId, headId: id };
        }),
      );
      expect((await server.logOf(person.userId)).map(({ status }) => status)).toEqual(
        sent.map(() => 'accepted'),
      );
      expect((await changes()).events.map(({ type }) => type)).toEqual([
        'batch-assigned',
        'revision',
        'revision',
        'revision',
      ]);
    });

    it('[S3] takes one large change alone, and refuses the same size in a push of several and any push too large', async () => {
      const { push, pushAs, person, at } = await openDesk(server);
      const large = { ...completeBody(), later: 'x'.repeat(300_000) };
      const several = [mutation(1, at(0)), mutation(2, at(1), { body: large })];
      expect(failureOf(await pushAs(person, several))).toBe('413 body-too-large');
      expect(await server.revisions()).toEqual([]);
      expect(toldOf(await push(mutation(1, at(0), { body: large })))).toEqual(['1 accepted']);
      const fifty = Array.from({ length: 51 }, (_, i) => mutation(i + 2, at(1)));
      expect(failureOf(await pushAs(person, fifty))).toBe('400 bad-request');
      const longName = { clientId: randomUUID(), appVersion: '1', deviceName: 'x'.repeat(1_100_000) };
      expect(failureOf(await ask(server, person, syncHello, { body: longName }))).toBe('413 body-too-large');
    });

    it('[S4] answers what it has seen with the stored verdict, in any mixture, and changes nothing', async () => {
      const { push, at, person } = await openDesk(server);
      const [one, two, three] = [mutation(1, at(0)), mutation(2, at(1)), mutation(3, at(2))];
      const first = await push(one, two);
      server.setNow(Date.parse('2026-01-05T00:00:00.000Z'));
      const again = await push(one, two, three);
      expect(again.verdicts.slice(0, 2)).toEqual(first.verdicts);
      expect(await push(two)).toMatchObject({ verdicts: [first.verdicts[1]], lastSeq: 3 });
      expect(await server.revisions()).toHaveLength(3);
      expect(await server.feedOf(person.userId)).toEqual([1, 2, 3, 4]);
    });

    it('[S4] gives a seq that stands twice in one push one effect and one answer', async () => {
      const { push, at } = await openDesk(server);
      const one = mutation(1, at(0));
      const { verdicts } = await push(one, one, mutation(2, at(1)));
      expect(verdicts.map(({ seq }) => seq)).toEqual([1, 1, 2]);
      expect(verdicts[0]).toEqual(verdicts[1]);
      expect(await server.revisions()).toHaveLength(2);
    });

    it('[S5] keeps both of two changes under one seq, applies the first, and answers the second alike each time', async () => {
      const { push, at, person } = await openDesk(server);
      const first = mutation(1, at(0));
      const second = mutation(1, at(0), { body: completeBody('another laptop') });
      const otherName = { ...first, revisionId: mutation(1, at(0)).revisionId };
      await push(first);
      const told = await push(second, otherName);
      expect(toldOf(told)).toEqual(['1 conflict seq-used', '1 conflict seq-used']);
      expect(told.verdicts[0]?.receipt.bodyHash).toBe(second.bodyHash);
      server.setNow(Date.parse('2026-01-05T00:00:00.000Z'));
      expect((await push(otherName, second)).verdicts).toEqual(told.verdicts.toReversed());
      expect(await server.conflictsOf(person.userId)).toBe(2);
      expect((await server.revisions()).map(({ id }) => id)).toEqual([first.revisionId]);
    });

    it('[S5] answers the same conflict twice in one push with one answer', async () => {
      const { push, at, person } = await openDesk(server);
      await push(mutation(1, at(0)));
      const second = mutation(1, at(0), { body: completeBody('another laptop') });
      const { verdicts } = await push(second, mutation(2, at(1)), second);
      expect(verdicts[0]).toEqual(verdicts[2]);
      expect((await push(second)).verdicts).toEqual([verdicts[0]]);
      expect(await server.conflictsOf(person.userId)).toBe(1);
    });

    it('[S6] stops at a gap, keeps what came before it and says which seq it needs', async () => {
      const { push, at } = await openDesk(server);
      const reply = await push(mutation(1, at(0)), mutation(3, at(1)), mutation(2, at(2)));
      expect(toldOf(reply)).toEqual(['1 accepted']);
      expect(reply).toMatchObject({ lastSeq: 1, expectedSeq: 2 });
      expect(await push(mutation(7, at(1)))).toMatchObject({ verdicts: [], lastSeq: 1, expectedSeq: 2 });
    });

    it('[S7] quarantines what it cannot read or place, keeps it as it came, and takes its neighbours', async () => {
      const { push, at, person } = await openDesk(server);
      const foreign = await openDesk(server);
      await foreign.push(mutation(1, foreign.at(0)));
      const [taken] = await server.revisions();
      const { seq: _, ...placeless } = mutation(3, at(1));
      const sent = [
        mutation(1, at(0)),
        { ...mutation(2, at(1)), bodyHash: 'a'.repeat(64) },
        placeless,
        { ...mutation(4, at(1)), version: 2 },
        mutation(5, foreign.at(1)),
        mutation(6, randomUUID()),
        mutation(7, at(1), { revisionId: taken?.id ?? '' }),
        null,
        mutation(9, at(1), { body: { ...emptyAnnotation(), later: 'a\u0000b' } }),
        { ...mutation(10, at(1)), madeAt: '0000-01-01T00:00:00.000Z' },
        mutation(11, at(2)),
      ];
      expect(toldOf(await push(...sent))).toEqual([
        '1 accepted',
        '2 quarantined hash-mismatch',
        '3 quarantined unreadable',
        '4 quarantined unknown-version',
        '5 quarantined not-yours',
        '6 quarantined not-yours',
        '7 quarantined revision-id-used',
        '8 quarantined unreadable',
        '9 quarantined unreadable',
        '10 quarantined unreadable',
        '11 accepted',
      ]);
      const log = await server.logOf(person.userId);
      const kept = sent.map((item, i) => (i === 0 || i === 10 ? null : JSON.parse(JSON.stringify(item))));
      expect(log.map(({ raw }) => raw && JSON.parse(raw))).toEqual(kept);
    });

    it('[S7] lets hostile depth, odd keys and numbers beyond JSON pass by without blocking', async () => {
      const { at, person, clientId, epoch } = await openDesk(server);
      const text = JSON.stringify(mutation(2, at(1)));
      const items = [
        JSON.stringify(mutation(1, at(0))),
        text.replace('"v":1', `"v":1,"later":${'['.repeat(5000)}${']'.repeat(5000)}`),
        text.replace('"seq":2', '"seq":3').replace('"v":1', '"v":1,"__proto__":{}'),
        text.replace('"seq":2', '"seq":4').replace('"v":1', '"v":1,"later":1e999'),
        JSON.stringify(mutation(5, at(2))),
      ];
      const head = JSON.stringify({ clientId, appVersion: '1', epoch }).slice(0, -1);
      const body = `${head},"mutations":[${items.join(',')}]}`;
      const reply = await server.handle({
        method: 'POST',
        path: '/api/sync/push',
        token: person.token,
        body,
      });
      expect(toldOf(syncPush.reply.parse(JSON.parse(reply.body)))).toEqual([
        '1 accepted',
        '2 quarantined unreadable',
        '3 quarantined unreadable',
        '4 quarantined unreadable',
        '5 accepted',
      ]);
    });

    it('[S7] refuses a push in which nothing says where it belongs, and one that is no push', async () => {
      const { pushAs, person } = await openDesk(server);
      expect(failureOf(await pushAs(person, [null, 'x', { seq: -1 }]))).toBe('400 bad-request');
      expect(failureOf(await pushAs(person, []))).toBe('400 bad-request');
      const post = (body: string) =>
        server.handle({ method: 'POST', path: '/api/sync/push', token: person.token, body });
      for (const body of ['', '{"clientId":', 'null', '[]'])
        expect(failureOf(await post(body))).toBe('400 bad-request');
      expect(await server.logOf(person.userId)).toEqual([]);
    });

    it('[S8] gives receipts that say what was stored, when it arrived and under which event', async () => {
      const { push, at } = await openDesk(server);
      const arrived = Date.parse('2026-01-03T04:05:06.789Z');
      server.setNow(arrived);
      const sent = mutation(1, at(0));
      const { verdicts } = await push(sent);
      expect(verdicts[0]?.receipt).toMatchObject({
        seq: 1,
        revisionId: sent.revisionId,
        bodyHash: sent.bodyHash,
        receivedAt: new Date(arrived).toISOString(),
        durable: true,
      });
      expect(verdicts[0]?.receipt.auditHash).toMatch(/^[0-9a-f]{64}$/);
    });

    it('[S9] tells everything in numbers without gaps, page by page, to its own physician alone', async () => {
      const { push, at, person, changes, batchId } = await openDesk(server);
      const other = await openDevice(server, await server.addPhysician());
      await push(mutation(1, at(0)), mutation(2, at(1)), mutation(3, at(2)));
      expect(await server.feedOf(person.userId)).toEqual([1, 2, 3, 4]);
      const page = await call(server, person, syncChanges, { query: { after: 1, limit: 2 } });
      expect([page.events.map(({ n }) => n), page.cursor, page.head]).toEqual([[2, 3], 3, 4]);
      expect(page.events[0]).toMatchObject({
        type: 'revision',
        assignmentId: at(0),
        body: completeBody('change 1'),
      });
      expect(await changes(4)).toMatchObject({ events: [], cursor: 4, head: 4 });
      expect(await changes(99)).toMatchObject({ events: [], cursor: 99, head: 4 });
      expect((await changes()).events[0]).toEqual({ n: 1, type: 'batch-assigned', batchId });
      expect(await other.changes()).toMatchObject({ events: [], cursor: 0, head: 0 });
    });

    it('[S10] keeps both laptops’ versions, marks what was not written on the head, and never hides a submission', async () => {
      const desk = await openDesk(server);
      const ward = await openDevice(server, desk.person);
      const draft = mutation(1, desk.at(0), { state: 'draft' });
      const submission = mutation(1, desk.at(0), { body: completeBody('on the ward') });
      expect(toldOf(await desk.push(draft))).toEqual(['1 accepted']);
      expect(toldOf(await ward.push(submission))).toEqual(['1 accepted diverged']);
      const forgotten = mutation(2, desk.at(0), { state: 'draft', base: draft.revisionId });
      expect(toldOf(await desk.push(forgotten))).toEqual(['2 accepted diverged']);
      const heads = () => server.revisions().then((rows) => [...new Set(rows.map(({ headId }) => headId))]);
      expect(await heads()).toEqual([submission.revisionId]);
      const onTop = mutation(3, desk.at(0), { state: 'draft', base: submission.revisionId });
      expect(toldOf(await desk.push(onTop))).toEqual(['3 accepted']);
      expect(await heads()).toEqual([onTop.revisionId]);
      expect(await server.revisions()).toHaveLength(4);
    });

    it('[S12] takes work on a recalled assignment as late, and tells whoever had it', async () => {
      const { push, at, changes, person, batchId } = await openDesk(server);
      await server.recall([at(0), at(1)], 'The record was wrong.');
      expect((await changes(1)).events).toEqual([
        {
          n: 2,
          type: 'assignments-recalled',
          batchId,
          assignmentIds: [at(0), at(1)],
          reason: 'The record was wrong.',
        },
      ]);
      const late = mutation(1, at(0));
      expect(toldOf(await push(late, mutation(2, at(2))))).toEqual(['1 late recalled', '2 accepted']);
      expect(await server.revisions()).toMatchObject([
        { id: late.revisionId, late: true, headId: late.revisionId },
        { late: false },
      ]);
      const page = await call(server, person, syncBatchPage, { params: { batchId } });
      expect(page.assignments.map(({ recalled }) => recalled)).toEqual([true, true, false]);
    });

    it('[S12] gives reassigned cases new ids, and each physician only what is theirs', async () => {
      const { push, at, batchId, changes } = await openDesk(server);
      const other = await server.addPhysician();
      const given = await server.reassign([at(1), at(2)], other.userId, 'Away.');
      expect(given).toHaveLength(2);
      expect(given).not.toContain(at(1));
      const device = await openDevice(server, other);
      expect((await device.changes()).events).toEqual([{ n: 1, type: 'batch-assigned', batchId }]);
      const page = await call(server, other, syncBatchPage, { params: { batchId } });
      expect(page.assignments.map(({ id, title }) => [id, title])).toEqual([
        [given[0], 'Case 2'],
        [given[1], 'Case 3'],
      ]);
      expect(toldOf(await device.push(mutation(1, given[0] ?? ''), mutation(2, at(1))))).toEqual([
        '1 accepted',
        '2 quarantined not-yours',
      ]);
      expect(toldOf(await push(mutation(1, at(1))))).toEqual(['1 late recalled']);
      expect((await changes()).events.map(({ type }) => type)).toEqual([
        'batch-assigned',
        'assignments-recalled',
        'revision',
      ]);
    });

    it('[S13] takes everything again under a new client without a second effect', async () => {
      const desk = await openDesk(server);
      const [one, two] = [mutation(1, desk.at(0)), mutation(2, desk.at(1))];
      await desk.push(one, two);
      const anew = await openDevice(server, desk.person);
      expect(toldOf(await anew.push(one, two))).toEqual(['1 accepted', '2 accepted']);
      expect(await server.revisions()).toHaveLength(2);
      expect(await server.feedOf(desk.person.userId)).toEqual([1, 2, 3]);
      expect(await anew.digest()).toMatchObject({ count: 2, lastSeq: 2 });
    });

    it.each([false, true])(
      '[S13] put back to a backup, with a new epoch: %s, knows less and takes it again',
      async (newEpoch) => {
        const desk = await openDesk(server);
        const [one, two, three] = [mutation(1, desk.at(0)), mutation(2, desk.at(1)), mutation(3, desk.at(0))];
        await desk.push(one);
        const backup = await server.backup();
        const lost = await desk.push(two, three);
        await server.restore(backup, { newEpoch });
        expect((await server.revisions()).map(({ id }) => id)).toEqual([one.revisionId]);
        expect(await server.feedOf(desk.person.userId)).toEqual([1, 2]);
        const { epoch, lastSeq, feedHead } = await desk.hello();
        expect([epoch === desk.epoch, lastSeq, feedHead]).toEqual([!newEpoch, 1, 2]);
        const old = await desk.pushAs(desk.person, [two, three]);
        if (newEpoch) expect(failureOf(old)).toBe('409 epoch-changed');
        const device = await openDevice(server, desk.person, desk.clientId);
        const again = await device.push(two, three);
        expect(toldOf(again)).toEqual(toldOf(lost));
        expect(await server.revisions()).toHaveLength(3);
        expect(await device.digest()).toMatchObject({ count: 3 });
      },
    );

    it('[S13] put back twice to one backup is each time what it was', async () => {
      const desk = await openDesk(server);
      const backup = await server.backup();
      for (const n of [1, 2]) {
        await desk.push(mutation(1, desk.at(0), { body: completeBody(`try ${n}`) }));
        await server.lock(desk.batchId);
        await server.changeRubric(desk.batchId);
        await server.restore(backup, { newEpoch: false });
        expect(await server.revisions()).toEqual([]);
        expect(await server.logOf(desk.person.userId)).toEqual([]);
        const { batch } = await call(server, desk.person, syncBatch, { params: { batchId: desk.batchId } });
        expect([batch.locked, batch.rubric.version]).toEqual([false, 1]);
      }
    });

    it('[S13] put back forgets the sessions opened since, and knows those that were open', async () => {
      const { person } = await openDesk(server);
      const backup = await server.backup();
      const later = await server.newSession(person.userId);
      await server.revokeSession(person.token);
      await server.restore(backup, { newEpoch: false });
      expect(failureOf(await ask(server, { token: later }, readSession, {}))).toBe('401 session-expired');
      expect((await ask(server, person, readSession, {})).status).toBe(200);
    });

    it('[S14] keeps fields it does not know, as they were hashed, in feed, page and export', async () => {
      const { push, at, changes, person, batchId } = await openDesk(server);
      const body = { ...completeBody(), zeta: 1, alpha: { b: [1, 'é', null], a: '🩺' } };
      const sent = mutation(1, at(0), { body });
      await push({ ...sent, laterField: 'kept out' });
      expect((await server.revisions())[0]?.body).toBe(canonicalJson(body));
      const event = (await changes(1)).events[0];
      expect(event).toMatchObject({ body, bodyHash: sent.bodyHash });
      const page = await call(server, person, syncBatchPage, { params: { batchId } });
      expect(page.assignments[0]?.latest).toMatchObject({ body, revisionId: sent.revisionId });
      expect(await server.exported()).toEqual([
        { revisionId: sent.revisionId, bodyHash: sent.bodyHash, body },
      ]);
    });

    it('[S15] computes the digest of all it holds of a client, quarantined changes included', async () => {
      const { push, at, digest } = await openDesk(server);
      expect(await digest()).toMatchObject({ count: 0, lastSeq: 0, digest: sentDigest([]) });
      const sent = [mutation(1, at(0)), { ...mutation(2, at(1)), madeAt: 'no time' }, mutation(3, at(0))];
      await push(...sent);
      const pairs = sent.map(({ bodyHash }, i) => ({ seq: i + 1, bodyHash: String(bodyHash) }));
      expect(await digest()).toMatchObject({ count: 3, lastSeq: 3, digest: sentDigest(pairs) });
    });

    it('[S16] still gives a recalled or locked batch, and says nothing but that it is', async () => {
      const { at, person, batchId, assignmentIds } = await openDesk(server);
      await server.recall([at(0), at(1), at(2)], 'Withdrawn.');
      await server.lock(batchId);
      const { batch } = await call(server, person, syncBatch, { params: { batchId } });
      expect(batch).toMatchObject({ locked: true, assignments: 3 });
      const page = await call(server, person, syncBatchPage, { params: { batchId } });
      expect(page.assignments.map(({ id }) => id)).toEqual(assignmentIds);
    });

    it('[S17] gives every assignment once, in order, over pages that may be asked for again', async () => {
      const { person, batchId, assignmentIds } = await openDesk(server, 7);
      const page = (after: number) =>
        call(server, person, syncBatchPage, { params: { batchId }, query: { after, limit: 3 } });
      const [first, second, third] = [await page(-1), await page(2), await page(5)];
      expect([first.next, second.next, third.next]).toEqual([2, 5, null]);
      const all = [first, second, third].flatMap(({ assignments }) => assignments);
      expect(all.map(({ id }) => id)).toEqual(assignmentIds);
      expect(await page(2)).toEqual(second);
      expect((await page(6)).assignments).toEqual([]);
      const sides = all.map(({ a, b }) => [a.split(' ')[1], b.split(' ')[1]]);
      expect(sides.slice(0, 2)).toEqual([
        ['one', 'two'],
        ['two', 'one'],
      ]);
    });

    it('[S17] cuts a page by bytes but never below one assignment', async () => {
      const { push, at, person, batchId } = await openDesk(server);
      for (const i of [0, 1, 2])
        await push(mutation(i + 1, at(i), { body: { ...completeBody(), later: 'x'.repeat(2_500_000) } }));
      const page = await call(server, person, syncBatchPage, { params: { batchId } });
      expect([page.assignments.length, page.next]).toEqual([1, 0]);
      const { events, cursor } = await call(server, person, syncChanges, { query: { after: 1 } });
      expect([events.length, cursor]).toEqual([1, 2]);
    });

    it('[S18] asks for a sign-in where the session is missing, unknown, ended or over, and slides it on with use', async () => {
      const { person } = await openDesk(server);
      const session = (token: string | null) => ask(server, { token }, readSession, {}).then(failureOf);
      expect(await session(null)).toBe('401 sign-in-required');
      expect(await session('not a token')).toBe('401 sign-in-required');
      expect(await session('x'.repeat(43))).toBe('401 session-expired');
      const start = Date.parse('2026-05-01T00:00:00.000Z');
      server.setNow(start);
      const used = await server.newSession(person.userId);
      const idle = await server.newSession(person.userId);
      server.setNow(start + 10 * day);
      expect(await session(used)).toBe('200 no error');
      server.setNow(start + 20 * day);
      expect(await session(used)).toBe('200 no error');
      expect(await session(idle)).toBe('401 session-expired');
      await server.revokeSession(used);
      expect(await session(used)).toBe('401 session-expired');
      expect(await session(await server.newSession(person.userId))).toBe('200 no error');
    });

    it('[S18] answers no sound-looking question with a failure of its own', async () => {
      const { person, batchId } = await openDesk(server);
      const get = (path: string) =>
        server.handle({ method: 'GET', path, token: person.token, body: null }).then(failureOf);
      const base = `/api/sync/batches/${batchId}/assignments`;
      expect(await get(`${base}?after=2147483647`)).toBe('200 no error');
      expect(await get(`${base}?after=2147483648`)).toBe('400 bad-request');
      expect(await get('/api/sync/changes?after=9007199254740991')).toBe('200 no error');
      expect(await get('/api/sync/changes?after=9007199254740992')).toBe('400 bad-request');
      expect(await get('/api/sync/changes')).toBe('400 bad-request');
      expect(await get('/api/sync/elsewhere')).toBe('404 not-found');
    });

    it('[S19] accepts work that the rubric in force would not have let pass, and says so', async () => {
      const { push, at, batchId, changes } = await openDesk(server);
      const off = { ...completeBody(), ratings: { a: { accuracy: 9 }, b: {} } };
      const { preference: _, ...open } = completeBody();
      const incomplete = { ...open, preference: null };
      const sent = [
        mutation(1, at(0), { body: off }),
        mutation(2, at(1), { body: incomplete }),
        mutation(3, at(2), { body: incomplete, state: 'draft' }),
      ];
      expect(toldOf(await push(...sent))).toEqual([
        '1 accepted outside-rubric',
        '2 accepted incomplete',
        '3 accepted',
      ]);
      await server.changeRubric(batchId);
      expect((await changes(4)).events).toEqual([{ n: 5, type: 'batch-changed', batchId }]);
      const base = sent[2]?.revisionId ?? null;
      expect(toldOf(await push(mutation(4, at(2), { base })))).toEqual(['4 accepted outside-rubric']);
    });

    it('[S20] answers what is somebody else’s like what does not exist, and names nobody', async () => {
      const desk = await openDesk(server);
      const other = await openDesk(server);
      const unknown = randomUUID();
      const pages = (batchId: string) => [
        ask(server, desk.person, syncBatch, { params: { batchId } }),
        ask(server, desk.person, syncBatchPage, { params: { batchId } }),
      ];
      const [batch, page] = await Promise.all(pages(other.batchId));
      expect([batch, page].map((reply) => reply && failureOf(reply))).toEqual([
        '404 not-found',
        '404 not-found',
      ]);
      expect((await Promise.all(pages(unknown))).map(({ body }) => body)).toEqual([batch?.body, page?.body]);
      await other.push(mutation(1, other.at(0)));
      const mine = await Promise.all([
        ...pages(desk.batchId),
        ask(server, desk.person, syncChanges, { query: { after: 0 } }),
      ]);
      for (const { body } of mine)
        for (const secret of [
          other.person.userId,
          other.clientId,
          other.at(0),
          'Model ',
          'record-',
          'Person ',
        ])
          expect(body).not.toContain(secret);
    });

    it('[S21] orders by arrival, whatever the laptop’s clock says', async () => {
      const desk = await openDesk(server);
      const ward = await openDevice(server, desk.person);
      const late = { ...mutation(1, desk.at(0)), madeAt: '2035-01-01T00:00:00.000Z' };
      const early = {
        ...mutation(1, desk.at(0), { base: late.revisionId }),
        madeAt: '2001-01-01T00:00:00.000Z',
      };
      await desk.push(late);
      server.setNow(Date.parse('2020-01-01T00:00:00.000Z'));
      expect(toldOf(await ward.push(early))).toEqual(['1 accepted']);
      expect((await server.revisions()).map(({ id, headId }) => [id, headId])).toEqual([
        [late.revisionId, early.revisionId],
        [early.revisionId, early.revisionId],
      ]);
    });

    it('[S25] tells of another rubric to everybody who has work in the batch, and gives it', async () => {
      const { person, batchId, changes, at } = await openDesk(server);
      const other = await server.addPhysician();
      await server.assign(batchId, other.userId);
      await server.recall([at(0), at(1), at(2)], 'Away.');
      await server.changeRubric(batchId);
      const read = (who: typeof person) => call(server, who, syncBatch, { params: { batchId } });
      expect((await read(other)).batch.rubric.version).toBe(2);
      expect((await (await openDevice(server, other)).changes(1)).events).toEqual([
        { n: 2, type: 'batch-changed', batchId },
      ]);
      expect((await changes()).events.map(({ type }) => type)).toEqual([
        'batch-assigned',
        'assignments-recalled',
      ]);
    });

    it('[S28] tells a laptop how long it may be opened offline, and an unknown one no more', async () => {
      const { clientId, person } = await openDesk(server);
      const contact = { formerClientId: null, appVersion: '1', lastSeq: 0 };
      const settings = { offlineLeaseDays: 30, idleLockMinutes: 15, order: null };
      for (const id of [clientId, randomUUID()])
        expect(await call(server, person, deviceContact, { body: { clientId: id, ...contact } })).toEqual(
          settings,
        );
    });

    it('[S13] says when a batch was closed and what time it is, and nothing of a closing once it is open again', async () => {
      const { push, at, digest, changes, person, batchId } = await openDesk(server);
      await push(mutation(1, at(0)));
      const batchOf = async () => (await call(server, person, syncBatch, { params: { batchId } })).batch;
      expect(await batchOf()).toMatchObject({ locked: false, closedAt: null });
      const [closed, later] = [Date.UTC(2026, 0, 1, 1), Date.UTC(2026, 0, 1, 2)];
      server.setNow(closed);
      await server.lock(batchId);
      server.setNow(later);
      await server.lock(batchId);
      expect(await batchOf()).toMatchObject({ locked: true, closedAt: new Date(closed).toISOString() });
      expect(await digest()).toMatchObject({ count: 1, at: new Date(later).toISOString() });
      await server.unlock(batchId);
      await server.unlock(batchId);
      expect(await batchOf()).toMatchObject({ locked: false, closedAt: null });
      expect((await changes(2)).events.map(({ type }) => type)).toEqual(['batch-changed', 'batch-changed']);
    });

    it('[S26] tells of a lock once, gives the batch to be read, and takes what comes after as late', async () => {
      const { push, at, changes, person, batchId } = await openDesk(server);
      await push(mutation(1, at(0)));
      await server.lock(batchId);
      await server.lock(batchId);
      expect((await changes(2)).events).toEqual([{ n: 3, type: 'batch-changed', batchId }]);
      const { batch } = await call(server, person, syncBatch, { params: { batchId } });
      expect(batch.locked).toBe(true);
      expect(toldOf(await push(mutation(2, at(1)), mutation(1, at(0))))).toEqual([
        '2 late locked',
        '1 conflict seq-used',
      ]);
    });
  });
}
