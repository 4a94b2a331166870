import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { type ScriptedDialog, script } from './dialog.ts';
import { ipcMain } from './ipc-main.ts';
import { powerMonitor } from './machine.ts';
import { Menu } from './menu.ts';
import { askScheme } from './protocol.ts';

/** What a driver may ask for; see launch-workstation.ts. */
export type Operation =
  | { op: 'power'; event: 'resume' | 'suspend' | 'lock-screen' | 'unlock-screen' }
  | { op: 'dialog'; dialog: ScriptedDialog }
  /** Calls a channel as a frame with this address, below the main frame or in its place. */
  | { op: 'ipc'; channel: string; args: unknown[]; from: { url: string; isMainFrame: boolean } }
  /** Asks the handler of a scheme for an address exactly as written. */
  | { op: 'ask'; address: string }
  | { op: 'state' }
  | { op: 'close-window' }
  | { op: 'quit' };

export type WorkstationState = {
  opened: string[];
  asked: { kind: string; options: unknown }[];
  menuRoles: string[];
  windows: { isVisible: boolean; focusCount: number }[];
};

const rolesOf = (items: Menu['items']): string[] =>
  items.flatMap(({ role, submenu }) => [...(role ? [role] : []), ...rolesOf(submenu ?? [])]);

function currentState(): WorkstationState {
  return {
    opened: script.opened,
    asked: script.asked,
    menuRoles: rolesOf(Menu.getApplicationMenu()?.items ?? []),
    windows: BrowserWindow.getAllWindows().map((window) => ({
      isVisible: window.isVisible(),
      focusCount: window.focusCount,
    })),
  };
}

async function run(operation: Operation): Promise<unknown> {
  switch (operation.op) {
    case 'power':
      powerMonitor.emit(operation.event);
      return null;
    case 'dialog':
      script.dialogs.push(operation.dialog);
      return null;
    case 'ipc': {
      const { url, isMainFrame } = operation.from;
      const sender = BrowserWindow.getAllWindows()[0]?.webContents;
      const senderFrame = { url, parent: isMainFrame ? null : {} };
      return ipcMain.dispatch({ sender, senderFrame, type: 'frame' }, operation.channel, operation.args);
    }
    case 'ask': {
      const response = await askScheme(operation.address, { method: 'GET', headers: {} });
      return (
        response && { status: response.status, headers: [...response.headers], body: await response.text() }
      );
    }
    case 'state':
      return currentState();
    case 'close-window':
      for (const window of BrowserWindow.getAllWindows()) window.close();
      return null;
    case 'quit':
      app.quit();
      return null;
  }
}

/** Takes the driver's operations over the channel of the process. */
export function listenToDriver(): void {
  process.on('message', ({ n, operation }: { n: number; operation: Operation }) => {
    run(operation).then(
      (value) => process.send?.({ n, value }),
      (cause: unknown) => process.send?.({ n, error: String(cause) }),
    );
  });
  // A driver that is gone must not leave an app behind.
  process.on('disconnect', () => app.exit(92));
}
