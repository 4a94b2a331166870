import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendFeed } from '../../server/db/feed.ts';
import * as tables from '../../server/db/schema.ts';
import { fitting } from '../../server/sync/reply-size.ts';
import { syncBatch, syncBatchPage, syncChanges, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { completeBody, mutation, newClientId } from './mutations.ts';
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

const inTransaction = <T>(run: Parameters<typeof server.connection.db.transaction<T>>[0]) =>
  server.connection.db.transaction(run);

const batchEvent = () => ({ type: 'batch-assigned' as const, batchId: freshId() });

async function pushOnce(person: Person, mutations: unknown[]) {
  const clientId = newClientId();
  await person.call(syncHello, { body: { clientId, appVersion: '1', deviceName: '' } });
  return person.call(syncPush, { body: { clientId, appVersion: '1', epoch: server.epoch, mutations } });
}

describe('feed', () => {
  it('[S9] makes a second writer wait, so that no reader can step over a number', async () => {
    const person = await server.person();
    const order: string[] = [];
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let hasNumber = (): void => {};
    const numbered = new Promise<void>((resolve) => {
      hasNumber = resolve;
    });
    const slow = inTransaction(async (tx) => {
      await appendFeed(tx, person.id, [batchEvent()]);
      hasNumber();
      await held;
      order.push('slow');
    });
    await numbered;
    const quick = inTransaction(async (tx) => {
      await appendFeed(tx, person.id, [batchEvent()]);
      order.push('quick');
    });
    const waiting = async () => {
      const found = await server.connection.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return found.rowCount !== 0;
    };
    while (!(await waiting())) await sleep(5);
    expect((await person.call(syncChanges, { query: { after: 0 } })).events).toEqual([]);
    goOn();
    await Promise.all([slow, quick]);
    expect(order).toEqual(['slow', 'quick']);
    const read = await person.call(syncChanges, { query: { after: 0 } });
    expect(read.events.map((event) => event.n)).toEqual([1, 2]);
  });

  it('[S9] lets a reader that follows fifty concurrent writers miss nothing', async () => {
    const person = await server.person();
    const writers = Array.from({ length: 50 }, (_, i) =>
      inTransaction(async (tx) => {
        await appendFeed(tx, person.id, [batchEvent()]);
        await sleep(i % 4);
      }),
    );
    const seen: number[] = [];
    const follow = async () => {
      const { events, cursor } = await person.call(syncChanges, { query: { after: seen.at(-1) ?? 0 } });
      seen.push(...events.map((event) => event.n));
      expect(cursor).toBe(seen.at(-1) ?? 0);
    };
    let open = true;
    const written = Promise.all(writers).then(() => {
      open = false;
    });
    while (open) await follow();
    await written;
    await follow();
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('[S9] gives a number back when its transaction fails', async () => {
    const person = await server.person();
    const failed = inTransaction(async (tx) => {
      await appendFeed(tx, person.id, [batchEvent()]);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await inTransaction((tx) => appendFeed(tx, person.id, [batchEvent()]));
    expect((await person.call(syncChanges, { query: { after: 0 } })).events.map((event) => event.n)).toEqual([
      1,
    ]);
  });

  it('[S9] steps over an event it cannot show and goes on', async () => {
    const person = await server.person();
    await inTransaction((tx) =>
      appendFeed(tx, person.id, [
        { type: 'revision' },
        { type: 'assignments-recalled', detail: { assignmentIds: 7 } },
        batchEvent(),
      ]),
    );
    const { events, cursor, head } = await person.call(syncChanges, { query: { after: 0 } });
    expect({ numbers: events.map((event) => event.n), cursor, head }).toEqual({
      numbers: [3],
      cursor: 3,
      head: 3,
    });
  });

  it('[S9] pages by number', async () => {
    const person = await server.person();
    await inTransaction((tx) => appendFeed(tx, person.id, [batchEvent(), batchEvent(), batchEvent()]));
    const first = await person.call(syncChanges, { query: { after: 0, limit: 2 } });
    const second = await person.call(syncChanges, { query: { after: first.cursor, limit: 2 } });
    expect([first.events.length, first.head, second.events.length, second.cursor]).toEqual([2, 3, 1, 3]);
  });

  it('[S12] tells of a recall only the ids that are the reader’s own', async () => {
    const [person, other] = [await server.person(), await server.person()];
    const batch = await seedBatch(server, 2);
    const mine = await seedAssignments(server, batch, person);
    const theirs = await seedAssignments(server, batch, other);
    const detail = { assignmentIds: [mine[0], theirs[0]], reason: 'Wrong question' };
    await inTransaction((tx) =>
      appendFeed(tx, person.id, [{ type: 'assignments-recalled', batchId: batch.batchId, detail }]),
    );
    const { events } = await person.call(syncChanges, { query: { after: 0 } });
    expect(events).toEqual([
      {
        n: 1,
        type: 'assignments-recalled',
        batchId: batch.batchId,
        assignmentIds: [mine[0]],
        reason: 'Wrong question',
      },
    ]);
  });
});

describe('batch download', () => {
  it('[S17] gives every assignment once, in order, over pages that may be asked for again', async () => {
    const person = await server.person();
    const batch = await seedBatch(server, 7);
    const ids = await seedAssignments(server, batch, person);
    const params = { batchId: batch.batchId };
    expect(await person.call(syncBatch, { params })).toMatchObject({
      batch: { assignments: 7, rubric: { version: 1 } },
    });
    const got: string[] = [];
    let after: number | null = -1;
    while (after !== null) {
      const page: {
        assignments: { id: string; a: string; b: string; position: number }[];
        next: number | null;
      } = await person.call(syncBatchPage, { params, query: { after, limit: 3 } });
      expect(await person.call(syncBatchPage, { params, query: { after, limit: 3 } })).toEqual(page);
      got.push(...page.assignments.map((one) => one.id));
      for (const one of page.assignments) {
        const sides = [`Answer one ${one.position}`, `Answer two ${one.position}`];
        expect([one.a, one.b]).toEqual(one.position % 2 === 1 ? sides.reverse() : sides);
      }
      after = page.next;
    }
    expect(got).toEqual(ids);
  });

  it('[S17] cuts a page by bytes but never below one assignment', async () => {
    const person = await server.person();
    const batch = await seedBatch(server, 3, { one: 'x'.repeat(900_000), two: 'y'.repeat(900_000) });
    await seedAssignments(server, batch, person);
    const page = await person.call(syncBatchPage, {
      params: { batchId: batch.batchId },
      query: { limit: 3 },
    });
    expect([page.assignments.length, page.next]).toEqual([2, 1]);
    expect([fitting([9, 1], 5), fitting([1, 1, 9], 5), fitting([], 5), fitting([1, 4], 5)]).toEqual([
      1, 2, 0, 2,
    ]);
  });

  it('[S20] answers somebody else’s batch like one that does not exist', async () => {
    const [person, other] = [await server.person(), await server.person()];
    const batch = await seedBatch(server, 1);
    await seedAssignments(server, batch, other);
    for (const endpoint of [syncBatch, syncBatchPage]) {
      const theirs = await person.raw(endpoint, { params: { batchId: batch.batchId } });
      const nobodys = await person.raw(endpoint, { params: { batchId: freshId() } });
      expect(theirs).toEqual(nobodys);
      expect(theirs.status).toBe(404);
    }
  });
});

describe('blinding', () => {
  it('[S20] no reply of any sync route holds a model, an external id, another rater, a gold mark or a name', async () => {
    const canary = { model: 'CANARY-MODEL', external: 'CANARY-EXTERNAL', gold: 'CANARY-GOLD' };
    const [person, other] = [await server.person(), await server.person()];
    const batch = await seedBatch(server, 2, canary);
    const [mine, theirs] = [
      await seedAssignments(server, batch, person),
      await seedAssignments(server, batch, other),
    ];
    await server.connection.db
      .update(tables.users)
      .set({ name: 'CANARY-NAME' })
      .where(eq(tables.users.id, other.id));
    await pushOnce(other, [mutation(1, theirs[0] ?? '', { body: completeBody('CANARY-RATER') })]);

    const replies: string[] = [];
    const hear = async (...call: Parameters<Person['raw']>) => {
      const { status, text } = await person.raw(...call);
      replies.push(text);
      return { status, text };
    };
    const clientId = newClientId();
    const wrapper = { clientId, appVersion: '1', epoch: server.epoch };
    await hear(syncHello, { body: { clientId, appVersion: '1' } });
    await hear(syncPush, {
      body: { ...wrapper, mutations: [mutation(1, mine[0] ?? ''), mutation(2, theirs[0] ?? ''), { seq: 3 }] },
    });
    await hear(syncPush, {
      body: {
        ...wrapper,
        mutations: [{ ...mutation(4, mine[1] ?? ''), revisionId: await revisionOf(other) }],
      },
    });
    await hear(syncChanges, { query: { after: 0 } });
    await hear(syncBatch, { params: { batchId: batch.batchId } });
    await hear(syncBatchPage, { params: { batchId: batch.batchId } });

    const traffic = replies.join('\n');
    expect(traffic).toContain('Answer one 0');
    expect(traffic).toContain(mine[1]);
    expect(traffic).not.toContain('CANARY');
    const hidden = await hiddenIds(other.id, person.id);
    expect(hidden.length).toBeGreaterThan(8);
    for (const id of hidden) expect(traffic).not.toContain(id);
  });
});

const revisionOf = async (person: Person): Promise<string> => {
  const rows = await rowsOf(server, 'annotation_revisions');
  return String(rows.find((row) => row.user_id === person.id)?.id);
};

/** Every id a physician has no business knowing, as it stands in the hidden columns; what they sent themselves is theirs. */
async function hiddenIds(otherId: string, personId: string): Promise<string[]> {
  const tablesWithIds = ['models', 'responses', 'comparisons', 'cases', 'clients'];
  const all = await Promise.all(tablesWithIds.map((table) => rowsOf(server, table)));
  const ids = all
    .flat()
    .filter((row) => row.user_id !== personId)
    .map((row) => String(row.id));
  return [...ids, otherId];
}
