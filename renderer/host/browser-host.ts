import {
  type DesktopBridge,
  type IpcArgs,
  type IpcChannel,
  type IpcEvent,
  type IpcEventPayload,
  type IpcOutcome,
  type IpcResult,
  ipcChannels,
  type NetReply,
} from '../../shared/ipc.ts';
import type { PageHost } from '../platform.ts';
import type { WorkerCall, WorkerReply } from './worker-calls.ts';

/** Filled in by the build with the version of package.json. */
declare const __APP_VERSION__: string | undefined;

/** The header that a foreign page cannot send without a preflight the server refuses. */
const ownHeader = { 'x-second-opinion': '1' };
const uploadTimeoutMs = 600_000;
/** Whether the site's files still stand is looked at this often. */
const lookEveryMs = 1000;

class HostFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Handlers = { [C in IpcChannel]: (...args: IpcArgs<C>) => Promise<IpcResult<C>> };

/** Starts the worker at the first call, so that leads' and reviewers' pages never make one. */
function workerCaller(): (call: WorkerCall) => Promise<unknown> {
  let worker: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (cause: Error) => void }>();
  const settle = ({ data }: MessageEvent<WorkerReply>) => {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.ok) call?.resolve(data.value);
    else call?.reject(new HostFailure(data.code, data.message));
  };
  const failAll = (event: ErrorEvent) => {
    for (const call of waiting.values())
      call.reject(new HostFailure('host-failed', event.message || 'the worker failed'));
    waiting.clear();
  };
  return (call) =>
    new Promise((resolve, reject) => {
      if (!worker) {
        worker = new Worker(new URL('./journal-worker.ts', import.meta.url), { type: 'module' });
        worker.addEventListener('message', settle);
        worker.addEventListener('error', failAll);
      }
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ ...call, id: lastId });
    });
}

const reasonOf = (cause: unknown) =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);

/** Smaller bodies fit a packet as they are. */
const gzipFromBytes = 1400;

/** JSON of some length is gzipped for the wire, off the page's own thread. */
async function jsonInit(body: string | null): Promise<RequestInit> {
  if (body === null) return { body };
  const headers = { 'content-type': 'application/json' };
  if (body.length < gzipFromBytes) return { body, headers };
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return { body: await new Response(stream).blob(), headers: { ...headers, 'content-encoding': 'gzip' } };
}

