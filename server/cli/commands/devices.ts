import type { Device, OrderKind, PersonDevices } from '../../../shared/contract/devices.ts';
import { AppError } from '../../../shared/errors.ts';
import { type ClientId, clientIdSchema } from '../../../shared/schema/ids.ts';
import { listDevices, orderDevice, revokeSessions, unlockDevice } from '../../devices/domain.ts';
import { getPerson } from '../lookup.ts';
import { plural, table } from '../output.ts';
import type { Session } from '../session.ts';

const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ');

function stateWords({ order, removedAt }: Device): string {
  if (removedAt !== null) return order?.outcome === 'wiped' ? 'wiped' : 'removed by its owner';
  if (order === null) return 'open';
  if (order.outcome === 'unsent') return `locked, ${plural(order.unsent, 'change')} could not be sent`;
  if (order.outcome === 'locked') return 'locked';
  return `${order.kind} at the next contact`;
}

function linesOf(people: readonly PersonDevices[]): string[] {
  const devices = people.flatMap(({ email, devices: all }) =>
    all.map((one) => [
      email,
      one.name,
      one.appVersion,
      minute(one.lastSeenAt),
      one.waiting,
      stateWords(one),
      one.id,
    ]),
  );
  const sessions = people.flatMap(({ email, sessions: all }) =>
    all.map((one) => [email, one.name, minute(one.signedInAt), minute(one.lastSeenAt), one.id]),
  );
  return [
    ...table(['LAPTOP OF', 'NAME', 'APP', 'LAST CONTACT', 'WAITING', 'STATE', 'ID'], devices),
    '',
    ...table(['SESSION OF', 'DEVICE', 'SIGNED IN', 'LAST SEEN', 'ID'], sessions),
  ];
}

export async function devicesList(
  { context, output }: Session,
  { user }: { user?: string | undefined },
): Promise<void> {
  const person = user === undefined ? undefined : await getPerson(context, user);
  const people = await listDevices(context, person?.id);
  const none = ['Nobody has signed in yet.'];
  output.result({ people }, people.length === 0 ? none : linesOf(people));
}

function clientIdOf(text: string): ClientId {
  const parsed = clientIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('not-found', {
    message: `There is no laptop "${text}". See the ids with "devices list".`,
  });
}

const orderLines = {
  lock: 'It sends what waits and locks at its next contact with the server.',
  wipe: 'At its next contact it sends what waits; once the server holds everything, its key is destroyed.',
} as const satisfies Record<OrderKind, string>;

export const devicesOrder =
  (kind: OrderKind) =>
  async ({ context, output }: Session, id: string): Promise<void> => {
    const device = await orderDevice(context, clientIdOf(id), kind);
    output.result({ device }, [`Ordered to ${kind} "${device.name}".`, orderLines[kind]]);
  };

export async function devicesUnlock({ context, output }: Session, id: string): Promise<void> {
  const device = await unlockDevice(context, clientIdOf(id));
  output.result({ device }, [`"${device.name}" may be opened again: its owner signs in with the server.`]);
}

export async function devicesRevoke(
  { context, output }: Session,
  { session, user }: { session?: string | undefined; user?: string | undefined },
): Promise<void> {
  if ((session === undefined) === (user === undefined))
    throw new AppError('bad-request', { message: 'Say either --session or --user.' });
  const which =
    session === undefined ? { userId: (await getPerson(context, user ?? '')).id } : { sessionId: session };
  const ended = await revokeSessions(context, which);
  output.result({ ended }, [`Ended ${plural(ended, 'session')}. Work on the laptop stays sealed there.`]);
}
