import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NetReply } from '../../shared/ipc.ts';
import { createMemoryHost, type MemoryHost } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { setPlatform } from '../platform.ts';
import { databaseName } from './database.ts';
import { changeLaptopKey } from './laptop-key.ts';
import { currentSession, signIn, signOut } from './session.ts';
import { rescueSourceOf, syncStoreOf } from './workspace.ts';

const password = 'a long enough password';
let host: MemoryHost;
let online: boolean;
beforeEach(() => {
  host = createMemoryHost();
  online = true;
  host.server = async (): Promise<NetReply> => {
    const value = { user: samplePhysician, expiresAt: '2030-01-01T00:00:00.000Z', recoveryPublicKey: null };
    if (!online) return { kind: 'unreachable', reason: 'no network' };
    const body = JSON.stringify(value);
    return { kind: 'reply', status: 200, contentType: 'application/json', body, retryAfter: null };
  };
  setPlatform(host);
});
afterEach(async () => {
  online = false;
  await signOut();
  await Dexie.delete(databaseName(samplePhysician.id));
});

it('goes on with the open work under a new key, and only for the password', { timeout: 60_000 }, async () => {
  const { workspace } = await signIn(samplePhysician.email, password);
  if (!workspace) throw new Error('no workspace');
  await syncStoreOf(workspace).storeBatch(sampleBatch(1));
  await syncStoreOf(workspace).storePage([sampleAssignment(0)]);
  await workspace.save(assignmentId(1000), bodyWith('mine'), 'draft');
  const before = rescueSourceOf(workspace).store.dataKey.id;

  await expect(changeLaptopKey('not the password')).rejects.toMatchObject({ code: 'wrong-password' });
  expect(currentSession()?.workspace).toBe(workspace);
  await changeLaptopKey(password);
  const next = currentSession()?.workspace;
  if (!next) throw new Error('no workspace');
  expect(next).not.toBe(workspace);
  expect(rescueSourceOf(next).store.dataKey.id).not.toBe(before);
  await rescueSourceOf(next).moved;
  expect((await next.loadCase(assignmentId(1000))).body.reasoning.conclusion).toBe('mine');
  await signOut();
  online = false;
  const again = await signIn(samplePhysician.email, password);
  expect((await again.workspace?.loadCase(assignmentId(1000)))?.body.reasoning.conclusion).toBe('mine');
});
