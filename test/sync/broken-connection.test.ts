import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syncHello, syncPush } from '../../shared/contract/sync.ts';
import { mutation, newClientId } from './mutations.ts';
import { type Person, type SyncServer, seedAssignments, seedBatch, startSyncServer } from './sync-server.ts';

let server: SyncServer;
beforeAll(async () => {
  server = await startSyncServer();
});
afterAll(() => server.stop());

const requestText = (person: Person, body: string) =>
  [
    `POST ${syncPush.path} HTTP/1.1`,
    `Host: ${new URL(server.url).host}`,
    `Authorization: Bearer ${person.token}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

/** Sends the text, or a part of it, and tears the connection down without reading a byte of the reply. */
async function sendAndTear(text: string, when: () => Promise<boolean>): Promise<void> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write(text);
  while (!(await when())) await sleep(5);
  socket.resetAndDestroy();
}

async function desk() {
  const person = await server.person();
  const assignmentIds = await seedAssignments(server, await seedBatch(server, 3), person);
  const clientId = newClientId();
  await person.call(syncHello, { body: { clientId, appVersion: '1', deviceName: '' } });
  const body = {
    clientId,
    appVersion: '1',
    epoch: server.epoch,
    mutations: assignmentIds.map((id, i) => mutation(i + 1, id)),
  };
  const stored = async () => {
    const { rows } = await server.connection.pool.query(
      'SELECT seq::int, verdict FROM mutation_log WHERE client_id = $1 ORDER BY seq',
      [clientId],
    );
    return rows;
  };
  return { person, body, stored };
}

describe('a connection that breaks', () => {
  it('[S4] between commit and reply: the same push again gets the stored receipts and no second effect', async () => {
    const { person, body, stored } = await desk();
    await sendAndTear(requestText(person, JSON.stringify(body)), async () => (await stored()).length === 3);
    const before = await stored();
    const reply = await person.call(syncPush, { body });
    expect(reply.verdicts).toEqual(before.map((row) => row.verdict));
    expect(await stored()).toEqual(before);
    const { rows } = await server.connection.pool.query(
      'SELECT count(*)::int AS n FROM annotation_revisions WHERE user_id = $1',
      [person.id],
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('[S3] in the middle of the request: nothing of it is taken', async () => {
    const { person, body, stored } = await desk();
    const whole = requestText(person, JSON.stringify(body));
    let waits = 0;
    await sendAndTear(whole.slice(0, -500), async () => waits++ > 10);
    expect(await stored()).toEqual([]);
    expect((await person.call(syncPush, { body })).verdicts.map((one) => one.status)).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ]);
  });

  it('[S3] on the database’s side in the middle of a push: nothing of it is taken, and the same push again is', async () => {
    const { person, body, stored } = await desk();
    const pushed = server.connection.db.transaction(async (tx) => {
      const held = await tx.execute('SELECT id FROM clients FOR UPDATE');
      expect(held.rowCount).toBeGreaterThan(0);
      const reply = person.raw(syncPush, { body });
      let killed = 0;
      while (killed === 0) {
        await sleep(5);
        const { rows } = await server.connection.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%clients%'`,
        );
        killed = rows.length;
      }
      return reply;
    });
    const { status } = await pushed;
    expect(status).toBeGreaterThanOrEqual(500);
    expect(await stored()).toEqual([]);
    expect((await person.call(syncPush, { body })).lastSeq).toBe(3);
  });
});
