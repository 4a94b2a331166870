import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { searchFolders } from '../support/byte-search/byte-search.ts';
import { canary, canaryStem } from '../support/canary-study.ts';
import { embeddedPostgres, type ServerProcess, startServerProcess } from '../support/server-process.ts';

let running: ServerProcess | null = null;
let folder = '';
afterEach(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tokenCanary = `${canaryStem}-token-0123456789`;

async function send(url: string, path: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokenCanary}` };
  const reply = await fetch(url + path, { method: 'POST', headers, body });
  return reply.status;
}

/** Statements that PostgreSQL refuses, each with a word in the statement, a value or the row. */
const refused = [
  `SELECT '${canary('not-a-uuid')}'::uuid`,
  `SELEC ${canary('no-statement').replaceAll('-', '_')}`,
  `INSERT INTO users (id, email, name) VALUES (NULL, '${canary('mail')}', '${canary('name')}')`,
  `SELECT * FROM ${canary('no-table').replaceAll('-', '_')}`,
];

it('no text, password or token that was sent stands in the server’s or PostgreSQL’s log, refused or failed', async () => {
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-logs-'));
  chmodSync(folder, 0o755);
  running = await startServerProcess(folder, { LOG_LEVEL: 'trace' });
  const { url } = running;
  const { cluster, url: databaseUrl } = embeddedPostgres(folder);
  const signIn = { email: `${canary('mail')}@ward.test`, password: canary('password'), carrier: 'token' };
  expect(await send(url, '/api/auth/sign-in', JSON.stringify(signIn))).toBeLessThan(500);
  expect(await send(url, `/api/sync/push?note=${canary('query')}`, `{"broken": "${canary('body')}`)).toBe(
    401,
  );
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of refused) await expect(client.query(statement)).rejects.toThrow();
  await client.query('ALTER TABLE users RENAME TO gone');
  expect(await send(url, '/api/auth/sign-in', JSON.stringify(signIn))).toBe(500);
  await client.end();
  await running.stop();
  const log = readFileSync(join(folder, 'server.log'), 'utf8');
  expect(log).toContain('"causeCode":"42P01"');
  expect(readFileSync(join(folder, 'postgres.log'), 'utf8')).toContain('database system is ready');
  const { hits } = await searchFolders([folder], [{ what: 'a text', text: canaryStem }]);
  // The database itself holds what was written into it.
  expect(hits.filter(({ file }) => !file.startsWith(`${cluster}/`))).toEqual([]);
});