async function send(path: string, init: RequestInit, timeoutMs: number): Promise<NetReply> {
  try {
    const reply = await fetch(path, {
      ...init,
      headers: { ...ownHeader, ...init.headers },
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const retryAfter = Number.parseFloat(reply.headers.get('retry-after') ?? '');
    return {
      kind: 'reply',
      status: reply.status,
      contentType: reply.headers.get('content-type') ?? '',
      body: await reply.text(),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    };
  } catch (cause) {
    return { kind: 'unreachable', reason: reasonOf(cause) };
  }
}

const systemOf = (userAgent: string) => {
  if (/Mac|iPhone|iPad/.test(userAgent)) return 'darwin' as const;
  if (userAgent.includes('Windows')) return 'win32' as const;
  return userAgent.includes('Linux') ? ('linux' as const) : ('other' as const);
};

function saveByDownload(file: { suggestedName: string; bytes: Uint8Array<ArrayBuffer> }): void {
  const address = URL.createObjectURL(new Blob([file.bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file.suggestedName;
  link.click();
  // The download has its own hold on the bytes once it began.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function openOutside(address: string): boolean {
  const { protocol } = new URL(address);
  if (!['http:', 'https:', 'mailto:'].includes(protocol)) return false;
  window.open(address, '_blank', 'noopener,noreferrer');
  return true;
}

/** What every reply of the worker is checked for. */
const resultOf = <C extends IpcChannel>(channel: C, value: unknown) =>
  ipcChannels[channel].result.parse(value) as IpcResult<C>;

/** Which key the worker has for each open journal. */
type GivenKeys = Map<string, CryptoKey>;

function handlersOf(
  inWorker: (call: WorkerCall) => Promise<unknown>,
  given: GivenKeys,
  version: string,
): Handlers {
  // Asked once, at the first journal: without it a browser may clear the site's files when space is short.
  const keepFiles = async () => (await navigator.storage.persist?.().catch(() => false)) ?? false;
  const result = async <C extends IpcChannel>(channel: C, call: WorkerCall) =>
    resultOf(channel, await inWorker(call));
  let isLooking = false;
  /** A write looks by itself; who only reads, or is away, would learn of it too late. */
  const lookAtFiles = () => {
    if (isLooking) return;
    isLooking = true;
    setInterval(() => inWorker({ op: 'journal:look' }).catch(() => undefined), lookEveryMs);
  };
  return {
    'net:request': async ({ method, path, body, timeoutMs }) =>
      send(path, { method, ...(await jsonInit(body)) }, timeoutMs),
    'net:upload': ({ path, bytes }) =>
      send(
        path,
        { method: 'POST', body: bytes, headers: { 'content-type': 'application/x-ndjson' } },
        uploadTimeoutMs,
      ),
    'net:server': async () => ({ url: window.location.origin }),
    'net:set-server': async (url) => {
      if (new URL(url).origin === window.location.origin) return { url: window.location.origin };
      throw new HostFailure(
        'bad-request',
        'In a browser the server is the address of this page. Open the other address instead.',
      );
    },
    // The cookie is httpOnly: the server's reply to sign-out ends it.
    'net:forget-session': async () => null,
    'journal:open': async (name) => {
      const kept = await keepFiles();
      lookAtFiles();
      return { ...(await result('journal:open', { op: 'journal:open', name })), kept };
    },
    'journal:read': (name, offset) => result('journal:read', { op: 'journal:read', name, offset }),
    'journal:append': (name, payloads) => result('journal:append', { op: 'journal:append', name, payloads }),
    'journal:replace': (name, payloads) =>
      result('journal:replace', { op: 'journal:replace', name, payloads }),
    'journal:set-aside': (name) => result('journal:set-aside', { op: 'journal:set-aside', name }),
    'journal:close': (name) => {
      given.delete(name);
      return result('journal:close', { op: 'journal:close', name });
    },
    'journal:remove': (name) => result('journal:remove', { op: 'journal:remove', name }),
    'keys:remove': (name) => result('keys:remove', { op: 'keys:remove', name }),
    'keys:load': (name) => result('keys:load', { op: 'keys:load', name }),
    'keys:store': (name, bytes) => result('keys:store', { op: 'keys:store', name, bytes }),
    'keys:strength': async () => ({ strength: 'password-only' }),
    'files:save': async (file) => {
      saveByDownload(file);
      return { savedAs: file.suggestedName };
    },
    'app:open-link': async (address) => ({ opened: openOutside(address) }),
    'app:info': async () => {
      const os = systemOf(navigator.userAgent);
      return {
        host: 'browser',
        version,
        os,
        deviceName: `Browser on ${{ darwin: 'Mac', win32: 'Windows', linux: 'Linux', other: 'this device' }[os]}`,
      };
    },
    'app:drained': async () => null,
  };
}

/** Tells of what the page itself can see: waking up, the network, leaving. */
function subscribe<E extends IpcEvent>(
  event: E,
  listener: (payload: IpcEventPayload<E>) => void,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const tell = () => listener(null as IpcEventPayload<E>);
  if (event === 'app:resumed') {
    window.addEventListener('online', tell, { signal });
    document.addEventListener(
      'visibilitychange',
      () => void (document.visibilityState === 'visible' && tell()),
      { signal },
    );
  }
  if (event === 'app:drain') window.addEventListener('pagehide', tell, { signal });
  return () => ended.abort();
}

function failed(cause: unknown): Extract<IpcOutcome<never>, { ok: false }> {
  if (cause instanceof HostFailure) return { ok: false, code: cause.code, message: cause.message };
  return { ok: false, code: 'host-failed', message: reasonOf(cause) };
}

/** The host of a browser tab, with the same interface as Electron's bridge. */
export function createBrowserHost(): DesktopBridge & PageHost {
  const version = typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : '0.0.0';
  const inWorker = workerCaller();
  const given: GivenKeys = new Map();
  const handlers = handlersOf(inWorker, given, version);
  const invoke = async <C extends IpcChannel>(
    channel: C,
    ...args: IpcArgs<C>
  ): Promise<IpcOutcome<IpcResult<C>>> => {
    try {
      // The same check of arguments that Electron's main process makes.
      const checked = ipcChannels[channel].args.parse(args) as IpcArgs<C>;
      const handler: Handlers[C] = handlers[channel];
      return { ok: true, value: await handler(...checked) };
    } catch (cause) {
      return failed(cause);
    }
  };
  const appendSealed: PageHost['appendSealed'] = async (name, key, records) => {
    try {
      const fresh = given.get(name) === key ? null : key;
      given.set(name, key);
      const value = await inWorker({ op: 'journal:append-sealed', name, key: fresh, records });
      return { ok: true, value: resultOf('journal:append', value) };
    } catch (cause) {
      return failed(cause);
    }
  };
  const requireFiles: PageHost['requireFiles'] = async () => {
    try {
      await inWorker({ op: 'journal:require' });
      return { ok: true, value: null };
    } catch (cause) {
      return failed(cause);
    }
  };
  return { invoke, on: subscribe, appendSealed, requireFiles };
}
