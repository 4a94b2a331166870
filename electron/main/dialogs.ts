import { type BrowserWindow, dialog, shell } from 'electron';
import type { AskWhere } from './files.ts';
import type { LinkDoors } from './links.ts';

/** Dialogs that belong to the window where there is one. */
export function windowDialogs(window: () => BrowserWindow | null): {
  askWhere: AskWhere;
  linkDoors: LinkDoors;
} {
  const askWhere: AskWhere = async (defaultPath) => {
    const parent = window();
    const options = { defaultPath };
    const answer = parent
      ? await dialog.showSaveDialog(parent, options)
      : await dialog.showSaveDialog(options);
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  const confirm = async (address: string) => {
    const parent = window();
    const options = {
      type: 'question' as const,
      message: 'Open this address outside Second Opinion?',
      detail: address,
      buttons: ['Open', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    };
    const answer = parent
      ? await dialog.showMessageBox(parent, options)
      : await dialog.showMessageBox(options);
    return answer.response === 0;
  };
  return { askWhere, linkDoors: { confirm, open: (address) => shell.openExternal(address) } };
}
