/** Everything the keyboard can ask the annotate screen to do. */
export type ShortcutId =
  | 'submit'
  | 'back'
  | 'skip'
  | 'undo'
  | 'redo'
  | 'preference'
  | 'prefer'
  | 'both'
  | 'refusal'
  | 'why'
  | 'flag'
  | 'flag-text'
  | 'confidence'
  | 'correct'
  | 'diff'
  | 'palette'
  | 'settings'
  | 'time'
  | 'rate'
  | 'guidelines'
  | 'sheet'
  | 'search'
  | 'context'
  | 'link'
  | 'page-down'
  | 'page-up'
  | 'a-down'
  | 'b-down'
  | 'a-up'
  | 'b-up';

export type Shortcut = {
  /** Null: the control itself handles it; listed for the sheet. */
  id: ShortcutId | null;
  keys: readonly string[];
  label: string;
  group: 'Rate' | 'Judge' | 'Read' | 'Go on';
  /** Single letters and digits act only outside text fields; the others act everywhere. */
  inText: boolean;
};

/** The one table behind the key handler and the sheet. No single key here destroys anything. */
export const shortcuts: readonly Shortcut[] = [
  {
    id: 'rate',
    keys: ['1', '…', '7'],
    label: 'Rate, and go on to the next slider',
    group: 'Rate',
    inText: false,
  },
  {
    id: null,
    keys: ['left', 'right'],
    label: 'Nudge the slider; Home and End for its ends',
    group: 'Rate',
    inText: false,
  },
  { id: null, keys: ['up', 'down'], label: 'Dimension above or below', group: 'Rate', inText: false },
  {
    id: null,
    keys: ['shift+left', 'shift+right'],
    label: 'Between A and B; so does Tab',
    group: 'Rate',
    inText: false,
  },
  { id: 'preference', keys: ['p'], label: 'Preference, then 1 to 7', group: 'Judge', inText: false },
  {
    id: 'prefer',
    keys: ['shift+1', '…', 'shift+7'],
    label: 'Prefer, from anywhere',
    group: 'Judge',
    inText: false,
  },
  { id: 'both', keys: ['u'], label: 'Both unacceptable, on or off', group: 'Judge', inText: false },
  { id: 'refusal', keys: ['r'], label: 'Refusal verdict of A; again for B', group: 'Judge', inText: false },
  { id: 'why', keys: ['w'], label: 'Why: evidence, alternatives, conclusion', group: 'Judge', inText: false },
  { id: 'flag', keys: ['f'], label: 'Flag this case', group: 'Judge', inText: false },
  { id: 'flag-text', keys: ['x'], label: 'Mark a passage as unsafe', group: 'Judge', inText: false },
  { id: 'confidence', keys: ['i'], label: 'How sure you are, then 1 to 3', group: 'Judge', inText: false },
  { id: 'correct', keys: ['e'], label: 'Write the corrected answer', group: 'Judge', inText: false },
  { id: 'page-down', keys: ['pagedown'], label: 'Both answers one page down', group: 'Read', inText: true },
  { id: 'page-up', keys: ['pageup'], label: 'Both answers one page up', group: 'Read', inText: true },
  { id: 'a-down', keys: ['['], label: 'Answer A down; with Shift up', group: 'Read', inText: false },
  { id: 'b-down', keys: [']'], label: 'Answer B down; with Shift up', group: 'Read', inText: false },
  {
    id: 'link',
    keys: ['l'],
    label: 'Scroll both answers together, or each alone',
    group: 'Read',
    inText: false,
  },
  { id: 'diff', keys: ['d'], label: 'Show which words differ', group: 'Read', inText: false },
  { id: 'search', keys: ['/'], label: 'Find in the context and the answers', group: 'Read', inText: false },
  { id: 'context', keys: ['c'], label: 'Fold or open the context', group: 'Read', inText: false },
  { id: 'guidelines', keys: ['g'], label: 'Guidelines', group: 'Read', inText: false },
  { id: 'submit', keys: ['mod+enter'], label: 'Submit and next', group: 'Go on', inText: true },
  { id: 'back', keys: ['b'], label: 'Back to the case before', group: 'Go on', inText: false },
  { id: 'skip', keys: ['s'], label: 'Skip, with a reason', group: 'Go on', inText: false },
  { id: 'undo', keys: ['mod+z'], label: 'Undo', group: 'Go on', inText: true },
  { id: 'redo', keys: ['mod+shift+z'], label: 'Redo', group: 'Go on', inText: true },
  { id: 'palette', keys: ['mod+k'], label: 'All commands', group: 'Go on', inText: true },
  { id: 'time', keys: ['t'], label: 'Time on this case', group: 'Go on', inText: false },
  {
    id: 'settings',
    keys: ['mod+,'],
    label: 'Settings: text size, density, keys',
    group: 'Go on',
    inText: true,
  },
  { id: 'sheet', keys: ['?'], label: 'This sheet', group: 'Go on', inText: false },
];

export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & {
  getModifierState?: (key: string) => boolean;
};

export type Asked = { id: ShortcutId; digit: number | null };

/**
 * What a key press asks for, or null. Digits are read from the number row's place, not from what the layout
 * prints there, because some layouts print digits only with Shift.
 */
export function askedBy(event: Pressed, inText: boolean): Asked | null {
  const typedByAltGr = event.getModifierState?.('AltGraph') ?? false;
  const mod = (event.ctrlKey || event.metaKey) && !typedByAltGr;
  if (event.altKey && !typedByAltGr) return null;
  const found = mod ? askedWithModifier(event) : (askedByDigit(event) ?? askedByKey(event));
  if (!found || !inText) return found;
  return shortcuts.some(({ id, inText: everywhere }) => id === found.id && everywhere) ? found : null;
}

function askedWithModifier({ key, shiftKey }: Pressed): Asked | null {
  if (key === 'Enter') return { id: 'submit', digit: null };
  if (key.toLowerCase() === 'z') return { id: shiftKey ? 'redo' : 'undo', digit: null };
  return key.toLowerCase() === 'y' ? { id: 'redo', digit: null } : null;
}

function askedByDigit({ key, code, shiftKey }: Pressed): Asked | null {
  const row = /^Digit(\d)$/.exec(code)?.[1];
  if (row !== undefined && shiftKey)
    return Number(row) <= 7 && row !== '0' ? { id: 'prefer', digit: Number(row) } : null;
  const digit = row ?? /^Numpad(\d)$/.exec(code)?.[1] ?? /^(\d)$/.exec(key)?.[1];
  return digit === undefined ? null : { id: 'rate', digit: Number(digit) };
}

const keyAliases: Record<string, ShortcutId> = {
  PageDown: 'page-down',
  PageUp: 'page-up',
  '{': 'a-up',
  '}': 'b-up',
};

function askedByKey({ key }: Pressed): Asked | null {
  const alias = keyAliases[key];
  if (alias) return { id: alias, digit: null };
  const found = shortcuts.find(
    ({ id, keys }) => id !== null && keys.length === 1 && keys[0] === key.toLowerCase(),
  );
  return found?.id ? { id: found.id, digit: null } : null;
}

/** True where single letters are text, not commands. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}
