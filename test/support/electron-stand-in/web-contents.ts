import { EventEmitter } from 'node:events';
import type { Page } from 'playwright-core';
import { session } from './session.ts';
import { toApp } from './stand-in-addresses.ts';
import { must } from './stand-in-state.ts';
import { toWire } from './wire.ts';

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

export type ContentsHost = {
  page: () => Page | null;
  reload: () => Promise<void>;
  isDestroyed: () => boolean;
  /** Name of the page's function that takes what main sends. */
  deliver: string;
};

export class WebContents extends EventEmitter {
  readonly id: number;
  readonly #host: ContentsHost;
  #openHandler: OpenHandler | null = null;
  readonly mainFrame: { readonly url: string; readonly parent: null };

  constructor(id: number, host: ContentsHost) {
    super();
    this.id = id;
    this.#host = host;
    const address = () => toApp(host.page()?.url() ?? '');
    this.mainFrame = {
      get url() {
        return address();
      },
      parent: null,
    };
  }

  get session() {
    return session.defaultSession;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  send(channel: string, ...args: unknown[]): void {
    const call = { deliver: this.#host.deliver, channel, args: JSON.stringify(toWire(args)) };
    const done = this.#host.page()?.evaluate(({ deliver, channel, args }) => {
      const take = (window as unknown as Record<string, unknown>)[deliver];
      if (typeof take === 'function') take(channel, JSON.parse(args));
    }, call);
    // A page that is gone hears nothing, as in Electron.
    done?.catch(() => undefined);
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  /** The handler must deny: the stand-in has one window. */
  refuseWindow(url: string): void {
    const { action } = this.#openHandler?.({ url }) ?? { action: 'allow' };
    must(action === 'deny', `[stand-in] a window for ${url} was allowed; it cannot be shown here`);
  }
  reload(): void {
    this.#host.reload().catch((cause: unknown) => console.error('[stand-in] reload failed:', cause));
  }
  isDestroyed(): boolean {
    return this.#host.isDestroyed();
  }
}
