import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { app, dialog, protocol } from 'electron';
import type { AppPage } from './app-page.ts';
import { readLaunchArguments } from './launch-arguments.ts';
import { appPrivileges, appScheme } from './protocol.ts';
import { startWorkstation } from './workstation.ts';

/** Before Electron is ready: what can only be said then. Nothing here may await (electron#40719). */
app.enableSandbox();
if (process.env.SECOND_OPINION_USER_DATA) {
  const folder = resolve(process.env.SECOND_OPINION_USER_DATA);
  mkdirSync(folder, { recursive: true });
  app.setPath('userData', folder);
}
protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: appPrivileges }]);

function fail(cause: unknown): void {
  console.error('Second Opinion could not start:', cause);
  dialog.showErrorBox(
    'Second Opinion could not start',
    'Your work on this laptop was not touched. Start it again; if it goes on, tell an administrator.',
  );
  app.exit(1);
}

async function start(): Promise<AppPage> {
  await app.whenReady();
  return startWorkstation(readLaunchArguments(process.argv));
}

// The first one keeps the files; a second one hands its arguments over and goes.
if (app.requestSingleInstanceLock()) {
  const starting = start();
  starting.catch(fail);
  app.on('second-instance', (_event, argv) => {
    void starting.then((page) => page.comeForward(readLaunchArguments(argv).link)).catch(fail);
  });
} else {
  app.quit();
}
