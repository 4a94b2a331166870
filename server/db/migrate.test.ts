import {
  constants,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/server.ts';
import { connect } from './client.ts';
import { migrate } from './migrate.ts';
import { sqlState } from './pg-error.ts';
import { loadOrCreateRecoveryKey } from './recovery-key.ts';
import { readSite } from './site.ts';

let database: TestDatabase;
let folder: string;
const made: string[] = [];

beforeEach(async () => {
  database = await cloneDatabase();
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-key-'));
});
afterEach(async () => {
  for (const name of made.splice(0))
    await database.pool.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function newDatabaseUrl(): string {
  const name = `absent_${randomBytes(6).toString('hex')}`;
  made.push(name);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

describe('migrate', () => {
  it('creates an absent database, once, when two start at the same moment', async () => {
    const url = newDatabaseUrl();
    let keysAsked = 0;
    const recoveryPublicKey = async () => {
      keysAsked += 1;
      return 'a key';
    };
    await Promise.all([migrate(url, { recoveryPublicKey }), migrate(url, { recoveryPublicKey })]);
    await migrate(url, { recoveryPublicKey });
    const { db, close } = connect(url);
    const site = await readSite(db);
    await close();
    expect(site.recoveryPublicKey).toBe('a key');
    expect(site.epoch).toMatch(/^[0-9a-f-]{36}$/);
    expect(keysAsked).toBe(1);
  });

  it('refuses a database that a newer version migrated, with the next step', async () => {
    await database.pool.query(
      `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('later', ${Date.now() + 10 ** 12})`,
    );
    await expect(migrate(database.databaseUrl)).rejects.toMatchObject({
      code: 'database-newer',
      message: expect.stringContaining('Start that version'),
    });
  });

  it('says that the database cannot be reached', async () => {
    await expect(migrate('postgres://postgres:x@127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'database-unavailable',
    });
  });
});

describe('the recovery key', () => {
  it('is made once, kept from others, and opens what its public half sealed', async () => {
    const [first] = await Promise.all([loadOrCreateRecoveryKey(folder)]);
    expect(await loadOrCreateRecoveryKey(folder)).toBe(first);
    const file = join(folder, 'recovery-key.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const publicKey = createPublicKey({ key: Buffer.from(first, 'base64'), format: 'der', type: 'spki' });
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    const sealed = publicEncrypt({ key: publicKey, ...oaep }, Buffer.from('data key'));
    const privateKey = createPrivateKey(readFileSync(file));
    expect(privateDecrypt({ key: privateKey, ...oaep }, sealed).toString()).toBe('data key');
  });
});

describe('append-only tables', () => {
  const tables = [
    'audit_events',
    'annotation_revisions',
    'mutation_log',
    'mutation_conflicts',
    'rubrics',
    'guidelines',
    'annotation_returns',
    'expert_feedback',
  ];

  async function fill(): Promise<void> {
    const id = '00000000-0000-4000-8000-000000000001';
    const statements = [
      `INSERT INTO users (id, email, roles, status) VALUES ('${id}', 'a@test.example', '{physician}', 'active')`,
      `INSERT INTO studies (id, name) VALUES ('${id}', 's')`,
      `INSERT INTO rubrics (id, study_id, version, definition) VALUES ('${id}', '${id}', 1, '{}')`,
      `INSERT INTO guidelines (id, study_id, version, markdown) VALUES ('${id}', '${id}', 1, 'g')`,
      `INSERT INTO clients (id, user_id) VALUES ('${id}', '${id}')`,
      `INSERT INTO mutation_log (client_id, seq, body_hash, verdict) VALUES ('${id}', 1, 'h', '{}')`,
      `INSERT INTO mutation_conflicts (client_id, seq, body_hash, raw) VALUES ('${id}', 1, 'h', '')`,
      `INSERT INTO audit_events (stream, n, at, action, subject, detail, previous_hash, hash) VALUES ('s', 1, now(), 'a', 's', '{}', 'p', 'h')`,
      // A revision needs a whole chain of rows that the triggers do not look at.
      `SET session_replication_role = replica`,
      `INSERT INTO annotation_revisions (id, assignment_id, user_id, state, body, body_hash, client_id, seq, app_version, late, diverged, made_at) VALUES ('${id}', '${id}', '${id}', 'draft', '{}', 'h', '${id}', 1, '1', false, false, now())`,
      `INSERT INTO annotation_returns (id, assignment_id, revision_id, comment) VALUES ('${id}', '${id}', '${id}', 'c')`,
      `INSERT INTO expert_feedback (assignment_id, revision_id, kind) VALUES ('${id}', '${id}', 'practice')`,
      `SET session_replication_role = origin`,
    ];
    const client = await database.pool.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      client.release();
    }
  }

  const refusal = (statement: string) =>
    database.pool.query(statement).then(
      () => 'accepted',
      (error: unknown) => sqlState(error),
    );

  it('refuse UPDATE and DELETE', async () => {
    await fill();
    for (const table of tables) {
      const { rows } = await database.pool.query<{ column_name: string }>(
        'SELECT column_name FROM information_schema.columns WHERE table_name = $1 LIMIT 1',
        [table],
      );
      const column = rows[0]?.column_name;
      expect(await refusal(`UPDATE ${table} SET ${column} = ${column}`), `UPDATE ${table}`).toBe('23001');
      expect(await refusal(`DELETE FROM ${table}`), `DELETE ${table}`).toBe('23001');
    }
  });

  it('refuse TRUNCATE, also when it comes over another table', async () => {
    await fill();
    for (const table of tables) expect(await refusal(`TRUNCATE ${table} CASCADE`), table).toBe('23001');
    expect(await refusal('TRUNCATE users CASCADE')).toBe('23001');
  });
});
