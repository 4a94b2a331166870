import type { KeyCombination } from '../../ui/key-names.ts';
import { actsInText, combinationOf, type Pressed } from '../../ui/key-press.ts';
import { type ChosenKeys, commandOf, type KeyLine, type KeyMap, keyMap } from '../../ui/key-table.ts';

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
  | 'next-difference'
  | 'previous-difference'
  | 'palette'
  | 'settings'
  | 'lock'
  | 'time'
  | 'rate'
  | 'guidelines'
  | 'experts'
  | 'versions'
  | 'sheet'
  | 'search'
  | 'context'
  | 'context-place'
  | 'question'
  | 'next-part'
  | 'previous-part'
  | 'link'
  | 'page-down'
  | 'page-up'
  | 'a-down'
  | 'b-down'
  | 'a-up'
  | 'b-up';

export type Shortcut = KeyLine & { id: ShortcutId | null; group: 'Rate' | 'Judge' | 'Read' | 'Go on' };

const digits = 'The digits rate, prefer and choose; they stay where they are';
const ofSlider = 'The arrows belong to the slider in focus';

/** The one table behind keys, palette, sheet and settings. No single key here destroys anything. */
export const shortcuts: readonly Shortcut[] = [
  {
    id: 'rate',
    keys: ['1', '…', '7'],
    label: 'Rate, and go on to the next slider; two digits on 0 to 100',
    group: 'Rate',
    fixed: digits,
  },
  {
    id: null,
    keys: ['left', 'right'],
    label: 'Nudge the slider; Home and End for its ends',
    group: 'Rate',
    fixed: ofSlider,
  },
  {
    id: null,
    keys: ['shift+pageup', 'shift+pagedown'],
    label: 'Ten up or down, on 0 to 100',
    group: 'Rate',
    fixed: 'These keys belong to the slider in focus',
  },
  { id: null, keys: ['delete'], label: 'Take the rating back', group: 'Rate', fixed: ofSlider },
  { id: null, keys: ['up', 'down'], label: 'Dimension above or below', group: 'Rate', fixed: ofSlider },
  {
    id: null,
    keys: ['shift+left', 'shift+right'],
    label: 'Between A and B; so does Tab',
    group: 'Rate',
    fixed: ofSlider,
  },
  { id: 'preference', keys: ['p'], label: 'Preference, then 1 to 7', group: 'Judge' },
  {
    id: 'prefer',
    keys: ['shift+1', '…', 'shift+7'],
    label: 'Prefer, from anywhere',
    group: 'Judge',
    fixed: digits,
  },
  { id: 'both', keys: ['u'], label: 'Both unacceptable, on or off', group: 'Judge' },
  { id: 'refusal', keys: ['r'], label: 'Refusal verdict of A; again for B', group: 'Judge' },
  { id: 'why', keys: ['w'], label: 'Why: evidence, alternatives, conclusion', group: 'Judge' },
  { id: 'flag', keys: ['f'], label: 'Flag this case', group: 'Judge' },
  { id: 'flag-text', keys: ['x'], label: 'Mark a passage as unsafe', group: 'Judge' },
  { id: 'confidence', keys: ['i'], label: 'How sure you are, then 1 to 3', group: 'Judge' },
  { id: 'correct', keys: ['e'], label: 'Write the corrected answer', group: 'Judge' },
  { id: 'page-down', keys: ['pagedown'], label: 'Both answers one page down', group: 'Read' },
  { id: 'page-up', keys: ['pageup'], label: 'Both answers one page up', group: 'Read' },
  { id: 'a-down', keys: ['['], label: 'Answer A down', group: 'Read' },
  { id: 'a-up', keys: ['{'], label: 'Answer A up', group: 'Read' },
  { id: 'b-down', keys: [']'], label: 'Answer B down', group: 'Read' },
  { id: 'b-up', keys: ['}'], label: 'Answer B up', group: 'Read' },
  { id: 'link', keys: ['l'], label: 'Scroll both answers together, or each alone', group: 'Read' },
  { id: 'diff', keys: ['d'], label: 'Show which words differ', group: 'Read' },
  { id: 'next-difference', keys: ['n'], label: 'Next difference', group: 'Read' },
  { id: 'previous-difference', keys: ['shift+n'], label: 'Difference before', group: 'Read' },
  { id: 'search', keys: ['/'], label: 'Find in the context and the answers', group: 'Read' },
  { id: 'context', keys: ['c'], label: 'Fold or open the context', group: 'Read' },
  { id: 'context-place', keys: ['shift+c'], label: 'Context at the side, or above', group: 'Read' },
  { id: 'question', keys: ['q'], label: 'Back to the question', group: 'Read' },
  { id: 'next-part', keys: ['j'], label: 'Next part of the context', group: 'Read' },
  { id: 'previous-part', keys: ['k'], label: 'Part of the context before', group: 'Read' },
  { id: 'guidelines', keys: ['g'], label: 'Guidelines', group: 'Read' },
  { id: 'experts', keys: ['y'], label: 'What experts said, or back to your answers', group: 'Read' },
  {
    id: 'versions',
    keys: ['v'],
    label: 'Your answers of each laptop side by side, or back',
    group: 'Judge',
  },
  { id: 'submit', keys: ['mod+enter'], label: 'Submit and next', group: 'Go on', needsModifier: true },
  { id: 'back', keys: ['b'], label: 'Back to the case before', group: 'Go on' },
  { id: 'skip', keys: ['s'], label: 'Skip, with a reason', group: 'Go on' },
  { id: 'undo', keys: ['mod+z'], label: 'Undo', group: 'Go on', needsModifier: true },
  {
    id: 'redo',
    keys: ['mod+shift+z'],
    also: 'mod+y',
    label: 'Redo',
    group: 'Go on',
    needsModifier: true,
  },
  { id: 'palette', keys: ['mod+k'], label: 'All commands', group: 'Go on' },
  { id: 'time', keys: ['t'], label: 'Time on this case', group: 'Go on' },
  { id: 'settings', keys: ['mod+,'], label: 'Settings: text size, density, keys', group: 'Go on' },
  { id: 'lock', keys: ['mod+.'], label: 'Lock now', group: 'Go on', needsModifier: true },
  { id: 'sheet', keys: ['?'], label: 'All keys', group: 'Go on' },
];

