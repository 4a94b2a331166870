import { describe, expect, it } from 'vitest';
import { actsInText, combinationOf, type Pressed } from './key-press.ts';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const altGraph = { getModifierState: (key: string) => key === 'AltGraph' };

describe('the name of a key press', () => {
  it.each([
    ['a letter', press('k'), 'k'],
    ['a letter with Caps Lock', press('K'), 'k'],
    ['a letter with Shift', press('K', { shiftKey: true }), 'shift+k'],
    ['a letter with Ctrl', press('k', { ctrlKey: true }), 'mod+k'],
    ['a sign that takes Shift on this layout', press('?', { shiftKey: true }), '?'],
    ['plus, which also joins the parts', press('+', { ctrlKey: true, shiftKey: true }), 'mod+plus'],
    ['an arrow with Shift', press('ArrowLeft', { shiftKey: true }), 'shift+left'],
    ['a digit of the number row', press('é', { code: 'Digit2' }), '2'],
    ['a digit of the number pad', press('4', { code: 'Numpad4' }), '4'],
    ['the number pad as arrows', press('ArrowLeft', { code: 'Numpad4' }), 'left'],
    ['a Cyrillic letter, by its place', press('я', { code: 'KeyZ', ctrlKey: true }), 'mod+z'],
    ['a letter where another layout has it', press('z', { code: 'KeyY', ctrlKey: true }), 'mod+z'],
    ['a function key', press('F2'), 'f2'],
  ])('is found for %s', (_what, pressed, name) => {
    expect(combinationOf(pressed, false)).toBe(name);
  });

  it.each([
    ['a dead key', press('Dead', { code: 'Quote' })],
    ['what an input method is composing', press('k', { isComposing: true })],
    ['what an input method has taken', press('Process', { code: 'KeyK' })],
    ['a modifier alone', press('Shift', { shiftKey: true })],
    ['Alt, which opens menus', press('f', { altKey: true })],
    ['the Windows key', press('k', { metaKey: true })],
    ['a letter with an accent', press('ø', { code: 'Semicolon' })],
  ])('is nothing for %s', (_what, pressed) => {
    expect(combinationOf(pressed, false)).toBeNull();
  });

  it('takes AltGr as a way to type, not as Ctrl and Alt', () => {
    const pressed = { ctrlKey: true, altKey: true, ...altGraph };
    expect(combinationOf(press('[', { code: 'Digit8', ...pressed }), false)).toBe('[');
    expect(combinationOf(press('€', { code: 'KeyE', ...pressed }), false)).toBe('€');
    expect(combinationOf(press('e', { code: 'KeyE', ctrlKey: true, altKey: true }), false)).toBeNull();
  });

  it('takes Option on a Mac as a way to type signs', () => {
    expect(combinationOf(press('[', { code: 'Digit5', altKey: true }), true)).toBe('[');
    expect(combinationOf(press('[', { code: 'Digit5', altKey: true }), false)).toBeNull();
  });

  it('knows one command key per platform', () => {
    expect(combinationOf(press('z', { metaKey: true }), true)).toBe('mod+z');
    expect(combinationOf(press('z', { ctrlKey: true }), true)).toBeNull();
    expect(combinationOf(press('z', { ctrlKey: true }), false)).toBe('mod+z');
    expect(combinationOf(press('z', { metaKey: true }), false)).toBeNull();
  });
});

it('knows which keys are text', () => {
  for (const keys of ['k', 'shift+k', '?', '[', '1', 'f', 'plus']) expect(actsInText(keys), keys).toBe(false);
  for (const keys of ['mod+k', 'mod+shift+z', 'pagedown', 'f2', 'shift+f2'])
    expect(actsInText(keys), keys).toBe(true);
});
