import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { must } from './stand-in-state.ts';

export type WebPreferences = { preload?: string } & Record<string, unknown>;

/** The windows of this app must be sandboxed and isolated; Electron would only warn. */
const required = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
} as const;

export function checkedPreferences(preferences: WebPreferences): void {
  for (const [name, value] of Object.entries(required))
    must(preferences[name] === value, `[stand-in] webPreferences.${name} must be ${value}`);
  const { preload } = preferences;
  if (preload === undefined) return;
  must(isAbsolute(preload), 'preload script must have absolute path');
  must(existsSync(preload), `Unable to load preload script: ${preload}`);
  must(!preload.endsWith('.mjs'), 'a sandboxed preload script cannot be an ES module');
}
