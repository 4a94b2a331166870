import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SafetyFlag, Side } from '../../../shared/schema/annotation.ts';
import type { Passage } from '../../../shared/schema/safety-flag.ts';
import type { OpenCase } from './annotate-store.ts';

/** The small form beside a passage: for a new flag, or for one that is there. */
export type FlagForm = {
  side: Side;
  /** Null: more is selected than one flag can hold. */
  passage: Passage | null;
  flag: SafetyFlag | null;
  /** Other flags under the same point. */
  others: readonly string[];
  /** True when it was asked for by a key: then the keyboard goes there. */
  focused: boolean;
  /** A kind already typed. */
  kind: SafetyFlag['kind'] | null;
};

/** What is open for marking passages of one case; nothing of it is kept. */
export type FlagUi = {
  /** The answer whose passages the arrow keys choose. */
  picking: Side | null;
  form: FlagForm | null;
  /** The answer whose list of flags is open. */
  list: Side | null;
  /** For a screen reader: what has just been done. */
  told: string;
  /** Where the keyboard was, and goes back to. */
  back: HTMLElement | null;
};

const nothing: FlagUi = { picking: null, form: null, list: null, told: '', back: null };
const stores = new WeakMap<OpenCase, StoreApi<FlagUi>>();

export function flagUi(one: OpenCase): StoreApi<FlagUi> {
  let store = stores.get(one);
  if (!store) {
    store = createStore<FlagUi>(() => nothing);
    stores.set(one, store);
  }
  return store;
}

/** Closes form and passage mode, and gives the keyboard back where it was. */
export function endFlagging(one: OpenCase, told = ''): void {
  const store = flagUi(one);
  const { back, form, picking } = store.getState();
  const hadFocus = picking !== null || (form?.focused ?? false);
  store.setState({ picking: null, form: null, back: null, told });
  if (hadFocus && back?.isConnected) back.focus({ preventScroll: true });
}
