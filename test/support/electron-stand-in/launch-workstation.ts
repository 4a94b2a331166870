import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Operation, WorkstationState } from './control.ts';
import { argsForRoot, electronProgram, launchElectron, sendToElectron } from './electron-runtime.ts';
import { killTree } from './process-tree.ts';
import { type Exit, StandInProcess } from './stand-in-process.ts';

export type LaunchOptions = {
  /** Everything the app keeps on this laptop; give the same folder again to restart it. */
  userData: string;
  /** Left out, the app starts without a server, as on its very first start. */
  serverUrl?: string;
  args?: string[];
  env?: Record<string, string>;
  /** The compiled main module; the one that ships unless a test brings another. */
  main?: string;
};

export type Workstation = {
  page: Page;
  isRealElectron: boolean;
  /** Scripted dialogs, power events, foreign callers, the state of windows and menus. */
  send: (operation: Operation) => Promise<unknown>;
  state: () => Promise<WorkstationState>;
  /** What the app and its page wrote so far. */
  log: () => string;
  /** Leaves as a person would, by the menu; settles when the process has ended. */
  quit: () => Promise<Exit>;
  /** Pulls the plug: SIGKILL to every process of the app, Chromium included. */
  kill: () => Promise<void>;
  /** Starts the app a second time on the same folder; settles when that second start has ended. */
  startAgain: (args?: string[]) => Promise<Exit>;
};

const shipped = fileURLToPath(new URL('../../../dist/electron/main.js', import.meta.url));

const argsOf = ({ serverUrl, args = [] }: LaunchOptions) => [
  ...(serverUrl === undefined ? [] : [`--server=${serverUrl}`]),
  ...args,
];

const envOf = ({ userData, env }: LaunchOptions): NodeJS.ProcessEnv => {
  const own = { ...process.env };
  // Left by whoever runs the tests, they would decide what only the options should.
  for (const name of ['SECOND_OPINION_SERVER', 'SECOND_OPINION_RENDERER', 'NODE_OPTIONS']) delete own[name];
  return { ...own, ...env, SECOND_OPINION_USER_DATA: userData };
};

async function onStandIn(options: LaunchOptions, main: string): Promise<Workstation> {
  const start = (args: string[]) => new StandInProcess(main, args, envOf(options));
  const running = start(argsOf(options));
  await running.ready;
  const { browser, page } = await running.attach(options.userData).catch(async (cause: unknown) => {
    if (running.child.pid !== undefined) await killTree(running.child.pid);
    throw cause;
  });
  const leave = async () => {
    await browser.close().catch(() => undefined);
    return running.exited;
  };
  return {
    page,
    isRealElectron: false,
    send: (operation) => running.send(operation),
    state: async () => (await running.send({ op: 'state' })) as WorkstationState,
    log: () => running.log,
    quit: async () => {
      // The process may end before it can say that it heard.
      await running.send({ op: 'quit' }).catch(() => undefined);
      return running.exited;
    },
    kill: async () => {
      if (running.child.pid !== undefined) await killTree(running.child.pid);
      await leave();
    },
    startAgain: (args = []) => start(args).exited,
  };
}

async function onElectron(options: LaunchOptions, main: string, program: string): Promise<Workstation> {
  const app = await launchElectron(program, main, argsOf(options), envOf(options));
  const child = app.process();
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      log += String(text);
    });
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const send = (operation: Operation) => sendToElectron(app, operation);
  return {
    page: await app.firstWindow(),
    isRealElectron: true,
    send,
    state: async () => (await send({ op: 'state' })) as WorkstationState,
    log: () => log,
    quit: async () => {
      await send({ op: 'quit' }).catch(() => undefined);
      return exited;
    },
    kill: async () => {
      if (child.pid !== undefined) await killTree(child.pid);
      await exited;
    },
    startAgain: (args = []) =>
      new Promise((resolve) => {
        const second = spawn(program, [...argsForRoot(), main, ...args], {
          env: envOf(options),
        });
        second.once('exit', (code, signal) => resolve({ code, signal }));
      }),
  };
}

/** Starts the workstation on the real Electron where its runtime is, else on the stand-in: the same specs run on both. */
export function launchWorkstation(options: LaunchOptions): Promise<Workstation> {
  const main = options.main ?? shipped;
  const program = electronProgram();
  return program === null ? onStandIn(options, main) : onElectron(options, main, program);
}
