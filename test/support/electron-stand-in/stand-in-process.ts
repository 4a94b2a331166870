import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { portFile } from './chromium-context.ts';
import type { Operation } from './control.ts';
import { isAppHost } from './stand-in-addresses.ts';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** The stand-in in a process of its own: its words, its end, and the channel for operations. */
export class StandInProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  #log = '';
  #count = 0;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (cause: Error) => void }
  >();
  readonly #ready = Promise.withResolvers<void>();

  constructor(main: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, ['--import', at('register.ts'), at('run.ts'), main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (text) => {
        this.#log += String(text);
      });
    this.exited = new Promise((resolve) =>
      this.child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    this.child.on('message', (message) => this.#take(message as { ready?: true; n?: number }));
    void this.exited.then((exit) => this.#failAll(exit));
    // Whoever does not wait for it to be ready learns of its end from `exited`.
    this.#ready.promise.catch(() => undefined);
  }

  #failAll(exit: Exit): void {
    const cause = new Error(`the app ended: ${JSON.stringify(exit)}\n${this.#log}`);
    this.#ready.reject(cause);
    for (const call of this.#waiting.values()) call.reject(cause);
    this.#waiting.clear();
  }

  #take(message: { ready?: true; n?: number; value?: unknown; error?: string }): void {
    if (message.ready) this.#ready.resolve();
    const call = this.#waiting.get(message.n ?? 0);
    this.#waiting.delete(message.n ?? 0);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(message.error));
  }

  get log(): string {
    return this.#log;
  }
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  send(operation: Operation): Promise<unknown> {
    this.#count += 1;
    const n = this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.child.send({ n, operation });
    });
  }

  /** Attaches to the app's Chromium beside the stand-in and finds the window's page. */
  async attach(userData: string): Promise<{ browser: Browser; page: Page }> {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    const alive = () => this.child.exitCode === null && this.child.signalCode === null;
    while (alive() && !existsSync(portFile(userData))) await pause();
    const [port] = readFileSync(portFile(userData), 'utf8').split('\n');
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    while (alive()) {
      const pages = browser.contexts().flatMap((context) => context.pages());
      const page = pages.find((candidate) => isAppHost(URL.parse(candidate.url())?.hostname ?? ''));
      if (page) return { browser, page };
      await pause();
    }
    throw new Error(`the app ended before it had a window\n${this.#log}`);
  }
}
