import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { SyncFailure, type Transport } from '../../../renderer/sync/ports.ts';
import { readReply } from '../../../renderer/sync/transport.ts';
import { type Endpoint, urlOf } from '../../../shared/contract/endpoint.ts';
import { type AssignmentId, uuidv7 } from '../../../shared/schema/ids.ts';
import { Laptop } from '../../sync/laptop.ts';
import { benchBody, stretch } from './bench-annotations.ts';
import { addPhysicians, addStudy, type BenchPerson } from './bench-people.ts';
import type { BenchServer } from './bench-server.ts';

export type Reconnect = {
  laptops: number;
  each: number;
  ms: number;
  /** Annotations found at the server, and how often one stands there more than once. */
  stored: number;
  missing: number;
  doubled: number;
  altered: number;
  /** Laptops whose queue was not empty at the end. */
  unsynced: number;
  /** Resident memory of the server, bytes: before, the highest seen, a while after. */
  memory: { before: number; peak: number; after: number };
};

/** The network between a laptop of the load and the real server; a reply that does not come is a failure to retry. */
function transportOf(url: string, person: BenchPerson): Transport {
  return async (definition, input) => {
    const endpoint: Endpoint = definition;
    try {
      const response = await fetch(url + urlOf(endpoint, input), {
        method: endpoint.method,
        headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
        ...(endpoint.method === 'POST' && { body: JSON.stringify(input.body ?? {}) }),
      });
      return readReply(definition, {
        kind: 'reply',
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        body: await response.text(),
        retryAfter: Number(response.headers.get('retry-after')) || null,
      });
    } catch (cause) {
      if (cause instanceof SyncFailure) throw cause;
      throw new SyncFailure({ kind: 'unreachable', reason: String(cause) });
    }
  };
}

const newId = () => uuidv7(Date.now(), randomBytes(10));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Syncs until it goes through, waiting a little longer each time, as the engine does. */
async function syncWhole(laptop: Laptop): Promise<void> {
  for (let failures = 0; !(await laptop.trySync()); failures++) {
    if (failures > 20) throw new Error('a laptop did not get through in twenty tries');
    await pause(Math.random() * Math.min(60_000, 1000 * 2 ** failures));
  }
}

async function count(server: BenchServer, people: readonly BenchPerson[], sent: ReadonlyMap<string, string>) {
  const ids = people.map(({ id }) => id);
  const { rows } = await server.connection.db.execute<{ id: string; hash: string; times: number }>(sql`
    SELECT id, body_hash AS hash, count(*) OVER (PARTITION BY assignment_id)::int AS times
    FROM annotation_revisions WHERE user_id = ANY (${sql.param(ids)}::uuid[])`);
  const stored = new Map(rows.map((row) => [row.id, row]));
  const each = [...sent].map(([id, hash]) => ({ row: stored.get(id), hash }));
  return {
    stored: rows.length,
    missing: each.filter(({ row }) => row === undefined).length,
    doubled: rows.filter(({ times }) => times > 1).length,
    altered: each.filter(({ row, hash }) => row !== undefined && row.hash !== hash).length,
  };
}

/** So many laptops, each with the workstation's own sync code, come back to the network in the same moment. */
export async function reconnect(
  server: BenchServer,
  { laptops, each }: { laptops: number; each: number },
): Promise<Reconnect> {
  const study = await addStudy(server.connection.db, each, (n) => stretch(n, 1500));
  const people = await addPhysicians(server.connection.db, study, laptops);
  const desks = people.map((person) => new Laptop(transportOf(server.url, person), newId));
  // The cases were downloaded long ago; what waits was made without a network.
  const sent = new Map<string, string>();
  for (const [i, laptop] of desks.entries()) {
    const ids = people[i]?.assignmentIds ?? [];
    await laptop.content.storePage(
      ids.map((id, position) => ({ id, batchId: study.batchId, position })) as never,
    );
    for (const [k, id] of ids.entries())
      await laptop.save(id as AssignmentId, benchBody(i * each + k), 'submitted');
    for (const [, { mutation }] of laptop.log.mutations()) sent.set(mutation.revisionId, mutation.bodyHash);
  }
  const before = server.memory();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, server.memory());
  }, 50);
  const start = performance.now();
  await Promise.all(desks.map(syncWhole));
  const ms = performance.now() - start;
  clearInterval(watch);
  await pause(3000);
  return {
    laptops,
    each,
    ms,
    ...(await count(server, people, sent)),
    unsynced: desks.filter((laptop) => laptop.sync.waiting() > 0).length,
    memory: { before, peak, after: server.memory() },
  };
}
