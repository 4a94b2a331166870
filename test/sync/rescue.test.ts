import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../server/audit/domain.ts';
import { rescueImport, rescueInspect } from '../../server/cli/commands/rescue.ts';
import type { Session } from '../../server/cli/session.ts';
import { loadOrCreateRecoveryKey } from '../../server/db/recovery-key.ts';
import * as tables from '../../server/db/schema.ts';
import { type ErrorCode, errorTable } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { openRescueLaptop, type RescueLaptop } from '../support/rescue-laptop.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

let server: TestServer;
let data: string;
let recoveryPublicKey: string;
const root = join(import.meta.dirname, '../..');
beforeAll(async () => {
  server = await startTestServer();
  data = mkdtempSync(join(tmpdir(), 'second-opinion-rescue-'));
  recoveryPublicKey = await loadOrCreateRecoveryKey(data);
  await server.db.update(tables.site).set({ recoveryPublicKey });
});
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

const laptops: RescueLaptop[] = [];
afterEach(async () => {
  for (const laptop of laptops.splice(0)) {
    await laptop.close().catch(() => undefined);
    await laptop.wipeDatabase();
  }
});

async function openLaptop(person: TestPerson, site: Pick<TestServer, 'url'> = server): Promise<RescueLaptop> {
  const { user, password, token } = person;
  const laptop = await openRescueLaptop({ url: site.url, token, user, password, recoveryPublicKey });
  laptops.push(laptop);
  await laptop.sync();
  return laptop;
}

let studies = 0;
async function desk(size = 4) {
  const person = await server.person({ roles: ['physician'] });
  studies += 1;
  await makeAssignedStudy(server.context, [person.user.id], { name: `Rescue ${studies}`, size });
  return { person, laptop: await openLaptop(person) };
}

type Ran = { code: number | null; stdout: string; stderr: string };
function cli(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, ['server/cli/main.ts', ...args, '--data', data], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: server.databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (read.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (read.stderr += chunk.toString()));
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, ...read }));
  });
}

let files = 0;
function fileOf(bytes: Uint8Array): string {
  files += 1;
  const path = join(data, `copy-${files}.rescue`);
  writeFileSync(path, bytes);
  return path;
}

type Report = {
  summary: Record<
    'accepted' | 'late' | 'known' | 'changes' | 'quarantined' | 'conflict' | 'unreadable',
    number
  >;
  works: { lines: { seq: number; status: string; known: boolean; diverged: boolean }[] }[];
};
type Shown = { value: unknown; lines: readonly string[] };
/** Runs a command's own function as the command line would, without a process of its own around it. */
async function command(run: (session: Session) => Promise<void>, context = server.context): Promise<Shown> {
  const shown: Shown[] = [];
  const output: Session['output'] = {
    json: true,
    result: (value, lines) => void shown.push({ value, lines }),
    note: () => {},
    progress: () => {},
    endProgress: () => {},
  };
  const { signal } = new AbortController();
  await run({ context, output, signal, dataDir: data, serverUrl: server.url });
  return shown[0] ?? { value: null, lines: [] };
}
async function importCopy(
  bytes: Uint8Array,
  options: { dryRun?: boolean; key?: string[] } = {},
  context = server.context,
): Promise<Report> {
  const path = fileOf(bytes);
  const { value } = await command(
    (session) => rescueImport(session, path, { dryRun: false, ...options }),
    context,
  );
  return value as Report;
}

const revisionsOf = (person: TestPerson) =>
  server.db
    .select()
    .from(tables.annotationRevisions)
    .where(eq(tables.annotationRevisions.userId, person.user.id))
    .orderBy(tables.annotationRevisions.ordinal);
const hashesOf = async (person: TestPerson) =>
  (await revisionsOf(person)).map(({ bodyHash }) => bodyHash).sort();
/** Hashes of what stands on the laptop, from its own ledger. */
const ledgerHashes = async (laptop: RescueLaptop) =>
  (await laptop.workspace().ledger({ offset: 0, limit: 100 })).entries.map(({ bodyHash }) => bodyHash).sort();

/** Every row that an import could leave behind. */
async function footprint(): Promise<string> {
  const names = [
    'annotation_revisions',
    'mutation_log',
    'mutation_conflicts',
    'audit_events',
    'clients',
    'feed',
  ];
  const rows = await Promise.all(
    names.map(async (name) => (await server.db.execute(sql.raw(`SELECT * FROM ${name} ORDER BY 1, 2`))).rows),
  );
  return sha256Hex(JSON.stringify(rows));
}

