import { signOut as signOutCall } from '../../shared/contract/auth.ts';
import {
  type DeviceContact,
  type DeviceOrder,
  type DeviceOutcome,
  deviceContact,
  releaseDevice,
  reportDevice,
} from '../../shared/contract/devices.ts';
import type { Endpoint, EndpointCall, EndpointReply } from '../../shared/contract/endpoint.ts';
import type { AppError } from '../../shared/errors.ts';
import { type Platform, platform } from '../platform.ts';
import { databaseName } from './database.ts';
import { beginErasure, type Erasure, finishErasure } from './erase.ts';
import { keyPlaceOf } from './key-destruction.ts';
import { callServer } from './server-call.ts';
import {
  accessOf,
  closeWork,
  currentSession,
  settleWork,
  untilScreensLeft,
  useSession,
} from './session-state.ts';
import type { Workspace } from './types.ts';
import { syncStoreOf } from './workspace.ts';

type CallParts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };
/** A call over whichever transport the caller has; it throws where there is no good reply. */
export type Call = <const E extends Endpoint>(
  definition: E,
  input: EndpointCall<E> & CallParts,
) => Promise<EndpointReply<E>>;

/** How the server knows this laptop. */
export const ownClientId = (workspace: Workspace) => syncStoreOf(workspace).identity().clientId;

/** How a laptop stands, as every contact tells it. */
export function contactBody(workspace: Workspace, appVersion: string) {
  const store = syncStoreOf(workspace);
  const { clientId, formerClientId = null } = store.identity();
  return { clientId, formerClientId, appVersion, lastSeq: store.lastSeq() };
}

/** Asks the server about this laptop; null where it says nothing, which changes nothing (rule S16). */
export async function askContact(workspace: Workspace, timeoutMs: number): Promise<DeviceContact | null> {
  const { version } = await platform().app.info();
  const body = contactBody(workspace, version);
  return callServer(deviceContact, { body }, { timeoutMs }).catch(() => null);
}

/** An order is one only for the very client it names. */
export const isForThis = (workspace: Workspace, order: DeviceOrder): boolean =>
  order.clientId === syncStoreOf(workspace).identity().clientId;

/** Takes the work off every screen and keeps the order in force on this laptop; the sync goes on with it. */
export async function seal(workspace: Workspace, order: DeviceOrder): Promise<void> {
  const unsent = syncStoreOf(workspace).waiting();
  await accessOf(workspace)?.keepOrder({ ...order, unsent, told: false });
  useSession.setState({ session: null, closed: null, sealed: { workspace, user: workspace.user, order } });
  await untilScreensLeft();
  // Behind whatever a screen has written as it left.
  await accessOf(workspace)?.look();
}

/** The order was withdrawn while it was being carried out: its owner, who has given the password, goes on. */
async function unseal(workspace: Workspace): Promise<void> {
  if (useSession.getState().sealed?.workspace !== workspace) return;
  await accessOf(workspace)?.keepOrder(null);
  accessOf(workspace)?.follow();
  const session = { user: workspace.user, mode: 'online' as const, workspace };
  useSession.setState({ session, sealed: null });
}

/** What the sync engine needs of a laptop that obeys (rule S28). */
export type DevicePort = {
  contact: () => ReturnType<typeof contactBody>;
  met: (contact: DeviceContact | null) => Promise<void>;
  /** False when the order is not for this laptop, or what is on screen could not be written yet. */
  seal: (order: DeviceOrder) => Promise<boolean>;
  /** Everything that could be sent has been: locks, or destroys where the server holds all of it. */
  carryOut: (order: DeviceOrder, call: Call) => Promise<void>;
};

export function devicePortOf(workspace: Workspace, appVersion: string): DevicePort {
  return {
    contact: () => contactBody(workspace, appVersion),
    met: async (contact) => {
      await accessOf(workspace)?.met(contact);
      if (contact?.order === null) await unseal(workspace);
    },
    seal: async (order) => {
      if (!isForThis(workspace, order)) return false;
      if (useSession.getState().sealed?.workspace === workspace) return true;
      if (!(await settleWork())) return false;
      await seal(workspace, order);
      return true;
    },
    carryOut: async (order, call) => {
      if (order.kind === 'wipe' && (await isReleased(workspace, order, call)))
        return erase(workspace, { orderId: order.id, outcome: 'wiped', by: order.by }, call);
      await lockHere(workspace, order, call);
    },
  };
}

