import { beforeEach, describe, expect, it } from 'vitest';
import { parseLook, readLook, usualLook } from './look.ts';
import { choose, closePreferences, openPreferences, preferences, startPreferences } from './preferences.ts';

function keeper(stored: Record<string, string> = {}) {
  const kept = new Map(Object.entries(stored));
  return {
    kept,
    load: async (key: string) => kept.get(key) ?? null,
    save: async (key: string, value: string) => void kept.set(key, value),
  };
}
const root = document.documentElement;

beforeEach(() => {
  localStorage.clear();
  closePreferences();
  startPreferences();
});

describe('choices of one person', () => {
  it('hold at once on the root element, and are kept', () => {
    const at = keeper();
    return openPreferences('ann', at).then(() => {
      choose({ textSize: 125, density: 'compact', theme: 'dark', contrast: 'more', motion: 'reduce' });
      expect(root.style.getPropertyValue('--text-scale')).toBe('1.25');
      expect(root.dataset).toMatchObject({
        density: 'compact',
        mantineColorScheme: 'dark',
        contrast: 'more',
        motion: 'reduce',
      });
      expect(JSON.parse(at.kept.get('settings') ?? '{}')).toMatchObject({ textSize: 125, autoAdvance: true });
    });
  });

  it('come back as they were', async () => {
    const at = keeper();
    await openPreferences('ann', at);
    choose({ autoAdvance: false, linked: true, pace: 'hidden', keys: { guidelines: 'h' }, recent: ['undo'] });
    closePreferences();
    expect(preferences.get().keys).toEqual({});
    await openPreferences('ann', at);
    expect(preferences.get()).toMatchObject({
      autoAdvance: false,
      linked: true,
      pace: 'hidden',
      keys: { guidelines: 'h' },
      recent: ['undo'],
    });
  });

  it('write only what changed', async () => {
    const at = keeper();
    await openPreferences('ann', at);
    choose({ pace: 'hidden' });
    expect([...at.kept.keys()]).toEqual(['annotate.pace']);
  });

  it('are the usual ones where what is stored cannot be read, or cannot be reached', async () => {
    const broken = { settings: '{', 'annotate.keys': '[1]', 'annotate.pace': '', 'commands.recent': '{}' };
    await openPreferences('ann', keeper(broken));
    const usual = {
      ...usualLook,
      autoAdvance: true,
      linked: false,
      pace: 'shown',
      idleMinutes: null,
      keys: {},
      recent: [],
    };
    expect(preferences.get()).toEqual(usual);
    await openPreferences('ann', {
      load: () => Promise.reject(new Error('closed')),
      save: () => Promise.reject(new Error('closed')),
    });
    expect(preferences.get()).toEqual(usual);
    expect(() => choose({ linked: true })).not.toThrow();
  });

  it('do not pass to another person on the same laptop', async () => {
    await openPreferences('ann', keeper());
    choose({ textSize: 140, theme: 'dark' });
    closePreferences();
    await openPreferences('bob', keeper());
    expect(preferences.get()).toMatchObject({ textSize: 100, theme: 'auto' });
  });
});

describe('the look before anyone has signed in', () => {
  it('is the last one on this laptop', async () => {
    await openPreferences('ann', keeper());
    choose({ theme: 'dark', textSize: 110 });
    closePreferences();
    expect(preferences.get().theme).toBe('dark');
    startPreferences();
    expect(root.dataset.mantineColorScheme).toBe('dark');
    expect(root.style.getPropertyValue('--text-scale')).toBe('1.1');
  });

  it('takes over the scheme an earlier version kept', () => {
    localStorage.setItem('mantine-color-scheme-value', 'dark');
    expect(readLook().look.theme).toBe('dark');
  });

  it('reads each part by itself', () => {
    expect(parseLook('{"textSize":1000,"theme":"dark","density":7}')).toEqual({
      ...usualLook,
      theme: 'dark',
    });
    expect(parseLook('null')).toEqual(usualLook);
  });
});