describe('an emergency copy of open work', { timeout: 240_000 }, () => {
  it('[S27] brings every change in with its very hash, once, whoever comes again later', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'sent before');
    await laptop.sync();
    await laptop.save(1, 'unsent one');
    await laptop.save(2, 'unsent draft', 'draft');
    const copy = await laptop.emergencyCopy();
    const before = await footprint();

    const dry = await importCopy(copy, { dryRun: true });
    expect(dry.summary).toMatchObject({ changes: 3, accepted: 2, known: 1 });
    expect(await footprint()).toBe(before);

    expect((await importCopy(copy)).summary).toEqual(dry.summary);
    expect(await hashesOf(person)).toEqual(await ledgerHashes(laptop));
    const after = await footprint();
    expect((await importCopy(copy)).summary).toMatchObject({ changes: 3, accepted: 0, known: 3 });
    expect(await footprint()).toBe(after);

    // The laptop comes back by itself: its changes are known, and it learns their receipts.
    await laptop.sync();
    expect((await laptop.workspace().syncSummary()).waiting).toBe(0);
    expect(await hashesOf(person)).toEqual(await ledgerHashes(laptop));
    expect(await revisionsOf(person)).toHaveLength(3);
    expect((await verifyAudit(server.context)).firstBreak).toBeNull();
  });

  it('[S27] says in the audit trail that it came by rescue, from which file and by whom', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'rescued');
    await importCopy(await laptop.emergencyCopy());
    const events = await server.db.select().from(tables.auditEvents);
    const mine = events.filter(({ stream }) => stream === person.user.id);
    const accepted = mine.find(({ action }) => action === 'annotation.accepted');
    const imported = events.find(
      ({ action, subject }) => action === 'rescue.imported' && subject === person.user.id,
    );
    const file = Object(imported?.detail).file;
    expect(file).toMatch(/^[0-9a-f]{64}$/);
    expect(accepted?.detail).toMatchObject({ rescue: { file, by: expect.stringMatching(/./) } });
    expect(imported).toMatchObject({ stream: 'system', detail: { changes: 1, fresh: 1 } });
  });

  it('[S27] changes nothing that left in a copy: a later draft gets a number of its own', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'first words', 'draft');
    const copy = await laptop.emergencyCopy();
    await laptop.save(0, 'more words', 'draft');
    await importCopy(copy);
    await laptop.sync();
    const revisions = await revisionsOf(person);
    expect(revisions.map(({ seq, diverged }) => [seq, diverged])).toEqual([
      [1, false],
      [2, false],
    ]);
  });

  it('[S27] takes work on a recalled case as late, and somebody else’s case into quarantine, as a push does', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'late');
    await laptop.save(1, 'of somebody else');
    const [recalled = '', foreign = ''] = await laptop.cases();
    const other = await server.person({ roles: ['physician'] });
    await server.db
      .update(tables.assignments)
      .set({ recalledAt: new Date() })
      .where(eq(tables.assignments.id, recalled));
    await server.db
      .update(tables.assignments)
      .set({ userId: other.user.id })
      .where(eq(tables.assignments.id, foreign));
    const { summary } = await importCopy(await laptop.emergencyCopy());
    expect(summary).toMatchObject({ late: 1, quarantined: 1, accepted: 0 });
    expect(await revisionsOf(person)).toHaveLength(1);
    expect(await revisionsOf(other)).toHaveLength(0);
  });
});

