import { describe, expect, it } from 'vitest';
import {
  commandOf,
  holderOf,
  type KeyLine,
  keyMap,
  parseChosenKeys,
  refusal,
  swapped,
  withKeys,
} from './key-table.ts';

const open: KeyLine = { id: 'open', keys: ['o'], label: 'Open', group: 'All' };
const close: KeyLine = { id: 'close', keys: ['c'], label: 'Close', group: 'All' };
const send: KeyLine = {
  id: 'send',
  keys: ['mod+enter'],
  also: 'mod+y',
  label: 'Send',
  group: 'All',
  needsModifier: true,
};
const table = [
  open,
  close,
  send,
  { id: 'rate', keys: ['1', '…', '7'], label: 'Rate', group: 'All', fixed: 'Digits' },
];

describe('keys of commands', () => {
  it('are the usual ones until others are chosen', () => {
    expect(keyMap(table, {}).get('open')).toBe('o');
    expect(keyMap(table, { open: 'x' }).get('open')).toBe('x');
    expect(commandOf(table, keyMap(table, { open: 'x' }), 'o')).toBeNull();
    expect(commandOf(table, keyMap(table, {}), 'mod+y')).toBe('send');
  });

  it('name the command that has them already', () => {
    expect(holderOf(table, {}, 'open', 'c')?.id).toBe('close');
    expect(holderOf(table, {}, 'close', 'c')).toBeNull();
    expect(holderOf(table, { close: 'x' }, 'open', 'c')).toBeNull();
    expect(holderOf(table, {}, 'open', 'mod+y')?.id).toBe('send');
  });

  it('change places in a swap, and are forgotten when that brings the usual ones back', () => {
    const once = swapped(table, {}, 'open', 'c');
    expect(once).toEqual({ open: 'c', close: 'o' });
    expect(swapped(table, once ?? {}, 'open', 'o')).toEqual({});
  });

  it('are not swapped where the other command may not have the former ones', () => {
    expect(swapped(table, {}, 'open', 'mod+enter')).toBeNull();
  });

  it('go back to the usual ones', () => {
    expect(withKeys(table, { open: 'x', close: 'y' }, 'open', null)).toEqual({ close: 'y' });
    expect(withKeys(table, { open: 'x' }, 'open', 'o')).toEqual({});
    expect(withKeys(table, {}, 'rate', 'x')).toEqual({});
  });

  it('mean one thing each, whatever is stored', () => {
    const map = keyMap(table, { open: 'x', close: 'x', send: 'x' });
    expect([...map.values()].filter((keys) => keys === 'x')).toHaveLength(1);
    expect(map.get('close')).toBe('c');
  });
});

describe('keys that cannot be chosen', () => {
  it.each(['tab', 'esc', 'enter', 'space', 'up', 'shift+left', 'home', 'backspace', '3', 'shift+3', 'f5'])(
    '%s is refused with its reason',
    (keys) => expect(refusal(open, keys, false)).toMatch(/\w{3,}/),
  );
  it.each(['mod+w', 'mod+t', 'mod+n', 'mod+shift+t', 'mod+c', 'mod+v', 'mod+r', 'mod+0', 'mod+plus'])(
    '%s is refused: it belongs to browser, system or text',
    (keys) => expect(refusal(open, keys, false)).toMatch(/^(The browser|These keys)/),
  );
  it('refuses single keys to what a slip of the hand must not do', () => {
    expect(refusal(send, 'j', false)).toContain('Ctrl');
    expect(refusal(send, 'j', true)).toContain('Command');
    expect(refusal(send, 'mod+j', false)).not.toBeNull();
    expect(refusal(send, 'mod+b', false)).toBeNull();
    expect(refusal(send, 'mod+enter', false)).toBeNull();
  });
  it('knows the Mac’s own', () => {
    expect(refusal(open, 'mod+m', true)).not.toBeNull();
    expect(refusal(open, 'mod+m', false)).toBeNull();
  });
});

describe('stored keys', () => {
  it('are read back as they were written', () => {
    const chosen = { open: 'mod+shift+b', close: '?', send: 'mod+plus', other: 'f2' };
    expect(parseChosenKeys(JSON.stringify(chosen))).toEqual(chosen);
  });
  it.each([null, '', '{', '[]', '7', 'null', '"x"', '{"open":7,"close":"no such keys","send":"ctrl+z"}'])(
    'become the usual ones where they cannot be read: %s',
    (stored) => expect(parseChosenKeys(stored)).toEqual({}),
  );
});
