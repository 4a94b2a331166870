import {
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  urlOf,
} from '../../shared/contract/endpoint.ts';
import { errorFromReply } from '../../shared/error-reply.ts';
import { AppError } from '../../shared/errors.ts';
import type { NetReply } from '../../shared/ipc.ts';
import { type Bytes, type Platform, platform } from '../platform.ts';
import { readKnownFields } from './known-fields.ts';

const defaultTimeoutMs = 30_000;

type CallParts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

/** Sends one call of the contract and hands back whatever came, for callers that judge it themselves. */
export function sendCall<const E extends Endpoint>(
  definition: E,
  input: EndpointCall<E> & CallParts,
  options: { timeoutMs?: number; host?: Platform } = {},
): Promise<NetReply> {
  return (options.host ?? platform()).net.request({
    method: definition.method,
    path: urlOf(definition, input),
    body: input.body === undefined ? null : JSON.stringify(input.body),
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
  });
}

/** JSON of a reply, or undefined where it is none: a proxy's or a hotel's page. */
export function jsonOf(reply: { contentType: string; body: string }): unknown {
  if (!reply.contentType.includes('json')) return undefined;
  try {
    return JSON.parse(reply.body);
  } catch {
    return undefined;
  }
}

/** The validated value of a reply. @throws AppError, `server-unreachable` where the reply is not our server's */
export function replyValue<const E extends Endpoint>(definition: E, reply: NetReply): EndpointReply<E> {
  if (reply.kind === 'unreachable')
    throw new AppError('server-unreachable', { details: { reason: reply.reason } });
  const value = jsonOf(reply);
  if (value === undefined)
    throw new AppError('server-unreachable', { details: { reason: 'the reply is not of this server' } });
  if (reply.status < 200 || reply.status > 299) throw errorFromReply(value);
  const known = readKnownFields(definition.reply, value);
  if (known === null) {
    const issues = definition.reply.safeParse(value).error?.issues;
    throw new AppError('server-error', { details: { path: definition.path, issues } });
  }
  return known as EndpointReply<E>;
}

/** Calls the server. @throws AppError with the server's code, or `server-unreachable` */
export async function callServer<const E extends Endpoint>(
  definition: E,
  input: EndpointCall<E> & CallParts,
  options: { timeoutMs?: number; host?: Platform } = {},
): Promise<EndpointReply<E>> {
  return replyValue(definition, await sendCall(definition, input, options));
}

/** Uploads a file to a streaming endpoint; resolves with the lines of its reply, each validated. */
export async function uploadFile<const E extends Endpoint>(
  definition: E,
  input: CallParts,
  file: { name: string; bytes: Bytes },
  host: Platform = platform(),
): Promise<EndpointReply<E>[]> {
  const reply = await host.net.upload({
    path: urlOf(definition, input),
    fileName: file.name,
    bytes: file.bytes,
  });
  if (reply.kind === 'unreachable')
    throw new AppError('server-unreachable', { details: { reason: reply.reason } });
  if (reply.status !== 200) throw errorFromReply(jsonOf(reply));
  return reply.body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => definition.reply.parse(JSON.parse(line)) as EndpointReply<E>);
}
