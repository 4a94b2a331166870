import { hostname } from 'node:os';
import type { IpcHandlers } from './ipc-call.ts';
import type { Journals } from './journal.ts';
import type { Net } from './net.ts';
import type { Secrets } from './secrets.ts';
import type { ServerChoice } from './server-choice.ts';
import type { SessionToken } from './session-token.ts';

const systems = ['darwin', 'win32', 'linux'] as const;

export type HandlerParts = {
  net: Net;
  server: ServerChoice;
  token: SessionToken;
  journals: Journals;
  secrets: Secrets;
  saveFile: (file: { suggestedName: string; bytes: Uint8Array }) => Promise<string | null>;
  openLink: (address: string) => Promise<boolean>;
  drained: (outcome: { unsaved: boolean }) => void;
  version: string;
};

/** What each channel does. */
export function createHandlers(parts: HandlerParts): IpcHandlers {
  const { net, server, token, journals, secrets } = parts;
  return {
    'net:request': net.request,
    'net:upload': net.upload,
    'net:server': async () => ({ url: server.get() }),
    'net:set-server': async (address) => ({ url: await server.set(address) }),
    'net:forget-session': async () => {
      await token.forget();
      return null;
    },
    'journal:open': journals.open,
    'journal:read': journals.read,
    'journal:append': journals.append,
    'journal:replace': journals.replace,
    'journal:set-aside': async (name) => {
      await journals.setAside(name);
      return null;
    },
    'journal:close': async (name) => {
      await journals.close(name);
      return null;
    },
    'journal:remove': async (name) => {
      await journals.remove(name);
      return null;
    },
    'keys:remove': async (name) => {
      await secrets.remove(name);
      return null;
    },
    'keys:load': async (name) => ({ bytes: await secrets.load(name) }),
    'keys:store': async (name, bytes) => {
      await secrets.store(name, bytes);
      return null;
    },
    'keys:strength': async () => ({ strength: await secrets.strength() }),
    'files:save': async (file) => ({ savedAs: await parts.saveFile(file) }),
    'app:open-link': async (address) => ({ opened: await parts.openLink(address) }),
    'app:info': async () => ({
      host: 'electron',
      version: parts.version,
      os: systems.find((name) => name === process.platform) ?? 'other',
      deviceName: hostname(),
    }),
    'app:drained': async (outcome) => {
      parts.drained(outcome);
      return null;
    },
  };
}
