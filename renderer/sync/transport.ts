import type { Endpoint, EndpointReply } from '../../shared/contract/endpoint.ts';
import { errorFromReply, errorReplySchema } from '../../shared/error-reply.ts';
import { AppError } from '../../shared/errors.ts';
import type { NetReply } from '../../shared/ipc.ts';
import { readKnownFields } from '../data/known-fields.ts';
import { jsonOf, sendCall } from '../data/server-call.ts';
import { type Platform, platform } from '../platform.ts';
import { type Failure, SyncFailure, type Transport } from './ports.ts';

const timeoutMs = 60_000;

/** What a reply means for the engine: its value, or why there is none (rule S18). */
export function readReply<const E extends Endpoint>(definition: E, reply: NetReply): EndpointReply<E> {
  if (reply.kind === 'unreachable') throw new SyncFailure(reply);
  const value = jsonOf(reply);
  if (reply.status < 200 || reply.status > 299) throw new SyncFailure(failureOf(reply, value));
  // A hotel's or proxy's page answers 200 as well; only what our contract knows is our server.
  const known = readKnownFields(definition.reply, value);
  if (known === null)
    throw new SyncFailure({ kind: 'unreachable', reason: 'the reply is not of this server' });
  return known as EndpointReply<E>;
}

function failureOf(reply: Extract<NetReply, { kind: 'reply' }>, value: unknown): Failure {
  const { status, retryAfter } = reply;
  if (status >= 500 || status === 408 || status === 429) return { kind: 'busy', status, retryAfter };
  const ours = errorReplySchema.safeParse(value);
  if (status === 413) return { kind: 'too-large' };
  if (!ours.success) return { kind: 'unreachable', reason: `a reply ${status} that is not of this server` };
  if (status === 401) return { kind: 'sign-in' };
  if (ours.data.error.code === 'epoch-changed') return { kind: 'epoch-changed' };
  return { kind: 'refused', error: errorFromReply(value) };
}

/** Calls over the host's network. */
export function platformTransport(host: Platform = platform()): Transport {
  return async (definition, input) => {
    try {
      return readReply(definition, await sendCall(definition, input, { timeoutMs, host }));
    } catch (cause) {
      if (cause instanceof SyncFailure) throw cause;
      // The host itself failed, for instance because no server is chosen yet.
      const reason = cause instanceof AppError ? cause.message : String(cause);
      throw new SyncFailure({ kind: 'unreachable', reason });
    }
  };
}
