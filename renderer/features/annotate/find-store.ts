import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OpenCase } from './annotate-store.ts';

type FindUi = {
  open: boolean;
  /** What was looked for in this case last. */
  words: string;
  /** Counts requests: asked for while open, the field takes the keyboard again. */
  asked: number;
  /** Where the keyboard was, and goes back to. */
  back: HTMLElement | null;
  /** The place found last, as long as it was in an answer. */
  range: Range | null;
};

const stores = new WeakMap<OpenCase, StoreApi<FindUi>>();

export function findUi(one: OpenCase): StoreApi<FindUi> {
  let store = stores.get(one);
  if (!store) {
    store = createStore<FindUi>(() => ({ open: false, words: '', asked: 0, back: null, range: null }));
    stores.set(one, store);
  }
  return store;
}

/** Opens the find field over the answers, or goes back to it. */
export function openFind(one: OpenCase): boolean {
  const store = findUi(one);
  const { open, back, asked } = store.getState();
  const active = document.activeElement;
  const from = active instanceof HTMLElement && active !== document.body ? active : null;
  store.setState({ open: true, asked: asked + 1, back: open ? back : from });
  return true;
}

export function closeFind(one: OpenCase): void {
  const store = findUi(one);
  const { back } = store.getState();
  store.setState({ open: false, words: '', back: null });
  if (back?.isConnected) back.focus({ preventScroll: true });
}
