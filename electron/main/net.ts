import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppError } from '../../shared/errors.ts';
import type { NetReply, NetRequest, NetUpload } from '../../shared/ipc.ts';
import { mayCarryToken, plainApiPath } from './api-path.ts';
import { readBounded } from './bounded-body.ts';
import type { SessionToken } from './session-token.ts';

type Fetch = (address: string, init: RequestInit) => Promise<Response>;

export type NetOptions = {
  fetch: Fetch;
  /** Origin of the configured server; null before one was chosen. */
  server: () => string | null;
  token: SessionToken;
  maxReplyBytes?: number;
};
export type Net = {
  request: (request: NetRequest) => Promise<NetReply>;
  upload: (upload: NetUpload) => Promise<NetReply>;
};

/** A page of a batch is a few megabytes; an export read in one piece may be large. */
const defaultMaxReplyBytes = 256 * 1024 * 1024;
const uploadTimeoutMs = 600_000;

/** Smaller bodies fit a packet as they are. */
const gzipFromBytes = 1400;

/** What goes over the wire: JSON of some length is gzipped. */
async function packed(
  body: string | null,
): Promise<{ body: string | Uint8Array<ArrayBuffer> | null; encoding: 'gzip' | null }> {
  if (body === null || body.length < gzipFromBytes) return { body, encoding: null };
  return { body: new Uint8Array(await promisify(gzip)(body)), encoding: 'gzip' };
}

const unreachable = (reason: string): NetReply => ({ kind: 'unreachable', reason });

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // Node wraps what really happened; Chromium names it in the message.
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

function retryAfterSeconds(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

/** Takes the session's token out of a reply, so that the page never sees it. */
function splitToken(body: string): { token: string | null; body: string } {
  let reply: unknown;
  try {
    reply = JSON.parse(body);
  } catch {
    return { token: null, body };
  }
  if (typeof reply !== 'object' || reply === null || !('token' in reply)) return { token: null, body };
  const { token, ...rest } = reply;
  return { token: typeof token === 'string' ? token : null, body: JSON.stringify(rest) };
}

/** The only way to the network: the configured server, its API, no redirects, the session's token added here. */
export function createNet({ fetch, server, token, maxReplyBytes = defaultMaxReplyBytes }: NetOptions): Net {
  const target = (path: string): { origin: string; url: URL } | NetReply => {
    const origin = server();
    if (origin === null) return unreachable('No server was chosen yet.');
    const url = plainApiPath(path, origin);
    if (!url) throw new AppError('bad-request', { message: 'This is not an address of the server.' });
    return { origin, url };
  };

  const headersFor = async (origin: string, contentType: string | null, encoding: 'gzip' | null) => {
    const bearer = await token.of(origin);
    return {
      accept: 'application/json, application/x-ndjson',
      'x-second-opinion': '1',
      ...(contentType !== null && { 'content-type': contentType }),
      ...(encoding !== null && { 'content-encoding': encoding }),
      ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
    };
  };

  const readReply = async (origin: string, url: URL, response: Response): Promise<NetReply> => {
    const text = await readBounded(response, maxReplyBytes);
    if (text === null) return unreachable('The reply of the server is larger than this app takes.');
    const split = mayCarryToken(url) ? splitToken(text) : { token: null, body: text };
    if (split.token !== null && response.ok) await token.keep(origin, split.token);
    return {
      kind: 'reply',
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: split.body,
      retryAfter: retryAfterSeconds(response.headers.get('retry-after')),
    };
  };

  const send = async (
    path: string,
    init: {
      method: string;
      body: string | Uint8Array<ArrayBuffer> | null;
      contentType: string | null;
      encoding: 'gzip' | null;
      timeoutMs: number;
    },
  ): Promise<NetReply> => {
    const found = target(path);
    if ('kind' in found) return found;
    const { origin, url } = found;
    const headers = await headersFor(origin, init.contentType, init.encoding);
    const timeout = AbortSignal.timeout(init.timeoutMs);
    try {
      const response = await fetch(url.href, {
        method: init.method,
        body: init.body,
        headers,
        // Our server never redirects: one that does is a portal or a proxy, and must not get the token or the work.
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
        signal: timeout,
      });
      return await readReply(origin, url, response);
    } catch (cause) {
      if (timeout.aborted) return unreachable('The server did not answer in time.');
      return unreachable(reasonOf(cause));
    }
  };

  return {
    request: async ({ method, path, body, timeoutMs }) =>
      send(path, {
        method,
        ...(await packed(body)),
        contentType: body === null ? null : 'application/json',
        timeoutMs,
      }),
    upload: ({ path, bytes }) =>
      send(path, {
        method: 'POST',
        // A view of its own memory: a pooled buffer would send its neighbours' bytes along.
        body: new Uint8Array(bytes),
        contentType: 'application/x-ndjson',
        encoding: null,
        timeoutMs: uploadTimeoutMs,
      }),
  };
}
