import { isMac, type KeyCombination } from './key-names.ts';

export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & {
  isComposing?: boolean;
  getModifierState?: (key: string) => boolean;
};

const named: Record<string, string> = {
  Enter: 'enter',
  Tab: 'tab',
  Escape: 'esc',
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  PageUp: 'pageup',
  PageDown: 'pagedown',
  Home: 'home',
  End: 'end',
  Backspace: 'backspace',
  Delete: 'delete',
  Insert: 'insert',
  ' ': 'space',
  '+': 'plus',
};

/**
 * What a key press is called in the tables, or null where it is none of ours: a dead key, a key press of an
 * input method, a modifier alone, Alt, or the other platform's command key.
 */
export function combinationOf(event: Pressed, mac = isMac()): KeyCombination | null {
  if (event.isComposing) return null;
  const typed = isTypedByThirdLevel(event, mac);
  if (!typed && (event.altKey || (mac ? event.ctrlKey : event.metaKey))) return null;
  const base = nameOfKey(event, typed);
  if (base === null) return null;
  const mod = !typed && (mac ? event.metaKey : event.ctrlKey);
  // A sign such as ? is named as it is typed: whether that takes Shift depends on the layout.
  const shift = event.shiftKey && (base.length > 1 || /^[a-z0-9]$/.test(base)) && base !== 'plus';
  return [mod ? 'mod' : null, shift ? 'shift' : null, base].filter((part) => part !== null).join('+');
}

/** AltGr reports itself as Ctrl and Alt on Windows; Option types the same signs on a Mac. */
function isTypedByThirdLevel(event: Pressed, mac: boolean): boolean {
  if (event.getModifierState?.('AltGraph')) return true;
  return mac && event.altKey && !event.metaKey && !event.ctrlKey && /^[^\sa-z0-9]$/i.test(event.key);
}

function nameOfKey({ key, code }: Pressed, typed: boolean): string | null {
  // Some layouts print digits only with Shift: the number row is known by its place.
  const row = typed ? null : /^Digit(\d)$/.exec(code)?.[1];
  if (row) return row;
  const name = named[key];
  if (name) return name;
  if (/^F\d{1,2}$/.test(key)) return key.toLowerCase();
  if ([...key].length !== 1) return null;
  if (/^[a-z0-9]$/i.test(key)) return key.toLowerCase();
  // Greek, Cyrillic, Arabic: the letter that stands in the same place on a Latin keyboard.
  const latin = /^Key([A-Z])$/.exec(code)?.[1];
  if (/\p{L}/u.test(key))
    return latin && !typed && !/\p{Script=Latin}/u.test(key) ? latin.toLowerCase() : null;
  return key;
}

/** True for keys that are no text: they act while someone writes, too. */
export const actsInText = (keys: KeyCombination): boolean =>
  /^mod\+|^(shift\+)?(f\d+|page(up|down))$/.test(keys);

/** True where single letters are text, not commands. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}
