import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserWindow } from './browser-window.ts';
import { stopChromium } from './chromium-context.ts';
import { lockInstance, watchSecondInstances } from './single-instance.ts';
import { must, preventable, state, userDataFolder } from './stand-in-state.ts';

const folders = ['userData', 'sessionData', 'appData', 'home', 'temp', 'logs', 'downloads', 'documents'];

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #ready = Promise.withResolvers<void>();
  #isSandboxed = false;

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  isReady(): boolean {
    return state.isReady;
  }
  becomeReady(): void {
    must(this.#isSandboxed, '[stand-in] app.enableSandbox() was not called');
    state.isReady = true;
    this.emit('ready', {}, {});
    this.#ready.resolve();
  }
  getPath(name: string): string {
    must(folders.includes(name), `Failed to get '${name}' path`);
    if (name === 'userData' || name === 'sessionData') return userDataFolder();
    const folder = join(userDataFolder(), `stand-in-${name}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  setPath(name: string, path: string): void {
    must(name === 'userData', '[stand-in] only userData can be set');
    must(!state.isReady, 'setPath for userData must be called before ready');
    mkdirSync(path, { recursive: true });
    state.userData = path;
  }
  getName(): string {
    return 'Second Opinion';
  }
  getVersion(): string {
    return '0.0.0-stand-in';
  }
  enableSandbox(): void {
    must(!state.isReady, 'app.enableSandbox() can only be called before app is ready');
    this.#isSandboxed = true;
  }
  requestSingleInstanceLock(): boolean {
    const isFirst = lockInstance(userDataFolder());
    if (isFirst)
      watchSecondInstances(userDataFolder(), (argv, cwd) =>
        this.emit('second-instance', {}, argv, cwd, null),
      );
    return isFirst;
  }
  /** Electron's order: before-quit, each window's close, will-quit; each of them may stop it. */
  quit(): void {
    if (state.isQuitting) return;
    setImmediate(() => {
      this.#leave().catch((cause: unknown) => {
        console.error('[stand-in] quitting failed:', cause);
        process.exit(91);
      });
    });
  }
  async #leave(): Promise<void> {
    const before = preventable({});
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    state.isQuitting = true;
    for (const window of BrowserWindow.getAllWindows())
      if (!(await window.tryClose())) {
        state.isQuitting = false;
        return;
      }
    const will = preventable({});
    this.emit('will-quit', will);
    if (!will.defaultPrevented) this.exit(0);
  }
  exit(code = 0): void {
    state.isQuitting = true;
    this.emit('quit', {}, code);
    void stopChromium().finally(() => process.exit(code));
  }
}

export const app = new App();
