import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { type ChosenKeys, parseChosenKeys } from './key-table.ts';
import { keepLook, type Look, lookOf, parseLook, readLook, showLook, usualLook } from './look.ts';

export const paces = ['shown', 'hidden'] as const;

/** What a person chose about the workstation itself. */
export type Preferences = Look & {
  /** Show the next case as soon as one is submitted. */
  autoAdvance: boolean;
  /** Scroll both answers together. */
  linked: boolean;
  pace: (typeof paces)[number];
  /** Minutes without input until the work locks, where shorter than the site says; null: as the site says. */
  idleMinutes: number | null;
  keys: ChosenKeys;
  /** Commands used last in the palette, newest first. */
  recent: readonly string[];
};

const usual = {
  autoAdvance: true,
  linked: false,
  pace: 'shown',
  idleMinutes: null,
  keys: {},
  recent: [],
} as const satisfies Omit<Preferences, keyof Look>;

/** Where choices of one person are kept; each call is small and may fail without a word. */
export type PreferenceKeeper = {
  load: (key: string) => Promise<string | null>;
  save: (key: string, value: string) => Promise<void>;
};

const storedAs = {
  settings: ({ autoAdvance, ...all }: Preferences) => JSON.stringify({ ...lookOf(all), autoAdvance }),
  'annotate.keys': ({ keys }: Preferences) => JSON.stringify(keys),
  'annotate.linked': ({ linked }: Preferences) => String(linked),
  'annotate.pace': ({ pace }: Preferences) => pace,
  'lock.minutes': ({ idleMinutes }: Preferences) => String(idleMinutes),
  'commands.recent': ({ recent }: Preferences) => JSON.stringify(recent),
} as const;
type StoredKey = keyof typeof storedAs;

const store = createStore<Preferences>(() => ({ ...usual, ...usualLook }));
let keeper: { of: string; at: PreferenceKeeper } | null = null;

export const preferences = { get: store.getState, subscribe: store.subscribe };
export const usePreference = <K extends keyof Preferences>(key: K): Preferences[K] =>
  useStore(store, (state) => state[key]);

/** Puts a choice into force at once and keeps it. */
export function choose(change: Partial<Preferences>): void {
  const before = store.getState();
  store.setState(change);
  const after = store.getState();
  showLook(after);
  keepLook(after, keeper?.of ?? null);
  for (const [key, write] of Object.entries(storedAs) as [StoredKey, (all: Preferences) => string][])
    if (write(before) !== write(after))
      // A preference that cannot be kept is not worth a word: the choice still holds on this screen.
      void keeper?.at.save(key, write(after)).catch(() => undefined);
}

/** The look of the last person on this laptop, before anyone has signed in. */
export function startPreferences(): void {
  const { look } = readLook();
  store.setState({ ...usual, ...look });
  showLook(look);
  // The system's wish may change while the page is open; Mantine follows its light and dark.
  matchMedia('(prefers-contrast: more)').addEventListener('change', () => showLook(store.getState()));
}

/**
 * Reads one person's choices and keeps them from now on; settles when they are in force. Someone with none
 * stored yet starts with the usual ones, unless the look on screen is their own.
 */
export async function openPreferences(of: string, at: PreferenceKeeper | null): Promise<void> {
  const read = (key: StoredKey) => at?.load(key).catch(() => null) ?? null;
  const [settings, keys, linked, pace, minutes, recent] = await Promise.all([
    read('settings'),
    read('annotate.keys'),
    read('annotate.linked'),
    read('annotate.pace'),
    read('lock.minutes'),
    read('commands.recent'),
  ]);
  const before = readLook();
  const own = before.of === of || before.of === null ? before.look : usualLook;
  const look = settings === null ? own : parseLook(settings, own);
  keeper = at ? { of, at } : null;
  store.setState({
    ...look,
    autoAdvance: parseAutoAdvance(settings),
    linked: linked === 'true',
    pace: pace === 'hidden' ? 'hidden' : 'shown',
    idleMinutes: parseMinutes(minutes),
    keys: parseChosenKeys(keys),
    recent: parseRecent(recent),
  });
  showLook(look);
  keepLook(look, of);
}

/** After sign-out nobody's keys hold; the look stays, so that nothing flashes. */
export function closePreferences(): void {
  keeper = null;
  store.setState(usual);
}

function parseAutoAdvance(stored: string | null): boolean {
  try {
    return (JSON.parse(stored ?? '{}') as { autoAdvance?: unknown } | null)?.autoAdvance !== false;
  } catch {
    return true;
  }
}

function parseMinutes(stored: string | null): number | null {
  const minutes = Number(stored);
  return Number.isInteger(minutes) && minutes > 0 ? minutes : null;
}

function parseRecent(stored: string | null): string[] {
  try {
    const value: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
