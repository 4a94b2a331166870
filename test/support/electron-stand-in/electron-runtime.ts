import { _electron, type ElectronApplication } from 'playwright-core';
import { findElectron } from '../../../build/electron-runtime.ts';
import type { Operation } from './control.ts';

/** The real runtime, where there is one. */
export const electronProgram = (): string | null => findElectron();

/** Chromium refuses its sandbox to root. */
export const argsForRoot = () => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);

export async function launchElectron(
  program: string,
  main: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  const app = await _electron.launch({
    executablePath: program,
    args: [...argsForRoot(), main, ...args],
    env: given as Record<string, string>,
  });
  await app.evaluate(({ dialog, shell }) => {
    const script = {
      dialogs: [] as { kind: string; result: object }[],
      asked: [] as object[],
      opened: [] as string[],
    };
    Object.assign(globalThis, { testScript: script });
    for (const kind of ['showSaveDialog', 'showOpenDialog', 'showMessageBox'] as const)
      Object.assign(dialog, {
        [kind]: async (...given: unknown[]) => {
          script.asked.push({ kind, options: given.at(-1) });
          const next = script.dialogs.shift();
          if (next?.kind !== kind) throw new Error(`nobody answers this dialog: ${kind}`);
          return next.result;
        },
      });
    Object.assign(shell, { openExternal: async (address: string) => void script.opened.push(address) });
  });
  return app;
}

/** The driver's operations on the real runtime. */
export function sendToElectron(app: ElectronApplication, operation: Operation): Promise<unknown> {
  return app.evaluate(async (electron, operation) => {
    const { testScript: script } = globalThis as unknown as {
      testScript: { dialogs: object[]; asked: object[]; opened: string[] };
    };
    const windows = electron.BrowserWindow.getAllWindows();
    const rolesOf = (items: Electron.MenuItem[]): string[] =>
      items.flatMap((item) => [...(item.role ? [item.role] : []), ...rolesOf(item.submenu?.items ?? [])]);
    switch (operation.op) {
      case 'power':
        electron.powerMonitor.emit(operation.event);
        return null;
      case 'dialog':
        script.dialogs.push(operation.dialog);
        return null;
      case 'ipc': {
        // Electron keeps handlers to itself; a frame that is not ours cannot be made with a policy that has none.
        const { _invokeHandlers: handlers } = electron.ipcMain as unknown as {
          _invokeHandlers: Map<string, (event: object, ...args: unknown[]) => unknown>;
        };
        const handler = handlers.get(operation.channel);
        if (!handler) throw new Error(`No handler registered for '${operation.channel}'`);
        const { url, isMainFrame } = operation.from;
        const senderFrame = { url, parent: isMainFrame ? null : {} };
        return handler({ sender: windows[0]?.webContents, senderFrame, type: 'frame' }, ...operation.args);
      }
      case 'ask': {
        const response = await electron.net.fetch(operation.address);
        return { status: response.status, headers: [...response.headers], body: await response.text() };
      }
      case 'state':
        return {
          opened: script.opened,
          asked: script.asked,
          menuRoles: rolesOf(electron.Menu.getApplicationMenu()?.items ?? []),
          windows: windows.map((window) => ({
            isVisible: window.isVisible(),
            focusCount: Number(window.isFocused()),
          })),
        };
      case 'close-window':
        for (const window of windows) window.close();
        return null;
      case 'quit':
        electron.app.quit();
        return null;
    }
  }, operation);
}
