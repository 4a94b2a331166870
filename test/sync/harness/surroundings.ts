import { createSubtle } from './crypto-stand-in.ts';
import type { RunningApp } from './running-app.ts';

/**
 * What a program takes from the air: clock, timers, randomness, WebCrypto. While an app of a simulated laptop runs
 * they are that laptop's; for everybody else in this process they stay what they were.
 */
const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  crypto: globalThis.crypto,
  random: Math.random,
  performanceNow: performance.now.bind(performance),
};

let runningApp: () => RunningApp | null = () => null;

/** The app whose code is running right now. @throws when none is: then this code should not be running either */
export function currentApp(): RunningApp {
  const app = runningApp();
  if (!app) throw new Error('no simulated app is running');
  return app;
}

class SimulatedDate extends real.Date {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(SimulatedDate.now());
    else super(...(given as [number]));
  }
  static override now(): number {
    return runningApp()?.wallClock() ?? real.Date.now();
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof real.Date;
  }
}

const standIn = createSubtle((what, work) => currentApp().step('crypto', what, work));

/** One object for ever, as programs keep it: each call goes to whichever is meant at that moment. */
const subtle = new Proxy(real.crypto.subtle, {
  get: (_target, name) => {
    const chosen = (runningApp() ? standIn : real.crypto.subtle) as unknown as Record<PropertyKey, unknown>;
    const member = chosen[name];
    return typeof member === 'function' ? member.bind(chosen) : member;
  },
});

const simulatedCrypto = {
  subtle,
  getRandomValues: <T extends Uint8Array>(array: T): T => {
    const app = runningApp();
    if (!app) return real.crypto.getRandomValues(array as never);
    array.set(app.random.bytes(array.byteLength));
    return array;
  },
  randomUUID: () => real.crypto.randomUUID(),
};

/** Says whose surroundings are meant from now on. */
export function surround(running: () => RunningApp | null): void {
  runningApp = running;
}

/** What the worker of a browser finds; only once the harness has been loaded. */
export function provideNavigator(given: object): void {
  Object.defineProperty(globalThis, 'navigator', { value: given, configurable: true });
}

/** Puts the simulated surroundings in place; once in a process, and before any code that keeps what it finds. */
export function enterSurroundings(): void {
  globalThis.Date = SimulatedDate as unknown as DateConstructor;
  Object.defineProperty(globalThis, 'crypto', { value: simulatedCrypto, configurable: true });
  Math.random = () => runningApp()?.random.next() ?? real.random();
  performance.now = () => runningApp()?.steadyClock() ?? real.performanceNow();
  globalThis.setTimeout = ((job: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    const app = runningApp();
    // Nobody waits for what a timer's job promises.
    return app ? app.setTimer(ms, () => void job(...given)) : real.setTimeout(job, ms, ...given);
  }) as typeof globalThis.setTimeout;
  globalThis.clearTimeout = ((timer: { cancel?: () => void } | undefined) => {
    if (typeof timer?.cancel === 'function') timer.cancel();
    else real.clearTimeout(timer as never);
  }) as typeof globalThis.clearTimeout;
}
