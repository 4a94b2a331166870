import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutationVersions, syncHello, syncPush, type Verdict } from '../../shared/contract/sync.ts';
import type { ClientId } from '../../shared/schema/ids.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import { readMutation } from '../../shared/sync/mutation-reading.ts';
import { newClientId, type SentMutation } from './mutations.ts';
import { type Person, rowsOf, type SyncServer, seedBatch, startSyncServer } from './sync-server.ts';

/**
 * What apps sent, as they sent it, from the first body to the newest: one file for each field that came. A laptop may
 * hold any of them unsent, so none of these files ever changes; a new version or field adds one.
 */
const pushes = [
  ['version-1-01-first.jsonl', 'ecde09e2bb3dddd97cec1fab7b9168d6a4a70087372ec8987eb2d59d00b8e25f'],
  ['version-1-02-confidence.jsonl', 'a37ca7643cce5f7c824b0eace49ee0b80aa5ffb9b0db00439ad220bb250b8bf8'],
  ['version-1-03-correction.jsonl', '943818a4ca8fd80a776072c1ba73c2c5854a3eadd642763fc274a23c2584976a'],
  ['version-1-04-confirmations.jsonl', 'ab56e7c5437375296500375bf5c7503a78438452ad7bc075cd88a4b1e7fa1a2d'],
  [
    'version-1-05-guidelines-version.jsonl',
    '46bbe18f477fbfc6586d8cac2ee6219994315516b61834d2ef6c4ebace76153b',
  ],
  ['version-1-06-time-sections.jsonl', '27a61d4043f29a9de12a2bea829ab40773f9b8fe5ead8d26177a4ed53460175f'],
  ['version-1-07-rubric-version.jsonl', 'fd7e7e1bbf9fb21b164cb063d0a0746312bacd14c03830fa3f1827c626371439'],
  ['version-1-08-earlier-ratings.jsonl', 'b3093619f6c3760f6b34a983b35bf693fe3ca24e6866b11501895bd50e7c3db6'],
  ['version-1-09-resolutions.jsonl', '56405f1d91a094fac81bb860602844443851e92363b346b6483160c649660260'],
  ['version-1-10-unknown-field.jsonl', '3321eddaa58716b18ab118497cd2743bffa9502387d66b1514c27ec60b004ff3'],
] as const;
const folder = join(import.meta.dirname, 'pushes');
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const linesOf = (file: string) => textOf(file).trimEnd().split('\n');

let server: SyncServer;
let person: Person;
let batch: Awaited<ReturnType<typeof seedBatch>>;
beforeAll(async () => {
  server = await startSyncServer();
  person = await server.person();
  batch = await seedBatch(server, 20);
});
afterAll(() => server?.stop());

/** The assignments these changes are about, under the very ids they name. */
async function assign(mutations: readonly SentMutation[], from: number): Promise<void> {
  for (const [i, { assignmentId }] of mutations.entries())
    await server.connection.pool.query(
      `INSERT INTO assignments (id, batch_id, comparison_id, user_id, position, swapped) VALUES ($1, $2, $3, $4, $5, false)`,
      [assignmentId, batch.batchId, batch.comparisonIds[from + i], person.id, from + i],
    );
}

/** Sends the lines as they stand: nothing is read and written again on the way. */
async function send(lines: readonly string[]): Promise<Verdict[]> {
  const client = { clientId: newClientId() as ClientId, appVersion: '0.0.1' };
  const { epoch } = await person.call(syncHello, { body: client });
  const head = JSON.stringify({ ...client, epoch }).slice(0, -1);
  const { status, text } = await person.raw(syncPush, {}, `${head},"mutations":[${lines.join(',')}]}`);
  expect(status).toBe(200);
  return JSON.parse(text).verdicts;
}

describe('what any app ever sent', () => {
  it('[S14] stands here unchanged, for every version this server reads', () => {
    expect(readdirSync(folder).sort()).toEqual(pushes.map(([file]) => file));
    for (const [file, hash] of pushes) expect([file, sha256Hex(textOf(file))]).toEqual([file, hash]);
    const versions = pushes.flatMap(([file]) => linesOf(file).map((line) => JSON.parse(line).version));
    expect([...new Set(versions)].sort()).toEqual([...mutationVersions]);
  });

  let placed = 0;
  it.each(pushes)('[S14] %s is accepted for ever, with the hash it was sent with', async (file) => {
    const lines = linesOf(file);
    const mutations = lines.map((line) => JSON.parse(line) as SentMutation);
    await assign(mutations, placed);
    placed += mutations.length;
    const verdicts = await send(lines);
    expect(verdicts.map(({ status, reason }) => [status, reason])).toEqual(
      mutations.map(() => ['accepted', null]),
    );
    const rows = await rowsOf(server, 'annotation_revisions');
    for (const { revisionId, bodyHash, body } of mutations) {
      const row = rows.find(({ id }) => id === revisionId);
      expect(row).toMatchObject({ body: canonicalJson(body), body_hash: bodyHash });
    }
    expect(lines.every((line) => readMutation(JSON.parse(line)).content.readable)).toBe(true);
  });
});
