import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../shared/contract/auth.ts';
import type { NetReply } from '../../shared/ipc.ts';
import { createMemoryHost, type MemoryHost } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { setPlatform } from '../platform.ts';
import { useIdleLimit } from './access.ts';
import { databaseName } from './database.ts';
import {
  acceptLink,
  currentSession,
  lockWork,
  resumeSession,
  signIn,
  signInAgain,
  signInOnline,
  signInWithPrevious,
  signOut,
  unlockOffline,
  unlockWork,
  useSession,
} from './session.ts';
import { syncStoreOf } from './workspace.ts';

const json = (status: number, value: unknown): NetReply => ({
  kind: 'reply',
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
  retryAfter: null,
});
const away: NetReply = { kind: 'unreachable', reason: 'no network' };

let host: MemoryHost;
let account: { user: User; password: string; online: boolean };
const password = 'a long enough password';
let calls: string[] = [];
/** What the server says at a contact; a server that knows no such call by default. */
let contactReply: () => NetReply;
const notFound = () => json(404, { error: { code: 'not-found', message: 'There is nothing.' } });

beforeEach(() => {
  host = createMemoryHost();
  account = { user: samplePhysician, password, online: true };
  calls = [];
  contactReply = notFound;
  host.server = async ({ path, body }) => {
    if (!account.online) return away;
    const input = body === null ? {} : JSON.parse(body);
    const signedIn = { user: account.user, expiresAt: '2030-01-01T00:00:00.000Z', recoveryPublicKey: null };
    if (path === '/api/auth/session') return json(200, { user: account.user, expiresAt: signedIn.expiresAt });
    calls.push(path);
    if (path === '/api/devices/contact') return contactReply();
    if (path === '/api/auth/sign-out') return json(200, { ended: true });
    if (path === '/api/auth/link/accept') {
      account.password = input.password;
      return json(200, signedIn);
    }
    if (input.password === account.password && input.carrier === 'cookie') return json(200, signedIn);
    return json(401, {
      error: { code: 'sign-in-failed', message: 'The e-mail address or the password is wrong.' },
    });
  };
  setPlatform(host);
});

afterEach(async () => {
  vi.useRealTimers();
  await signOut();
  await Dexie.delete(databaseName(samplePhysician.id));
});

const { email } = samplePhysician;

async function saveOneDraft() {
  const workspace = currentSession()?.workspace;
  if (!workspace) throw new Error('no workspace');
  const store = syncStoreOf(workspace);
  await store.storeBatch(sampleBatch(1));
  await store.storePage([sampleAssignment(0)]);
  await workspace.save(assignmentId(1000), bodyWith('mine'), 'draft');
}
const conclusion = async () =>
  (await currentSession()?.workspace?.loadCase(assignmentId(1000)))?.body.reasoning.conclusion;

