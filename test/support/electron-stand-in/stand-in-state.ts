import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Electron would answer with an error, or what the stand-in cannot show: never a quiet pass. */
export function must(condition: unknown, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}

/** One process is one app, so its state is one object. */
export const state = {
  isReady: false,
  isQuitting: false,
  /** The main module must name its folder before it is ready; until then nothing of a person is here. */
  userData: '',
};

export const needReady = (what: string) =>
  must(state.isReady, `${what} can only be used after the app is ready`);

export function userDataFolder(): string {
  if (state.userData === '') state.userData = mkdtempSync(join(tmpdir(), 'stand-in-unnamed-'));
  return state.userData;
}

export type PreventableEvent = { defaultPrevented: boolean; preventDefault: () => void };

export const preventable = <T extends object>(extra: T): T & PreventableEvent =>
  Object.assign(extra, {
    defaultPrevented: false,
    preventDefault(this: { defaultPrevented: boolean }) {
      this.defaultPrevented = true;
    },
  });
