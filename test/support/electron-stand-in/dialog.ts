import { must, needReady } from './stand-in-state.ts';

export type ScriptedDialog = { kind: 'showSaveDialog' | 'showMessageBox' | 'showOpenDialog'; result: object };

/** Answers a driver prepared, and what was asked and opened. */
export const script = {
  dialogs: [] as ScriptedDialog[],
  asked: [] as { kind: string; options: unknown }[],
  opened: [] as string[],
  errors: [] as string[],
};

const scripted =
  (kind: ScriptedDialog['kind']) =>
  async (...args: unknown[]): Promise<object> => {
    needReady('dialog');
    script.asked.push({ kind, options: args.at(-1) });
    const next = script.dialogs.shift();
    must(
      next?.kind === kind,
      `[stand-in] nobody answers this dialog: ${kind} ${JSON.stringify(args.at(-1))}`,
    );
    return next.result;
  };

export const dialog = {
  showSaveDialog: scripted('showSaveDialog'),
  showOpenDialog: scripted('showOpenDialog'),
  showMessageBox: scripted('showMessageBox'),
  showErrorBox: (title: string, content: string) => {
    script.errors.push(`${title}: ${content}`);
    console.error(`[error box] ${title}: ${content}`);
  },
};

export const shell = {
  async openExternal(address: string): Promise<void> {
    script.opened.push(address);
  },
};
