/** A key as it is written in code: parts joined by `+`, `mod` for Ctrl on a PC and Command on a Mac. */
export type KeyCombination = string;

export const isMac = (): boolean =>
  typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.platform || navigator.userAgent);

const pcNames: Record<string, string> = { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };
const macNames: Record<string, string> = { mod: '⌘', shift: '⇧', alt: '⌥' };
const symbols: Record<string, string> = {
  enter: '↵',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  delete: 'Del',
  esc: 'Esc',
  tab: 'Tab',
  space: 'Space',
};
const spoken: Record<string, string> = {
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'Page Up',
  pagedown: 'Page Down',
  home: 'Home',
  end: 'End',
  delete: 'Delete',
  esc: 'Escape',
  tab: 'Tab',
  space: 'Space',
};

/** What stands on the keys of this machine, in order: `mod+enter` is Ctrl ↵ or ⌘ ↵. */
export function keyLabels(combination: KeyCombination, mac = isMac()): string[] {
  const names = mac ? macNames : pcNames;
  return combination.split('+').map((part) => names[part] ?? symbols[part] ?? part.toUpperCase());
}

/** The same in words a screen reader speaks well. */
export function spokenKeys(combination: KeyCombination, mac = isMac()): string {
  const modifiers: Record<string, string> = { mod: mac ? 'Command' : 'Control', shift: 'Shift', alt: 'Alt' };
  return combination
    .split('+')
    .map((part) => modifiers[part] ?? spoken[part] ?? part.toUpperCase())
    .join(' ');
}

/** The value for aria-keyshortcuts. */
export function ariaKeys(combination: KeyCombination, mac = isMac()): string {
  const modifiers: Record<string, string> = { mod: mac ? 'Meta' : 'Control', shift: 'Shift', alt: 'Alt' };
  return combination
    .split('+')
    .map((part) => modifiers[part] ?? spoken[part]?.replace(' ', '') ?? part.toUpperCase())
    .join('+');
}
