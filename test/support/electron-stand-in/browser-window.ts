import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Frame, Page } from 'playwright-core';
import { app } from './app.ts';
import { adoptPage, chromiumContext } from './chromium-context.ts';
import { ipcMain } from './ipc-main.ts';
import { pageSide } from './page-side.ts';
import { schemes } from './protocol.ts';
import { toWeb } from './stand-in-addresses.ts';
import { must, needReady, preventable, state } from './stand-in-state.ts';
import { WebContents } from './web-contents.ts';
import { checkedPreferences, type WebPreferences } from './web-preferences.ts';
import { fromWire, toWire } from './wire.ts';

type Options = {
  width?: number;
  height?: number;
  x?: number;
  y?: number;
  show?: boolean;
  webPreferences?: WebPreferences;
};
type Sent = { kind: 'invoke' | 'send' | 'open'; channel: string; args: unknown };

const windows = new Set<BrowserWindow>();
let lastId = 0;

/** Main's windows: pages of one Chromium. */
export class BrowserWindow extends EventEmitter {
  readonly id: number;
  readonly webContents: WebContents;
  readonly #options: Options;
  readonly #secret = randomBytes(8).toString('hex');
  #page: Page | null = null;
  #isDestroyed = false;
  #isVisible: boolean;
  #isMaximized = false;
  focusCount = 0;

  constructor(options: Options = {}) {
    super();
    must(state.isReady, 'Cannot create BrowserWindow before app is ready');
    checkedPreferences(options.webPreferences ?? {});
    this.#options = options;
    this.#isVisible = options.show !== false;
    lastId += 1;
    this.id = lastId;
    this.webContents = new WebContents(this.id, {
      page: () => this.#page,
      reload: async () => void (await this.#page?.reload()),
      isDestroyed: () => this.#isDestroyed,
      deliver: `deliver_${this.#secret}`,
    });
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
  }

  async loadURL(address: string): Promise<void> {
    this.#page ??= await this.#openPage();
    await this.#page.goto(toWeb(address, schemes()));
  }

  async #openPage(): Promise<Page> {
    const { width = 800, height = 600, webPreferences } = this.#options;
    const context = chromiumContext();
    const page = await context.newPage();
    adoptPage(page, this.webContents);
    await page.setViewportSize({ width, height });
    const binding = `ipc_${this.#secret}`;
    await page.exposeBinding(binding, ({ frame }, sent: Sent) => this.#receive(frame, sent));
    const preload = webPreferences?.preload ? readFileSync(webPreferences.preload, 'utf8') : '';
    const options = { binding, deliver: `deliver_${this.#secret}`, preload };
    await page.addInitScript(`(${pageSide})(${JSON.stringify(options)})`);
    this.#forward(page);
    return page;
  }

  /** Chromium's events under Electron's names. */
  #forward(page: Page): void {
    const { webContents } = this;
    // Playwright tells of a pushState like of a new document; only the latter was asked for over the wire.
    let asksForDocument = false;
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) asksForDocument = true;
    });
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame()) return;
      if (!asksForDocument) {
        webContents.emit('did-navigate-in-page', {}, webContents.getURL(), true, 1, 1);
        return;
      }
      asksForDocument = false;
      webContents.emit('did-navigate', {}, webContents.getURL(), -1, '');
      webContents.session.applyPermissions(chromiumContext(), page, webContents).catch((cause: unknown) => {
        if (!state.isQuitting) console.error('[stand-in] permissions were not applied:', cause);
      });
    });
    page.on('domcontentloaded', () => webContents.emit('dom-ready', {}));
    page.once('load', () => this.emit('ready-to-show', {}));
    page.on('load', () => webContents.emit('did-finish-load', {}));
    page.on('console', (message) => console.log(`[page ${message.type()}] ${message.text()}`));
    page.on('pageerror', (error) => console.log(`[page error] ${error.stack ?? error.message}`));
    page.on('crash', () => webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    page.on('close', () => this.#gone());
  }

  async #receive(frame: Frame, { kind, channel, args }: Sent): Promise<{ value?: unknown; error?: string }> {
    const list = fromWire(args) as unknown[];
    try {
      if (kind === 'open') {
        this.webContents.refuseWindow(String(list[0]));
        return {};
      }
      must(frame === this.#page?.mainFrame(), '[stand-in] a preload runs in the main frame only');
      const event = { sender: this.webContents, senderFrame: this.webContents.mainFrame, type: 'frame' };
      if (kind === 'invoke') return { value: toWire(await ipcMain.dispatch(event, channel, list)) };
      ipcMain.emit(channel, event, ...list);
      return {};
    } catch (cause) {
      return { error: String(cause) };
    }
  }

  /** @returns false when main kept it open */
  async tryClose(): Promise<boolean> {
    if (this.#isDestroyed) return true;
    const event = preventable({});
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    await this.#page?.close({ runBeforeUnload: false });
    this.#gone();
    return true;
  }

  #gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this);
    this.emit('closed', {});
    if (windows.size === 0 && !state.isQuitting) app.emit('window-all-closed', {});
  }

  close(): void {
    void this.tryClose();
  }
  show(): void {
    this.#isVisible = true;
    this.emit('show', {});
  }
  focus(): void {
    this.focusCount += 1;
    this.emit('focus', {});
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  restore(): void {}
  isVisible(): boolean {
    return this.#isVisible;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  getNormalBounds() {
    const { x = 0, y = 0, width = 800, height = 600 } = this.#options;
    return { x, y, width, height };
  }
  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static getFocusedWindow(): BrowserWindow | null {
    needReady('BrowserWindow');
    return [...windows][0] ?? null;
  }
}