export const shortcutGroups = [
  'Rate',
  'Judge',
  'Read',
  'Go on',
] as const satisfies readonly Shortcut['group'][];

let last: { chosen: ChosenKeys; map: KeyMap } | null = null;

/** The keys in force; the same map for the same choice. */
export function keysInForce(chosen: ChosenKeys): KeyMap {
  if (last?.chosen !== chosen) last = { chosen, map: keyMap(shortcuts, chosen) };
  return last.map;
}

export type Asked = { id: ShortcutId; digit: number | null };

/** What a key press asks for, or null. Keys that are text ask for nothing while someone writes. */
export function askedBy(
  event: Pressed,
  inText: boolean,
  chosen: ChosenKeys = {},
  mac?: boolean,
): Asked | null {
  const keys = combinationOf(event, mac);
  if (keys === null || (inText && !actsInText(keys))) return null;
  const digit = /^(shift\+)?(\d)$/.exec(keys);
  if (digit) return byDigit(Number(digit[2]), digit[1] !== undefined);
  return byKeys(keys, chosen);
}

function byDigit(digit: number, shift: boolean): Asked | null {
  if (!shift) return { id: 'rate', digit };
  return digit >= 1 && digit <= 7 ? { id: 'prefer', digit } : null;
}

function byKeys(keys: KeyCombination, chosen: ChosenKeys): Asked | null {
  const id = commandOf(shortcuts, keysInForce(chosen), keys);
  const found = shortcuts.find((shortcut) => shortcut.id === id);
  return found?.id ? { id: found.id, digit: null } : null;
}
