import { isMac, type KeyCombination } from './key-names.ts';
import { actsInText } from './key-press.ts';

/** One command as the key tables know it. */
export type KeyLine = {
  /** Null: the control itself handles it. */
  id: string | null;
  /** The usual keys; several where they are a range. */
  keys: readonly KeyCombination[];
  /** A second usual key, which a chosen one replaces too. */
  also?: KeyCombination;
  label: string;
  group: string;
  /** Why these keys cannot be changed. */
  fixed?: string;
  /** A slip of the hand must not do this: it takes Ctrl or Command. */
  needsModifier?: boolean;
};

/** The keys a person chose, by the command's id; commands that keep their usual keys are not in it. */
export type ChosenKeys = Readonly<Record<string, KeyCombination>>;
/** The keys in force. Null: another command took the usual keys of this one. */
export type KeyMap = ReadonlyMap<string, KeyCombination | null>;

type Remappable = KeyLine & { id: string };
const mayChange = (line: KeyLine): line is Remappable => line.id !== null && line.fixed === undefined;
export const remappable = (table: readonly KeyLine[]): Remappable[] => table.filter(mayChange);
const usual = (line: KeyLine): KeyCombination | null => line.keys[0] ?? null;

/** Chosen keys go before usual ones, and of two equal ones the first holds: no key ever means two things. */
export function keyMap(table: readonly KeyLine[], chosen: ChosenKeys): KeyMap {
  const taken = new Set<KeyCombination>();
  const map = new Map<string, KeyCombination | null>();
  const lines = remappable(table);
  const give = ({ id }: Remappable, keys: KeyCombination | null | undefined) => {
    const free = keys !== null && keys !== undefined && !taken.has(keys);
    if (free) taken.add(keys);
    map.set(id, free ? keys : null);
  };
  for (const line of lines) {
    const keys = chosen[line.id];
    if (keys !== undefined && refusal(line, keys) === null) give(line, keys);
  }
  for (const line of lines) if (!map.get(line.id)) give(line, usual(line));
  for (const line of table) if (line.id !== null && line.fixed !== undefined) map.set(line.id, usual(line));
  return map;
}

/** The command a key press asks for, in a table whose chosen keys are known. */
export function commandOf(table: readonly KeyLine[], map: KeyMap, keys: KeyCombination): string | null {
  for (const [id, held] of map) if (held === keys) return id;
  const line = remappable(table).find(({ also }) => also === keys);
  return line && map.get(line.id) === usual(line) ? line.id : null;
}

/** The other command that has these keys now. */
export function holderOf(
  table: readonly KeyLine[],
  chosen: ChosenKeys,
  id: string,
  keys: KeyCombination,
): Remappable | null {
  const holder = commandOf(table, keyMap(table, chosen), keys);
  return remappable(table).find((line) => line.id === holder && line.id !== id) ?? null;
}

/** The choice with one more change; a command that is back at its usual keys is left out. */
export function withKeys(
  table: readonly KeyLine[],
  chosen: ChosenKeys,
  id: string,
  keys: KeyCombination | null,
): ChosenKeys {
  const line = remappable(table).find((one) => one.id === id);
  const { [id]: _before, ...others } = chosen;
  return !line || keys === null || keys === usual(line) ? others : { ...others, [id]: keys };
}

/** Gives the keys to one command and its former keys to the one that had them; null where that cannot be. */
export function swapped(
  table: readonly KeyLine[],
  chosen: ChosenKeys,
  id: string,
  keys: KeyCombination,
): ChosenKeys | null {
  const holder = holderOf(table, chosen, id, keys);
  const former = keyMap(table, chosen).get(id) ?? null;
  if (!holder || former === null || refusal(holder, former) !== null) return null;
  return withKeys(table, withKeys(table, chosen, holder.id, former), id, keys);
}

const reserved: Record<string, string> = {
  tab: 'Tab moves between controls',
  esc: 'Escape closes what is open',
  enter: 'Enter presses the control in focus',
  space: 'Space presses the control in focus',
  up: 'The arrows move the sliders and between them',
  down: 'The arrows move the sliders and between them',
  left: 'The arrows move the sliders and between them',
  right: 'The arrows move the sliders and between them',
  home: 'Home and End move the sliders to their ends',
  end: 'Home and End move the sliders to their ends',
  backspace: 'This key deletes text',
  delete: 'This key deletes text',
  insert: 'This key is for text',
};

const window_ = 'The browser or the system takes these keys for its windows';
const text = 'These keys are for copying and editing text';
const page = 'The browser takes these keys for the page';
const zoom = 'These keys zoom the page';
const reservedWithMod: Record<string, string> = {
  ...Object.fromEntries([...'wtnq'].map((key) => [key, window_])),
  ...Object.fromEntries([...'acvx'].map((key) => [key, text])),
  ...Object.fromEntries([...'rlpsfgjdhu'].map((key) => [key, page])),
  ...Object.fromEntries([...'0123456789', '-', '=', 'plus', '_'].map((key) => [key, zoom])),
};
const reservedOnMac: Record<string, string> = { m: window_, '`': window_ };
const reservedFunctionKeys: Record<string, string> = {
  f1: 'F1 is for help',
  f3: page,
  f5: page,
  f6: page,
  f7: page,
  f10: window_,
  f11: window_,
  f12: page,
};

/** Why a command cannot have these keys, in words; null when it can. */
export function refusal(line: KeyLine, keys: KeyCombination, mac = isMac()): string | null {
  const parts = keys.split('+');
  const base = parts.at(-1) ?? '';
  const mod = parts.includes('mod');
  // Submit and redo are at home on two of them.
  if (line.keys.includes(keys) || line.also === keys) return null;
  const plain = reserved[base] ?? reservedFunctionKeys[base];
  if (plain) return plain;
  if (mod) {
    const taken = reservedWithMod[base] ?? (mac ? reservedOnMac[base] : undefined);
    if (taken) return taken;
  } else {
    if (/^\d$/.test(base)) return 'The digits rate, prefer and choose';
    if (/^shift\+page(up|down)$/.test(keys)) return 'These keys move a slider by ten';
    if (line.needsModifier && !actsInText(keys))
      return `Takes ${mac ? 'Command' : 'Ctrl'} as well, so that a slip of the hand does nothing`;
  }
  return null;
}

const form = /^(mod\+)?(shift\+)?([a-z]+\d{0,2}|[^\s\p{L}])$/u;

/** Reads stored choices; whatever is unreadable is left out. */
export function parseChosenKeys(stored: string | null): ChosenKeys {
  try {
    const value: unknown = JSON.parse(stored ?? '{}');
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && form.test(entry[1]),
      ),
    );
  } catch {
    return {};
  }
}
