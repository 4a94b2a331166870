import type { BrowserWindow } from 'electron';
import { sendEvent } from './ipc.ts';

/** The window and what is known of the page in it. */
export class AppPage {
  #window: BrowserWindow | null = null;
  #isLoaded = false;
  #waitingLink: string | null;

  constructor(link: string | null) {
    this.#waitingLink = link;
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  show(window: BrowserWindow): void {
    this.#window = window;
    window.on('closed', () => {
      this.#window = null;
      this.#isLoaded = false;
    });
  }

  loaded(): void {
    this.#isLoaded = true;
    this.#handLinkOver();
  }
  unloaded(): void {
    this.#isLoaded = false;
  }

  /** False when there is no page that could answer. */
  askToDrain(): boolean {
    if (this.#isLoaded) sendEvent(this.#window, 'app:drain', null);
    return this.#isLoaded;
  }
  screenLocked(): void {
    sendEvent(this.#window, 'app:screen-locked', null);
  }
  resumed(): void {
    sendEvent(this.#window, 'app:resumed', null);
  }

  /** Another start of the app was refused: show this one, and take its link over. */
  comeForward(link: string | null): void {
    this.#waitingLink = link ?? this.#waitingLink;
    this.#handLinkOver();
    if (this.#window?.isMinimized()) this.#window.restore();
    this.#window?.show();
    this.#window?.focus();
  }

  #handLinkOver(): void {
    if (!this.#isLoaded || this.#waitingLink === null) return;
    sendEvent(this.#window, 'app:link', { token: this.#waitingLink });
    this.#waitingLink = null;
  }
}
