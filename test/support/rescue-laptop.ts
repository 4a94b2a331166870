import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { databaseName } from '../../renderer/data/database.ts';
import { saveEmergencyCopy, saveSealedCopy } from '../../renderer/data/rescue.ts';
import type { Workspace } from '../../renderer/data/types.ts';
import { openVaultOf } from '../../renderer/data/vault.ts';
import { openWorkspace, syncStoreOf } from '../../renderer/data/workspace.ts';
import { type Platform, platformOf } from '../../renderer/platform.ts';
import { SyncCycle } from '../../renderer/sync/cycle.ts';
import { platformTransport } from '../../renderer/sync/transport.ts';
import type { User } from '../../shared/contract/auth.ts';
import type { AssignmentId } from '../../shared/schema/ids.ts';
import { createMemoryHost, type MemoryDisk, memoryDisk } from '../contract/memory-host.ts';
import { completeBody } from '../sync/mutations.ts';

/** Few rounds keep the tests quick; the count is in the vault, so the code path is the same. */
const iterations = 1000;

export type RescueLaptop = {
  disk: MemoryDisk;
  host: Platform;
  workspace: () => Workspace;
  cases: () => Promise<AssignmentId[]>;
  save: (index: number, conclusion: string, state?: 'draft' | 'submitted') => Promise<void>;
  sync: () => Promise<void>;
  /** Ends the process and opens again with the password. */
  restart: (password?: string, recoveryPublicKey?: string) => Promise<void>;
  close: () => Promise<void>;
  emergencyCopy: () => Promise<Uint8Array>;
  sealedCopy: () => Promise<Uint8Array>;
  /** The browser lost its database. */
  wipeDatabase: () => Promise<void>;
};

/** The workstation's own vault, journal, database and sync over memory and a real server, with one person at it. */
export async function openRescueLaptop(options: {
  url: string;
  token: string;
  user: User;
  password: string;
  recoveryPublicKey: string;
}): Promise<RescueLaptop> {
  const { url, token, user } = options;
  const disk = memoryDisk();
  let saved: Uint8Array | null = null;
  const newHost = (): Platform => {
    const memory = createMemoryHost(disk);
    memory.server = async ({ method, path, body }) => {
      const reply = await fetch(`${url}${path}`, {
        method,
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      const contentType = reply.headers.get('content-type') ?? '';
      return { kind: 'reply', status: reply.status, contentType, body: await reply.text(), retryAfter: null };
    };
    const files: Platform['files'] = {
      save: async ({ suggestedName, bytes }) => {
        saved = bytes;
        return suggestedName;
      },
    };
    return { ...platformOf(memory), files };
  };
  let host = newHost();
  let workspace: Workspace;

  const restart: RescueLaptop['restart'] = async (
    password = options.password,
    key = options.recoveryPublicKey,
  ) => {
    host = newHost();
    const vault = await openVaultOf(user, password, { host, iterations, recoveryPublicKey: key });
    workspace = await openWorkspace(user, vault.dataKey, { host });
  };
  await restart();
  const cases = async () => {
    const [batch] = await workspace.queue();
    return batch ? (await workspace.places(batch.id)).map(({ id }) => id) : [];
  };
  const taken = (name: string | null): Uint8Array => {
    if (name === null || saved === null) throw new Error('no copy was saved');
    return saved;
  };
  return {
    disk,
    get host() {
      return host;
    },
    workspace: () => workspace,
    cases,
    save: async (index, conclusion, state = 'submitted') => {
      const id = (await cases())[index];
      if (!id) throw new Error(`no case ${index}`);
      await workspace.save(id, completeBody(conclusion), state);
    },
    sync: async () => {
      const cycle = new SyncCycle({
        clock: () => 0,
        random: () => 0,
        timers: { after: () => () => {} },
        appVersion: '1.0.0',
        deviceName: 'ward',
        store: syncStoreOf(workspace),
        transport: platformTransport(host),
        userId: user.id,
      });
      const trouble = await cycle.run();
      if (trouble !== null) throw new Error(trouble);
    },
    restart,
    close: () => workspace.close(),
    emergencyCopy: async () => taken(await saveEmergencyCopy(workspace)),
    sealedCopy: async () => taken(await saveSealedCopy(user.email, host)),
    wipeDatabase: () => Dexie.delete(databaseName(user.id)),
  };
}