describe('session', { timeout: 60_000 }, () => {
  it('signs in at the server first, and offline from then on, with the work in place', async () => {
    expect((await signIn(email, password)).mode).toBe('online');
    await saveOneDraft();
    await signOut();
    expect(currentSession()).toBeNull();
    account.online = false;
    expect(await signIn(email, password)).toMatchObject({ mode: 'offline', user: samplePhysician });
    expect(await conclusion()).toBe('mine');
  });

  it('says each case of a failed sign-in apart', async () => {
    await expect(signIn(email, 'not the password')).rejects.toMatchObject({ code: 'sign-in-failed' });
    account.online = false;
    await expect(signIn(email, password)).rejects.toMatchObject({ code: 'not-on-this-laptop' });
    await expect(signIn(email, password)).rejects.toThrow(/server cannot be reached/);
    await expect(signInOnline(email, password)).rejects.toMatchObject({ code: 'server-unreachable' });
    account.online = true;
    await signIn(email, password);
    await signOut();
    account.online = false;
    await expect(unlockOffline(email, 'not the password')).rejects.toMatchObject({ code: 'wrong-password' });
  });

  it('asks for the previous password after it was changed elsewhere, and finds the work under the new one', async () => {
    await signIn(email, password);
    await saveOneDraft();
    await signOut();
    await expect(
      acceptLink({ token: 't', name: 'Ada', password: 'the new long password' }),
    ).rejects.toMatchObject({
      code: 'previous-password-needed',
    });
    await signInWithPrevious(email, 'the new long password', password);
    expect(await conclusion()).toBe('mine');
    await signOut();
    await signIn(email, 'the new long password');
    expect(await conclusion()).toBe('mine');
  });

  it('goes on with the open work when the person signs in again after the session ended', async () => {
    const { workspace } = await signIn(email, password);
    await saveOneDraft();
    const again = await signInAgain(password);
    expect(again.workspace).toBe(workspace);
    expect((await again.workspace?.syncSummary())?.waiting).toBe(1);
  });

  it('deletes nothing at sign-out, unsent work least of all', async () => {
    await signIn(email, password);
    await saveOneDraft();
    const files = [...host.disk.files].map(([name, bytes]) => [name, bytes.byteLength]);
    await signOut();
    expect([...host.disk.files].map(([name, bytes]) => [name, bytes.byteLength])).toEqual(files);
    expect(host.disk.keys.size).toBe(1);
  });

  it('opens no local database for leads, and lets them go on after a reload', async () => {
    account.user = { ...samplePhysician, roles: ['lead'] };
    expect((await signIn(email, password)).workspace).toBeNull();
    expect(host.disk.files.size + host.disk.keys.size).toBe(0);
    expect(await resumeSession()).toMatchObject({ kind: 'session' });
    account.user = samplePhysician;
    expect(await resumeSession()).toMatchObject({ kind: 'locked', user: { email } });
    account.online = false;
    expect(await resumeSession()).toEqual({ kind: 'none' });
  });

  it('gives two physicians on one laptop their own work only, and each all of it again', async () => {
    await signIn(email, password);
    await saveOneDraft();
    await signOut();
    account.user = {
      ...samplePhysician,
      id: '00000003-0000-4000-8000-000000000077' as User['id'],
      email: 'ben@ward.test',
    };
    const other = await signIn('ben@ward.test', password);
    expect(await other.workspace?.queue()).toEqual([]);
    await expect(other.workspace?.places(batchId(1))).resolves.toEqual([]);
    expect(await other.workspace?.syncSummary()).toMatchObject({ waiting: 0 });
    await signOut();
    account.user = samplePhysician;
    await signIn(email, password);
    expect(await conclusion()).toBe('mine');
    expect((await currentSession()?.workspace?.syncSummary())?.waiting).toBe(1);
    await Dexie.delete(databaseName('00000003-0000-4000-8000-000000000077'));
  });

  it('asks for one sign-in however many ask at once, and the queue goes on', async () => {
    const { workspace } = await signIn(email, password);
    await saveOneDraft();
    calls = [];
    const again = await Promise.all([signInAgain(password), signInAgain(password), signInAgain(password)]);
    expect(calls.filter((path) => path === '/api/auth/sign-in')).toHaveLength(1);
    for (const session of again) expect(session.workspace).toBe(workspace);
    await expect(signInAgain('not the password')).rejects.toMatchObject({ code: 'sign-in-failed' });
    expect((await currentSession()?.workspace?.syncSummary())?.waiting).toBe(1);
  });

  it('locks in place and opens again by the password alone, with nothing sent, ended or lost', async () => {
    const { workspace } = await signIn(email, password);
    await saveOneDraft();
    calls = [];
    expect(await lockWork('idle')).toBe(true);
    expect(currentSession()).toBeNull();
    expect(useSession.getState().closed).toMatchObject({ kind: 'locked', by: 'idle' });
    await expect(
      workspace?.save(assignmentId(1000), bodyWith('after the lock'), 'draft'),
    ).rejects.toMatchObject({ code: 'journal-unavailable' });
    await expect(unlockWork('not the password')).rejects.toMatchObject({ code: 'wrong-password' });
    account.online = false;
    expect(await unlockWork(password)).toMatchObject({ mode: 'online', user: { email } });
    expect(await conclusion()).toBe('mine');
    expect(calls).not.toContain('/api/auth/sign-out');
    expect(await lockWork('person')).toBe(true);
    expect(await lockWork('person')).toBe(false);
  });

  it('opens offline for as long as the site lets it, says so then, and opens after a contact', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T08:00:00Z') });
    contactReply = () => json(200, { offlineLeaseDays: 10, idleLockMinutes: 5, order: null });
    await signIn(email, password);
    await saveOneDraft();
    expect(useIdleLimit.getState().minutes).toBe(5);
    await signOut();
    account.online = false;
    vi.setSystemTime(new Date('2026-03-11T07:00:00Z'));
    expect((await signIn(email, password)).mode).toBe('offline');
    await signOut();
    vi.setSystemTime(new Date('2026-03-05T07:00:00Z'));
    await signIn(email, password);
    expect(useSession.getState().notice).toMatch(/6 days behind/);
    useSession.setState({ notice: null });
    await signOut();
    for (const time of ['2026-03-11T08:00:01Z', '2026-03-05T08:00:00Z']) {
      vi.setSystemTime(new Date(time));
      await expect(signIn(email, password)).rejects.toMatchObject({ code: 'lease-over' });
      expect(currentSession()).toBeNull();
    }
    account.online = true;
    vi.setSystemTime(new Date('2026-03-11T08:00:01Z'));
    await signIn(email, password);
    expect(await conclusion()).toBe('mine');
    await signOut();
    account.online = false;
    vi.setSystemTime(new Date('2026-03-20T08:00:00Z'));
    await signIn(email, password);
    vi.useRealTimers();
  });
});
