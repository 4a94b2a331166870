import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import { createLogger } from '../../server/http/logging.ts';
import { type Hit, type Needle, type SearchReport, searchFolders } from './byte-search/byte-search.ts';
import { layCable } from './cable.ts';
import { canaryCases, signOut, workWithCanaries } from './canary-session.ts';
import { canary, canaryStem, makeCanaryStudy } from './canary-study.ts';
import type { Desk, OpenWorkstation } from './hosts.ts';
import { startTestServer, type TestServer } from './server.ts';

export type CanaryDay = {
  /** While the session is open, right after the sync. */
  working: SearchReport;
  /** After sign-out, with the workstation closed as a person closes it. */
  closed: SearchReport;
  /** Names of the cookies that are left after sign-out. */
  cookies: string[];
};

/** Everything of a host that follows its user's folders goes below one folder. */
function homesIn(folder: string): Record<string, string> {
  const at = (name: string) => join(folder, name);
  for (const name of ['home', 'tmp', 'config', 'cache']) mkdirSync(at(name));
  return { HOME: at('home'), TMPDIR: at('tmp'), XDG_CONFIG_HOME: at('config'), XDG_CACHE_HOME: at('cache') };
}

function tokenIn(heard: string): string {
  const found = /(?:authorization: Bearer |so_session=)([\w-]{20,})/i.exec(heard);
  if (!found?.[1]) throw new Error('no session token crossed the network');
  return found[1];
}

/** The bodies of the day as the server has them: proof that the canaries were really typed, saved and sent. */
async function sentBodies(server: TestServer): Promise<string> {
  const { rows } = await server.db.execute('SELECT body FROM annotation_revisions');
  return rows.map((row) => String(row.body)).join('\n');
}

const written = [
  'evidence',
  'conclusion',
  'case-flag-note',
  'safety-flag-note',
  'corrected-answer',
  'skip-note',
] as const;

async function requireSent(server: TestServer): Promise<void> {
  const bodies = await sentBodies(server);
  const missing = written.filter((what) => !bodies.includes(canary(what)));
  if (missing.length > 0) throw new Error(`never reached the server: ${missing.join(', ')}`);
}

/** The screen is locked first; the server hears of it a moment later. */
async function untilSessionEnded(server: TestServer): Promise<void> {
  const living = async () => {
    const { rows } = await server.db.execute(
      "SELECT 1 FROM sessions WHERE revoked_at IS NULL AND device_name <> 'test'",
    );
    return rows.length;
  };
  await expect.poll(living, { timeout: 20_000 }).toBe(0);
}

/** A physician's day at a host, and a byte search over all it left on the disk, as it works and when it is closed. */
export async function spendCanaryDay(open: OpenWorkstation): Promise<CanaryDay> {
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-canaries-'));
  const serverLog = join(folder, 'server.log');
  const logger = createLogger('trace', { write: (line) => appendFileSync(serverLog, line) });
  const staticRoot = join(import.meta.dirname, '../../dist/renderer');
  const server = await startTestServer({ staticRoot, logger });
  let heard = '';
  const cable = await layCable(server.url, (bytes) => {
    heard += bytes.toString('latin1');
  });
  let desk: Desk | null = null;
  try {
    const name = `${canary('name')} Ada`;
    const physician = await server.person({
      roles: ['physician'],
      name,
      email: `${canary('mail')}@ward.test`,
    });
    await makeCanaryStudy(server.context, physician.user.id, canaryCases);
    desk = await open({ folder, serverUrl: cable.url, env: homesIn(folder) });
    const search = (needles: Needle[]) => {
      appendFileSync(join(folder, 'console.log'), desk?.traces().log ?? '');
      return searchFolders([folder], needles);
    };
    await workWithCanaries(desk, cable, physician);
    await requireSent(server);
    const token = tokenIn(heard);
    const needles = [
      { what: 'a text of the session', text: canaryStem },
      { what: 'the password', text: physician.password },
      { what: 'the session token', text: token },
    ];
    const working = await search(needles);
    await signOut(desk.page);
    await untilSessionEnded(server);
    const cookies = (await desk.page.context().cookies()).map((cookie) => cookie.name);
    await desk.leave();
    return { working, closed: await search(needles), cookies };
  } catch (cause) {
    const path = join(import.meta.dirname, '../../.test', `canaries-${Date.now()}.png`);
    await desk?.page.screenshot({ path, timeout: 5000 }).catch(() => {});
    throw cause;
  } finally {
    await desk?.kill();
    await cable.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const lineOf = ({ file, what, form, packed, around }: Hit) =>
  `${what} as ${[...packed, form].join(' > ')} in ${file}: ${around}`;

/**
 * A whole browser asks whether it shall keep the password and notes whose it was, kept or not. That is its own store,
 * which an administrator switches off (docs/security.md); the desktop app has none.
 */
const isPasswordManagers = ({ file, around }: Hit) =>
  basename(file) === 'Login Data' && around.includes(canary('mail'));

export function expectNoTrace({ working, closed }: CanaryDay): void {
  for (const { files, hits } of [working, closed]) {
    expect(hits.filter((hit) => !isPasswordManagers(hit)).map(lineOf)).toEqual([]);
    // A search of an empty folder finds nothing, too.
    expect(files).toBeGreaterThan(50);
  }
}