/** Only the server’s own word for this client and this order counts; anything else destroys nothing. */
async function isReleased(workspace: Workspace, order: DeviceOrder, call: Call): Promise<boolean> {
  const store = syncStoreOf(workspace);
  if (store.waiting() > 0) return false;
  const { clientId } = store.identity();
  const { count, digest } = store.digest();
  try {
    const word = await call(releaseDevice, { body: { clientId, orderId: order.id, count, digest } });
    return word.mayDestroy === true && word.clientId === clientId && word.orderId === order.id;
  } catch {
    return false;
  }
}

async function lockHere(workspace: Workspace, order: DeviceOrder, call: Call): Promise<void> {
  const store = syncStoreOf(workspace);
  const unsent = store.waiting();
  const outcome: DeviceOutcome = order.kind === 'lock' ? 'locked' : 'unsent';
  const { clientId } = store.identity();
  const told = await call(reportDevice, { body: { clientId, orderId: order.id, outcome, unsent } }).then(
    () => true,
    () => false, // told at the next sign-in, when the order is carried out again
  );
  const standing = { ...order, unsent, told };
  await accessOf(workspace)?.keepOrder(standing);
  await closeWork(workspace);
  useSession.setState({ session: null, sealed: null, closed: { kind: 'device-locked', order: standing } });
}

type Removal = Pick<Erasure, 'orderId' | 'outcome'> & { by: string | null };

/** Destroys the work of this workspace on this laptop for ever, its key first, and tells the server. */
export async function erase(workspace: Workspace, removal: Removal, call: Call): Promise<void> {
  const { by, ...why } = removal;
  const { user } = workspace;
  const key = await keyPlaceOf(user);
  const { clientId } = syncStoreOf(workspace).identity();
  await beginErasure({ key, database: databaseName(user.id), clientId, ...why });
  await closeWork(workspace);
  useSession.setState({ session: null, sealed: null, closed: { kind: 'removed', by } });
  await finishErasure((erasure) => tellErased(erasure, call));
  await endServerSession();
}

/** Words after which telling again would bring nothing: the order is gone, or the client is not this person's. */
const settledCodes = new Set(['order-withdrawn', 'not-found', 'forbidden']);

async function tellErased({ clientId, orderId, outcome }: Erasure, call: Call): Promise<boolean> {
  try {
    await call(reportDevice, { body: { clientId, orderId, outcome, unsent: 0 } });
    return true;
  } catch (cause) {
    const { code = '', failure } = cause as Partial<AppError> & { failure?: { error?: AppError } };
    return settledCodes.has(failure?.error?.code ?? code);
  }
}

let resuming: Promise<unknown> | null = null;

/** At every start and opening: goes on with an erasure that was cut short, or that the server was not told of. Never rejects. */
export async function resumeErasure(host: Platform = platform()): Promise<void> {
  const call: Call = (definition, input) => callServer(definition, input, { timeoutMs: 5000, host });
  resuming ??= finishErasure((erasure) => tellErased(erasure, call), host)
    .catch((cause: unknown) => console.warn('Work that is given up could not be erased yet:', cause))
    .finally(() => {
      resuming = null;
    });
  await resuming;
}

/** Ends the session at the server where it can be reached; the host forgets its token in any case. */
export async function endServerSession(): Promise<void> {
  await callServer(signOutCall, { body: {} }, { timeoutMs: 5000 }).catch(() => undefined);
  await platform().net.forgetSession();
}

/** True while the work of the session, or of an order about it, is open. */
export const isOpen = (workspace: Workspace): boolean =>
  currentSession()?.workspace === workspace || useSession.getState().sealed?.workspace === workspace;
