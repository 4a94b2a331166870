import type { IpcChannel, IpcEvent } from './ipc.ts';

/** Names of all channels, as a plain list for the preload, which must not bundle the schemas. */
export const ipcChannelNames = [
  'net:request',
  'net:upload',
  'net:server',
  'net:set-server',
  'net:forget-session',
  'journal:open',
  'journal:read',
  'journal:append',
  'journal:replace',
  'journal:set-aside',
  'journal:close',
  'journal:remove',
  'keys:load',
  'keys:store',
  'keys:remove',
  'keys:strength',
  'files:save',
  'app:open-link',
  'app:info',
  'app:drained',
] as const satisfies readonly IpcChannel[];

/** Names of all events the host sends. */
export const ipcEventNames = [
  'app:drain',
  'app:resumed',
  'app:screen-locked',
  'app:link',
] as const satisfies readonly IpcEvent[];
