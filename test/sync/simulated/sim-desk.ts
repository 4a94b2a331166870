import { randomUUID } from 'node:crypto';
import type { Endpoint, EndpointCall, EndpointReply } from '../../../shared/contract/endpoint.ts';
import { urlOf } from '../../../shared/contract/endpoint.ts';
import { syncChanges, syncDigest, syncHello, syncPush, type Verdict } from '../../../shared/contract/sync.ts';
import type { AssignmentId, UserId } from '../../../shared/schema/ids.ts';
import type { SimReply, SimServer } from './server-port.ts';

export type SimPerson = { userId: UserId; token: string };

/** Asks as a laptop would; the reply as it came. */
export const ask = (
  server: SimServer,
  { token }: { token: string | null },
  definition: Endpoint,
  input: { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown },
): Promise<SimReply> =>
  server.handle({
    method: definition.method,
    path: urlOf(definition, input),
    token,
    body: definition.method === 'GET' ? null : JSON.stringify(input.body ?? {}),
  });

/** The value of a reply that is in the contract's form. @throws Error with the reply when it failed */
export async function call<const E extends Endpoint>(
  server: SimServer,
  person: SimPerson,
  definition: E,
  input: EndpointCall<E>,
): Promise<EndpointReply<E>> {
  const reply = await ask(server, person, definition, input as Parameters<typeof ask>[3]);
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body}`);
  return definition.reply.parse(JSON.parse(reply.body)) as EndpointReply<E>;
}

/** The stable code of a failed reply, with its status. */
export function failureOf({ status, body }: SimReply): string {
  const { error } = JSON.parse(body) as { error?: { code: string } };
  return `${status} ${error?.code ?? 'no error'}`;
}

/** `1 accepted`, `2 late recalled`, `3 accepted diverged`. */
export const toldOf = ({ verdicts }: { verdicts: readonly Verdict[] }): string[] =>
  verdicts.map(({ seq, status, diverged, reason }) =>
    [seq, status, ...(diverged ? ['diverged'] : []), ...(reason ? [reason.code] : [])].join(' '),
  );

/** One local database of a person that has shaken hands. */
export async function openDevice(server: SimServer, person: SimPerson, clientId: string = randomUUID()) {
  const body = { clientId, appVersion: '1.0.0', deviceName: 'ward' };
  const hello = () => call(server, person, syncHello, { body });
  const { epoch } = await hello();
  const pushing = (mutations: unknown[], over: { epoch?: string } = {}) => ({
    body: { clientId, appVersion: '1.0.0', epoch, mutations, ...over },
  });
  return {
    clientId,
    epoch,
    hello,
    push: (...mutations: unknown[]) => call(server, person, syncPush, pushing(mutations)),
    pushAs: (who: SimPerson, mutations: unknown[], over: { epoch?: string } = {}) =>
      ask(server, who, syncPush, pushing(mutations, over)),
    digest: () => call(server, person, syncDigest, { params: { clientId } }),
    changes: (after = 0) => call(server, person, syncChanges, { query: { after } }),
  };
}

/** A physician with a batch and a laptop. */
export async function openDesk(server: SimServer, size = 3) {
  const person = await server.addPhysician();
  const { batchId } = await server.addBatch(size);
  const assignmentIds = await server.assign(batchId, person.userId);
  const at = (i: number): AssignmentId => {
    const id = assignmentIds[i];
    if (id === undefined) throw new Error(`there is no assignment ${i}`);
    return id;
  };
  return { ...(await openDevice(server, person)), server, person, batchId, assignmentIds, at };
}

export type SimDesk = Awaited<ReturnType<typeof openDesk>>;
