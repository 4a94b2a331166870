import { describe, expect, it } from 'vitest';
import { askedBy, type Pressed, shortcuts } from './shortcuts.ts';

const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: /^\d$/.test(key) ? `Digit${key}` : '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('the shortcut table', () => {
  it('finds each of its single keys', () => {
    const single = shortcuts.filter(
      ({ id, keys }) => id !== null && keys.length === 1 && !keys[0]?.includes('+'),
    );
    for (const { id, keys, inText } of single) {
      if (inText) continue;
      expect(askedBy(press(keys[0] ?? ''), false)?.id).toBe(id);
      expect(askedBy(press(keys[0] ?? ''), true)).toBeNull();
    }
  });

  it('names no key twice', () => {
    const keys = shortcuts.flatMap((shortcut) => shortcut.keys).filter((key) => key !== '…');
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('submits and undoes from text fields too', () => {
    expect(askedBy(press('Enter', { ctrlKey: true }), true)).toEqual({ id: 'submit', digit: null });
    expect(askedBy(press('Enter', { metaKey: true }), true)).toEqual({ id: 'submit', digit: null });
    expect(askedBy(press('z', { ctrlKey: true }), true)?.id).toBe('undo');
    expect(askedBy(press('Z', { ctrlKey: true, shiftKey: true }), true)?.id).toBe('redo');
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
    for (const key of ['r', 'w', 's', 'f', 'p', 'c', 'l'])
      expect(askedBy(press(key, { ctrlKey: true }), false)).toBeNull();
    expect(askedBy(press('b', { altKey: true }), false)).toBeNull();
  });

  it('accepts a bracket that needs AltGr', () => {
    const pressed = press('[', {
      ctrlKey: true,
      altKey: true,
      getModifierState: (key) => key === 'AltGraph',
    });
    expect(askedBy(pressed, false)?.id).toBe('a-down');
  });
});
