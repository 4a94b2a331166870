import { describe, expect, it } from 'vitest';
import { actsInText, type Pressed } from '../../ui/key-press.ts';
import { keyMap, refusal, remappable } from '../../ui/key-table.ts';
import { askedBy, shortcuts } from './shortcuts.ts';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: /^\d$/.test(key) ? `Digit${key}` : '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const id = (pressed: Pressed, inText = false, chosen = {}, mac = false) =>
  askedBy(pressed, inText, chosen, mac)?.id ?? null;

describe('the shortcut table', () => {
  it('finds each of its single keys outside text, and none of them in it', () => {
    for (const shortcut of remappable(shortcuts)) {
      const keys = shortcut.keys[0] ?? '';
      if (actsInText(keys)) continue;
      const shiftKey = keys.startsWith('shift+');
      const key = shiftKey ? keys.slice(6).toUpperCase() : keys;
      expect(id(press(key, { shiftKey })), keys).toBe(shortcut.id);
      expect(id(press(key, { shiftKey }), true), keys).toBeNull();
    }
  });

  it('names no key twice', () => {
    const keys = shortcuts.flatMap(({ keys: usual, also }) => [...usual, also ?? '…']);
    const named = keys.filter((key) => key !== '…');
    expect(new Set(named).size).toBe(named.length);
    expect([...keyMap(shortcuts, {}).values()]).not.toContain(null);
  });

  it('has no usual key that it would refuse to anyone who chose it elsewhere', () => {
    for (const shortcut of remappable(shortcuts)) {
      if (shortcut.id === 'submit') continue; // Enter is the one key that is free only with Ctrl
      const asked = { ...shortcut, keys: [] };
      expect(refusal(asked, shortcut.keys[0] ?? '', false), shortcut.label).toBeNull();
    }
  });

  it('submits and undoes from text fields too, by Ctrl on a PC and by Command on a Mac, never by the other', () => {
    const ctrl = { ctrlKey: true };
    const command = { metaKey: true };
    for (const [mac, right, wrong] of [
      [false, ctrl, command],
      [true, command, ctrl],
    ] as const) {
      expect(id(press('Enter', right), true, {}, mac)).toBe('submit');
      expect(id(press('z', right), true, {}, mac)).toBe('undo');
      expect(id(press('Z', { ...right, shiftKey: true }), true, {}, mac)).toBe('redo');
      expect(id(press('y', right), true, {}, mac)).toBe('redo');
      expect(id(press('Enter', wrong), true, {}, mac)).toBeNull();
      expect(id(press('z', wrong), true, {}, mac)).toBeNull();
      expect(id(press('z', { ctrlKey: true, metaKey: true }), true, {}, mac)).toBeNull();
    }
  });

  it('takes digits from the number row, whatever the layout prints there', () => {
    expect(askedBy(press('é', { code: 'Digit2' }), false)).toEqual({ id: 'rate', digit: 2 });
    expect(askedBy(press('2', { code: 'Digit2', shiftKey: true }), false)).toEqual({
      id: 'prefer',
      digit: 2,
    });
    expect(askedBy(press('9', { code: 'Digit9', shiftKey: true }), false)).toBeNull();
    expect(askedBy(press('4', { code: 'Numpad4' }), false)).toEqual({ id: 'rate', digit: 4 });
  });

  it('leaves the keys of browser and system alone', () => {
    for (const key of ['r', 'w', 's', 'f', 'p', 'c', 'l', 't', 'n'])
      expect(id(press(key, { ctrlKey: true })), key).toBeNull();
    expect(id(press('b', { altKey: true }))).toBeNull();
  });
});

describe('chosen keys', () => {
  it('replace the usual ones, the second usual one too', () => {
    const chosen = { guidelines: 'h', redo: 'mod+e' };
    expect(id(press('h'), false, chosen)).toBe('guidelines');
    expect(id(press('g'), false, chosen)).toBeNull();
    expect(id(press('e', { ctrlKey: true }), true, chosen)).toBe('redo');
    expect(id(press('y', { ctrlKey: true }), true, chosen)).toBeNull();
  });

  it('that collide with a usual key leave the other command without one, never with two meanings', () => {
    const chosen = { guidelines: 'b' };
    expect(id(press('b'), false, chosen)).toBe('guidelines');
    expect(keyMap(shortcuts, chosen).get('back')).toBeNull();
  });

  it('that are not allowed, or belong to nothing, are passed over', () => {
    const chosen = { submit: 'o', rate: 'a', nothing: 'h', back: 'tab', constructor: 'z' };
    expect(id(press('o'), false, chosen)).toBeNull();
    expect(id(press('Enter', { ctrlKey: true }), false, chosen)).toBe('submit');
    expect(id(press('b'), false, chosen)).toBe('back');
    expect(id(press('a'), false, chosen)).toBeNull();
    expect(id(press('h'), false, chosen)).toBeNull();
  });
});
