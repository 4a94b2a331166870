import { firstServer, serverOrigin } from './server-address.ts';
import type { Settings } from './settings.ts';

export type ServerChoice = {
  get: () => string | null;
  /** @returns the origin that is used from now on @throws AppError `bad-request` */
  set: (address: string) => Promise<string>;
};

/** The server in use: named at the start, else the one chosen before. */
export function openServerChoice(
  settings: Settings,
  named: readonly (string | null | undefined)[],
): ServerChoice {
  let current = firstServer([...named, settings.get().serverUrl], (problem) =>
    console.warn(`This server address cannot be used: ${problem}`),
  );
  return {
    get: () => current,
    set: async (address) => {
      const origin = serverOrigin(address);
      await settings.change({ serverUrl: origin });
      current = origin;
      return origin;
    },
  };
}
