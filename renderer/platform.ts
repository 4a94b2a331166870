import { AppError, type ErrorCode, errorTable } from '../shared/errors.ts';
import type {
  DesktopBridge,
  IpcArgs,
  IpcChannel,
  IpcEvent,
  IpcEventPayload,
  IpcOutcome,
  IpcResult,
  NetReply,
  NetRequest,
  NetUpload,
} from '../shared/ipc.ts';
import { createBrowserHost } from './host/browser-host.ts';

declare global {
  interface Window {
    /** Exposed by the preload script in Electron; absent in a browser. */
    desktop?: DesktopBridge;
  }
}

/** Bytes in memory of their own, as they cross the bridge. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A text to be sealed: what stands in clear before it, and what the seal is bound to. */
export type PlainRecord = { clear: Bytes; text: string; about: string };
/** What the host of a browser's page does beside the bridge. */
export type PageHost = {
  /** Seals and appends in one step, off the page's thread. */
  appendSealed: (
    name: string,
    key: CryptoKey,
    records: PlainRecord[],
  ) => Promise<IpcOutcome<IpcResult<'journal:append'>>>;
  /** Looks whether the open journals and the keys still stand, and writes them again where the browser threw them away. */
  requireFiles: () => Promise<IpcOutcome<null>>;
};

export type Platform = {
  net: {
    request: (request: NetRequest) => Promise<NetReply>;
    upload: (upload: NetUpload) => Promise<NetReply>;
    server: () => Promise<{ url: string | null }>;
    setServer: (url: string) => Promise<{ url: string }>;
    forgetSession: () => Promise<void>;
  };
  journal: {
    open: (name: string) => Promise<IpcResult<'journal:open'>>;
    read: (name: string, offset: number) => Promise<IpcResult<'journal:read'>>;
    append: (name: string, payloads: Bytes[]) => Promise<IpcResult<'journal:append'>>;
    /** Null where the key must not leave the page: Electron's main process holds none. */
    appendSealed:
      | ((name: string, key: CryptoKey, records: PlainRecord[]) => Promise<IpcResult<'journal:append'>>)
      | null;
    /** Settles once the open journals and the keys stand under their names; at once where nobody throws them away. */
    requireFiles: () => Promise<void>;
    replace: (name: string, payloads: Bytes[]) => Promise<IpcResult<'journal:replace'>>;
    setAside: (name: string) => Promise<void>;
    close: (name: string) => Promise<void>;
    remove: (name: string) => Promise<void>;
  };
  keys: {
    load: (name: string) => Promise<Bytes | null>;
    store: (name: string, bytes: Bytes) => Promise<void>;
    remove: (name: string) => Promise<void>;
    strength: () => Promise<'keyring' | 'password-only'>;
  };
  files: { save: (file: { suggestedName: string; bytes: Bytes }) => Promise<string | null> };
  app: {
    info: () => Promise<IpcResult<'app:info'>>;
    openLink: (address: string) => Promise<boolean>;
    drained: (outcome: { unsaved: boolean }) => Promise<void>;
    on: <E extends IpcEvent>(event: E, listener: (payload: IpcEventPayload<E>) => void) => () => void;
  };
};

/** What a failure of the host means when it has no code of ours. */
function codeFor(channel: IpcChannel, code: string): ErrorCode {
  if (Object.hasOwn(errorTable, code)) return code as ErrorCode;
  if (channel.startsWith('journal:')) return 'journal-unavailable';
  return channel.startsWith('keys:') ? 'key-unavailable' : 'server-error';
}

/** Typed functions over a bridge; a failed outcome is thrown as AppError. */
export function platformOf(bridge: DesktopBridge & Partial<PageHost>): Platform {
  const { appendSealed, requireFiles } = bridge;
  const call = <C extends IpcChannel>(channel: C, ...args: IpcArgs<C>) =>
    settled(channel, bridge.invoke(channel, ...args));
  const settled = async <C extends IpcChannel>(
    channel: C,
    reply: Promise<IpcOutcome<IpcResult<C>>>,
  ): Promise<IpcResult<C>> => {
    const outcome = await reply;
    if (outcome.ok) return outcome.value;
    const code = codeFor(channel, outcome.code);
    throw new AppError(code, {
      // A host's own words (a path, a system error) help support, but the sentence for the user is ours.
      message: code === outcome.code ? outcome.message : undefined,
      details: outcome.details ?? { channel, code: outcome.code, message: outcome.message },
    });
  };
  return {
    net: {
      request: (request) => call('net:request', request),
      upload: (upload) => call('net:upload', upload),
      server: () => call('net:server'),
      setServer: (url) => call('net:set-server', url),
      forgetSession: async () => void (await call('net:forget-session')),
    },
    journal: {
      open: (name) => call('journal:open', name),
      read: (name, offset) => call('journal:read', name, offset),
      append: (name, payloads) => call('journal:append', name, payloads),
      appendSealed: appendSealed
        ? (name, key, records) => settled('journal:append', appendSealed(name, key, records))
        : null,
      // No call of the bridge: its failure is a journal's.
      requireFiles: async () => {
        if (requireFiles) await settled('journal:close', requireFiles());
      },
      replace: (name, payloads) => call('journal:replace', name, payloads),
      setAside: async (name) => void (await call('journal:set-aside', name)),
      close: async (name) => void (await call('journal:close', name)),
      remove: async (name) => void (await call('journal:remove', name)),
    },
    keys: {
      load: async (name) => (await call('keys:load', name)).bytes,
      store: async (name, bytes) => void (await call('keys:store', name, bytes)),
      remove: async (name) => void (await call('keys:remove', name)),
      strength: async () => (await call('keys:strength')).strength,
    },
    files: { save: async (file) => (await call('files:save', file)).savedAs },
    app: {
      info: () => call('app:info'),
      openLink: async (address) => (await call('app:open-link', address)).opened,
      drained: async (outcome) => void (await call('app:drained', outcome)),
      on: (event, listener) => bridge.on(event, listener),
    },
  };
}

let current: Platform | null = null;

/** The only door to the host: Electron's bridge where there is one, else the browser host, made once. */
export function platform(): Platform {
  current ??= platformOf(window.desktop ?? createBrowserHost());
  return current;
}

/** Puts another host in place; for tests and for screens shown without one. */
export function setPlatform(bridge: DesktopBridge): void {
  current = platformOf(bridge);
}
