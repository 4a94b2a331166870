import { flushSync } from 'react-dom';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { KeyCombination } from './key-names.ts';

/** One line of the palette. */
export type PaletteCommand = {
  id: string;
  label: string;
  group: string;
  keys?: KeyCombination | null;
  /** A few words at the end of the line, such as a state. */
  detail?: string;
  /** Why it cannot run now; such a line is shown and does nothing. */
  blocked?: string | null;
  /** Listed only when it is searched for. */
  searchedOnly?: boolean;
  run: () => void;
};

/**
 * What a screen can do at this moment, asked for when the palette opens.
 * @param from where the keyboard was before
 */
export type CommandSource = (from: Element | null) => readonly PaletteCommand[];

type Center = {
  open: 'palette' | 'settings' | null;
  /** Where the keyboard was when it opened, and goes back to. */
  from: Element | null;
  sources: readonly CommandSource[];
};

const store = createStore<Center>(() => ({ open: null, from: null, sources: [] }));

/** The one place where screens offer their commands and the palette finds them. */
export const commandCenter = {
  get: store.getState,
  openPalette: () => store.setState({ open: 'palette', from: document.activeElement }),
  openSettings: () => store.setState({ open: 'settings', from: document.activeElement }),
  close: () => store.setState({ open: null }),
  /** What the keyboard came from is gone: it goes back to this instead. */
  comeBackTo: (from: Element | null) => store.setState({ from }),
  /** Closes and gives the keyboard back. */
  goBack: () => {
    const { from } = store.getState();
    flushSync(() => store.setState({ open: null }));
    if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
  },
  /** Returns the function that takes the commands away again. */
  offer: (source: CommandSource): (() => void) => {
    store.setState(({ sources }) => ({ sources: [...sources, source] }));
    return () => store.setState(({ sources }) => ({ sources: sources.filter((one) => one !== source) }));
  },
  /** Later screens first: what lies on top is what is meant. */
  list: (): PaletteCommand[] => {
    const { sources, from } = store.getState();
    return [...sources].reverse().flatMap((source) => [...source(from)]);
  },
};

export const useOpenDialog = (): Center['open'] => useStore(store, ({ open }) => open);
