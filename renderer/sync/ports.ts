import type { Endpoint, EndpointCall, EndpointReply } from '../../shared/contract/endpoint.ts';
import type { AppError } from '../../shared/errors.ts';
import type { DevicePort } from '../data/device-orders.ts';
import type { SyncStore } from '../data/sync-store.ts';

export type { SyncStore };

/** Why a call brought nothing (rule S18 says what follows from each). */
export type Failure =
  /** No reply, or a reply that is not our server's. */
  | { kind: 'unreachable'; reason: string }
  /** 5xx, 408 or 429: the same call may work later. */
  | { kind: 'busy'; status: number; retryAfter: number | null }
  | { kind: 'too-large' }
  | { kind: 'sign-in' }
  | { kind: 'epoch-changed' }
  | { kind: 'refused'; error: AppError };

export class SyncFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** @throws SyncFailure */
export type Transport = <const E extends Endpoint>(
  definition: E,
  input: EndpointCall<E> & {
    params?: Record<string, unknown>;
    query?: Record<string, unknown>;
    body?: unknown;
  },
) => Promise<EndpointReply<E>>;

export type Timers = {
  /** Runs a job after so many milliseconds; the returned function calls it off. */
  after: (ms: number, job: () => void) => () => void;
};

export type EngineDeps = {
  /** Milliseconds of a clock that is only compared with itself. */
  clock: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  transport: Transport;
  store: SyncStore;
  timers: Timers;
  /** Whose work this is: with another person's session, such as a cookie of another tab, nothing is exchanged. */
  userId?: string;
  appVersion: string;
  deviceName: string;
  /** This laptop, where it learns of leases and orders (rule S28); without one nothing is asked. */
  device?: DevicePort;
  /** Told the site's recovery key at every handshake. */
  onSiteKey?: (publicKey: string) => void;
};