describe('an emergency copy of locked work', { timeout: 240_000 }, () => {
  it('[S27] is opened by the site’s key from the laptop’s own bytes', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'CANARY-LOCKED one');
    await laptop.save(1, 'CANARY-LOCKED two', 'draft');
    const hashes = await ledgerHashes(laptop);
    await laptop.close();
    const copy = await laptop.sealedCopy();
    const { summary } = await importCopy(copy);
    expect(summary).toMatchObject({ changes: 2, accepted: 2, unreadable: 0 });
    expect(await hashesOf(person)).toEqual(hashes);
    const after = await footprint();
    expect((await importCopy(copy)).summary).toMatchObject({ accepted: 0, known: 2 });
    expect(await footprint()).toBe(after);
  });

  it('[S27] holds what stood only in the journal, or only in the database', async () => {
    for (const lost of ['database', 'journal'] as const) {
      const { person, laptop } = await desk();
      await laptop.save(0, `only one place, without the ${lost}`);
      const hashes = await ledgerHashes(laptop);
      await laptop.close();
      if (lost === 'database') await laptop.wipeDatabase();
      else
        for (const name of laptop.disk.files.keys())
          if (name.endsWith('.work')) laptop.disk.files.delete(name);
      await importCopy(await laptop.sealedCopy());
      expect(await hashesOf(person)).toEqual(hashes);
    }
  });

  it('[S27] does without the vault where the keyring or the file is lost', async () => {
    const { person, laptop } = await desk();
    await laptop.save(0, 'the keyring is gone');
    const hashes = await ledgerHashes(laptop);
    await laptop.close();
    for (const name of laptop.disk.keys.keys()) laptop.disk.keys.set(name, new Uint8Array([1, 2, 3]));
    const copy = await laptop.sealedCopy();
    const path = fileOf(copy);
    const { lines } = await command((session) => rescueInspect(session, path, {}));
    expect(lines).toContain('The laptop said: The vault could not be read.');
    expect(lines.join('\n')).toContain(`1 change by ${person.user.email}: 1 submitted`);
    await importCopy(copy);
    expect(await hashesOf(person)).toEqual(hashes);
  });

  it('[S27] passes over a damaged stretch, says so, and brings the rest in', async () => {
    const { person, laptop } = await desk();
    for (let n = 0; n < 3; n++) await laptop.save(n, `change ${n}`);
    await laptop.close();
    await laptop.wipeDatabase();
    const [name = '', bytes = new Uint8Array(0)] =
      [...laptop.disk.files].find(([file]) => file.endsWith('.work')) ?? [];
    // Frames begin with "SOJ1"; the second save stands in the one before the last.
    const starts = [...bytes.keys()].filter((at) =>
      Buffer.from(bytes.subarray(at, at + 4)).equals(Buffer.from('SOJ1')),
    );
    const at = (starts.at(-2) ?? 0) + 60;
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    laptop.disk.files.set(name, damaged);
    const copy = await laptop.sealedCopy();
    const { summary } = await importCopy(copy);
    expect(summary).toMatchObject({ changes: 2, accepted: 2, unreadable: 1 });
    const after = await footprint();
    expect((await importCopy(copy)).summary).toMatchObject({ accepted: 0, known: 2 });
    expect(await footprint()).toBe(after);
    expect(await revisionsOf(person)).toHaveLength(2);
  });
});

describe('what is refused', { timeout: 240_000 }, () => {
  it('[S27] one clear sentence each for garbage, a cut, a wrong key, another site and a newer version', async () => {
    const { laptop } = await desk();
    await laptop.save(0, 'kept');
    const copy = await laptop.emergencyCopy();
    const before = await footprint();
    const wrongKey = join(data, 'wrong.pem');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(wrongKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const newer = copy.slice();
    newer[11] = 9;
    const flipped = copy.slice();
    flipped[copy.byteLength - 20] = (flipped[copy.byteLength - 20] ?? 0) ^ 1;
    const refusals: [Uint8Array, string[] | undefined, ErrorCode][] = [
      [new TextEncoder().encode('not such a file'), undefined, 'rescue-not-one'],
      [copy.subarray(0, copy.byteLength - 100), undefined, 'rescue-cut'],
      [flipped, undefined, 'rescue-damaged'],
      [newer, undefined, 'rescue-format'],
      [copy, [wrongKey], 'rescue-key-missing'],
    ];
    for (const [bytes, key, code] of refusals) {
      const refused = importCopy(bytes, key ? { key } : {});
      await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(/^[A-Z].*\.$/) });
    }
    const ran = await cli(['rescue', 'import', fileOf(flipped)]);
    expect(ran).toEqual({ code: 1, stdout: '', stderr: `${errorTable['rescue-damaged'][1]}\n` });
    expect(await footprint()).toBe(before);
  });

  it('[S27] the work of an account that this site does not have', async () => {
    const { laptop } = await desk();
    await laptop.save(0, 'of another site');
    const copy = await laptop.emergencyCopy();
    const elsewhere = await startTestServer();
    try {
      await expect(importCopy(copy, {}, elsewhere.context)).rejects.toMatchObject({
        code: 'rescue-not-ours',
      });
      expect(await elsewhere.db.select().from(tables.annotationRevisions)).toEqual([]);
    } finally {
      await elsewhere.stop();
    }
  });
});
