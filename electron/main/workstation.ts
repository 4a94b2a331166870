import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  net as electronNet,
  Menu,
  powerMonitor,
  protocol,
  safeStorage,
  session,
} from 'electron';
import { AppPage } from './app-page.ts';
import { windowDialogs } from './dialogs.ts';
import { saveFile } from './files.ts';
import { guardContents, guardSession } from './guard.ts';
import { createHandlers } from './handlers.ts';
import { type Ipc, registerIpc } from './ipc.ts';
import { openJournals } from './journal.ts';
import type { LaunchArguments } from './launch-arguments.ts';
import { openLink } from './links.ts';
import { menuTemplate } from './menu.ts';
import { createNet } from './net.ts';
import { followPage } from './page-life.ts';
import { appScheme, rendererFiles } from './protocol.ts';
import { createDrain, type Drain } from './quit.ts';
import { openSecrets } from './secrets.ts';
import { openServerChoice } from './server-choice.ts';
import { openSessionToken } from './session-token.ts';
import { openSettings } from './settings.ts';
import { createWindow, loadApp } from './window.ts';

const here = import.meta.dirname;

/** A packaged app shows its own files only; while it is worked on, tests may bring a page. */
const rendererFolder = () =>
  (!app.isPackaged && process.env.SECOND_OPINION_RENDERER) || join(here, '../renderer');

/** What this laptop keeps, all of it in the app's own folder. */
async function openLocalParts(launch: LaunchArguments) {
  const inUserData = (name: string) => join(app.getPath('userData'), name);
  const settings = await openSettings(inUserData('settings.json'));
  const secrets = openSecrets(inUserData('keys'), safeStorage);
  const server = openServerChoice(settings, [launch.server, process.env.SECOND_OPINION_SERVER]);
  const journals = openJournals(inUserData('journal'));
  return { settings, secrets, server, journals, token: openSessionToken(secrets) };
}
type LocalParts = Awaited<ReturnType<typeof openLocalParts>>;

type Dialogs = ReturnType<typeof windowDialogs>;

function registerHandlers(
  parts: LocalParts,
  page: AppPage,
  dialogs: Dialogs,
  drained: Drain['drained'],
): Ipc {
  const window = () => page.window;
  const { askWhere, linkDoors } = dialogs;
  const net = createNet({
    // Chromium's network: it knows the system's proxies and certificates.
    fetch: (address, init) => electronNet.fetch(address, init),
    server: parts.server.get,
    token: parts.token,
  });
  const handlers = createHandlers({
    ...parts,
    net,
    saveFile: (file) => saveFile(app.getPath('downloads'), file, askWhere),
    openLink: (address) => openLink(address, linkDoors),
    drained,
    version: app.getVersion(),
  });
  return registerIpc({ handlers, window });
}

/** Everything that must stand before the first page: guards, its files, the menu. */
function prepareApp(): void {
  guardSession(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  protocol.handle(appScheme, rendererFiles(rendererFolder()));
  const isMac = process.platform === 'darwin';
  const template = menuTemplate({ isMac, isPackaged: app.isPackaged, name: app.getName() });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function giveUp(): void {
  dialog.showErrorBox(
    'Second Opinion stopped',
    'Its page crashed several times. Everything saved is safe; start it again.',
  );
  app.quit();
}

function openWindow(parts: LocalParts, page: AppPage): BrowserWindow {
  const window = createWindow({ settings: parts.settings, folder: here, isPackaged: app.isPackaged });
  page.show(window);
  followPage(window, {
    replaced: () => {
      page.unloaded();
      return parts.journals.closeAll();
    },
    loaded: () => page.loaded(),
    givesUp: giveUp,
  });
  return window;
}

/** Puts the parts together and opens the window. */
export async function startWorkstation(launch: LaunchArguments): Promise<AppPage> {
  const parts = await openLocalParts(launch);
  const page = new AppPage(launch.link);
  const dialogs = windowDialogs(() => page.window);
  const drain = createDrain({
    ask: () => page.askToDrain(),
    mayLose: dialogs.mayLoseAnswers,
    closing: [() => ipc.close(), parts.journals.closeAll],
  });
  const ipc = registerHandlers(parts, page, dialogs, drain.drained);
  prepareApp();

  const window = openWindow(parts, page);
  const drainThenQuit = (event: { preventDefault: () => void }) => {
    if (drain.isDone) return;
    event.preventDefault();
    void drain.run().then((end) => end === 'closed' && app.quit());
  };
  window.on('close', drainThenQuit);
  app.on('before-quit', drainThenQuit);
  app.on('window-all-closed', () => app.quit());
  powerMonitor.on('resume', () => page.resumed());
  powerMonitor.on('unlock-screen', () => page.resumed());
  powerMonitor.on('lock-screen', () => page.screenLocked());
  powerMonitor.on('suspend', () => page.screenLocked());

  await loadApp(window).catch((cause: unknown) => {
    // Quitting while the page loads ends the loading; that is no failed start.
    if (!window.isDestroyed()) throw cause;
  });
  return page;
}
