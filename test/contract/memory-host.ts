import { JournalFile, type SyncFile } from '../../renderer/host/journal-file.ts';
import {
  type DesktopBridge,
  type IpcArgs,
  type IpcChannel,
  type IpcOutcome,
  type IpcResult,
  ipcChannels,
  type NetReply,
  type NetRequest,
} from '../../shared/ipc.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';

/** A disk that survives the host: give the same one to a second host to play a restart. */
export type MemoryDisk = {
  files: Map<string, Uint8Array<ArrayBuffer>>;
  keys: Map<string, Uint8Array<ArrayBuffer>>;
};
export const memoryDisk = (): MemoryDisk => ({ files: new Map(), keys: new Map() });

export type MemoryHost = DesktopBridge & {
  disk: MemoryDisk;
  /** What the disk says is free; null where it cannot tell. */
  freeBytes: number | null;
  /** Answers the network; throws for "no network". */
  server: (request: NetRequest) => Promise<NetReply>;
  /** Runs before a journal write: throw to fail it, with `torn` bytes of it already written. */
  beforeAppend: ((name: string) => { torn: number; whole?: boolean } | null) | null;
  /** Runs before a journal is written anew: throw to fail it, with the old one left as it was. */
  beforeReplace: ((name: string) => void) | null;
  /** Refuses to open journals, as a disk that went away does. */
  refuseOpen: boolean;
  fire: (event: 'app:resumed' | 'app:drain' | 'app:screen-locked') => void;
};

function memoryFile(disk: MemoryDisk, name: string): SyncFile {
  const bytes = () => disk.files.get(name) ?? new Uint8Array(0);
  return {
    size: () => bytes().byteLength,
    read: (at, length) => bytes().slice(at, at + length),
    write: (at, more) => {
      const next = new Uint8Array(Math.max(bytes().byteLength, at + more.byteLength));
      next.set(bytes());
      next.set(more, at);
      disk.files.set(name, next);
    },
    truncate: (size) => void disk.files.set(name, bytes().slice(0, size)),
    flush: () => undefined,
  };
}

class Failure extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The host's interface over plain memory, with faults on demand. */
export function createMemoryHost(disk: MemoryDisk = memoryDisk()): MemoryHost {
  const open = new Map<string, JournalFile>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const opened = (name: string) => {
    const journal = open.get(name);
    if (!journal) throw new Failure('journal-unavailable');
    return journal;
  };
  const own = (bytes: Uint8Array) => new Uint8Array(bytes);
  const host: MemoryHost = {
    disk,
    freeBytes: null,
    beforeAppend: null,
    beforeReplace: null,
    refuseOpen: false,
    server: async () => ({ kind: 'unreachable', reason: 'no network' }),
    fire: (event) => {
      for (const listener of listeners.get(event) ?? []) (listener as (payload: null) => void)(null);
    },
    on: (event, listener) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
    invoke: async <C extends IpcChannel>(
      channel: C,
      ...args: IpcArgs<C>
    ): Promise<IpcOutcome<IpcResult<C>>> => {
      try {
        const checked = ipcChannels[channel].args.parse(args) as unknown[];
        const value = await answer(channel, checked);
        return { ok: true, value: ipcChannels[channel].result.parse(value) as IpcResult<C> };
      } catch (cause) {
        const code = cause instanceof Failure ? cause.code : 'host-failed';
        return { ok: false, code, message: String(cause) };
      }
    },
  };

  const append = (name: string, payloads: Uint8Array[]) => {
    const fault = host.beforeAppend?.(name) ?? null;
    if (fault === null) return opened(name).append(payloads);
    const before = opened(name).size;
    if (fault.torn > 0 || fault.whole) {
      const size = opened(name).append(payloads);
      const left = fault.whole ? size : Math.min(size - 1, before + fault.torn);
      disk.files.set(name, (disk.files.get(name) ?? new Uint8Array(0)).slice(0, left));
    }
    throw new Failure('journal-unavailable');
  };

  const answer = async (channel: IpcChannel, args: unknown[]): Promise<unknown> => {
    const name = args[0] as string;
    switch (channel) {
      case 'net:request':
        return host.server(args[0] as NetRequest);
      case 'net:server':
        return { url: 'https://labels.test' };
      case 'journal:open': {
        if (host.refuseOpen) throw new Failure('journal-unavailable');
        if (open.has(name)) throw new Failure('already-open');
        const journal = new JournalFile(memoryFile(disk, name));
        open.set(name, journal);
        return { size: journal.size, cutBytes: journal.cutBytes, disk: { freeBytes: host.freeBytes } };
      }
      case 'journal:read': {
        const { bytes, next } = opened(name).read(args[1] as number);
        return { bytes: own(bytes), next };
      }
      case 'journal:append':
        return { size: append(name, args[1] as Uint8Array[]), disk: { freeBytes: host.freeBytes } };
      case 'journal:replace': {
        opened(name);
        host.beforeReplace?.(name);
        disk.files.set(name, new Uint8Array(0));
        const journal = new JournalFile(memoryFile(disk, name));
        open.set(name, journal);
        return { size: journal.append(args[1] as Uint8Array[]) };
      }
      case 'journal:set-aside': {
        opened(name);
        const bytes = disk.files.get(name) ?? new Uint8Array(0);
        disk.files.set(`${name}.damaged-${sha256Hex(String(bytes)).slice(0, 16)}`, bytes.slice());
        return null;
      }
      case 'journal:close':
        open.delete(name);
        return null;
      case 'keys:load':
        return { bytes: disk.keys.get(name) ?? null };
      case 'keys:store':
        disk.keys.set(name, own(args[1] as Uint8Array));
        return null;
      case 'journal:remove':
        if (open.has(name)) throw new Failure('already-open');
        for (const file of [...disk.files.keys()])
          if (file === name || file.startsWith(`${name}.damaged-`)) disk.files.delete(file);
        return null;
      case 'keys:remove':
        disk.keys.delete(name);
        return null;
      case 'keys:strength':
        return { strength: 'password-only' };
      case 'app:info':
        return { host: 'browser', version: '0.0.0-test', os: 'linux', deviceName: 'test laptop' };
      default:
        return null;
    }
  };
  return host;
}
