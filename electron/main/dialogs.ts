import { type BrowserWindow, dialog, type MessageBoxOptions, shell } from 'electron';
import type { AskWhere } from './files.ts';
import type { LinkDoors } from './links.ts';

/** Dialogs that belong to the window where there is one. */
export function windowDialogs(window: () => BrowserWindow | null): {
  askWhere: AskWhere;
  linkDoors: LinkDoors;
  /** Whether to close although answers are on screen alone; staying is what Enter and Escape do. */
  mayLoseAnswers: () => Promise<boolean>;
} {
  const askWhere: AskWhere = async (defaultPath) => {
    const parent = window();
    const options = { defaultPath };
    const answer = parent
      ? await dialog.showSaveDialog(parent, options)
      : await dialog.showSaveDialog(options);
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  const ask = async (options: MessageBoxOptions) => {
    const parent = window();
    const answer = parent
      ? await dialog.showMessageBox(parent, { noLink: true, ...options })
      : await dialog.showMessageBox({ noLink: true, ...options });
    return answer.response;
  };
  const confirm = async (address: string) => {
    const message = 'Open this address outside Second Opinion?';
    const buttons = ['Open', 'Cancel'];
    return (
      (await ask({ type: 'question', message, detail: address, buttons, defaultId: 1, cancelId: 1 })) === 0
    );
  };
  const mayLoseAnswers = async () => {
    const message = 'Close and lose answers?';
    const detail =
      'The disk has refused your newest answers, so they are on this screen alone: closing loses them. Stay, free some space, and they are saved by themselves. Everything before them is safe.';
    const buttons = ['Stay', 'Close all the same'];
    return (await ask({ type: 'warning', message, detail, buttons, defaultId: 0, cancelId: 0 })) === 1;
  };
  return {
    askWhere,
    linkDoors: { confirm, open: (address) => shell.openExternal(address) },
    mayLoseAnswers,
  };
}
