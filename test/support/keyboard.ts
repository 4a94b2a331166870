import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where the keyboard is, and whether that can be seen. */
export type Stop = { where: string; lost: boolean; outlined: boolean };

/** Keys pressed so far: a chord counts each key that is held or struck; characters of free text are told apart. */
export type Pressed = { keys: number; characters: number };

export type TestKeyboard = {
  press: (...keys: string[]) => Promise<void>;
  /** Types free text; only its end is a stop. */
  write: (text: string) => Promise<void>;
  pressed: () => Pressed;
  /** Waits until the keyboard is at a stop of these words: for what comes by itself, such as a page. */
  untilAt: (words: RegExp) => Promise<void>;
  /** All stops so far. */
  stops: string[];
  /** Every stop where the keyboard was lost or nobody could see where it is. */
  faults: string[];
};

/** Reads the stop after everything that a key press sets off has been painted. */
const stopNow = (page: Page): Promise<Stop> =>
  page.evaluate(async () => {
    await new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
    const at = document.activeElement;
    const where = at
      ? [
          at.tagName.toLowerCase(),
          at.getAttribute('role') ?? '',
          at.getAttribute('aria-label') ?? at.textContent?.slice(0, 60) ?? '',
        ].join(' ')
      : 'nothing';
    const lost = at === null || at === document.body || at === document.documentElement;
    const style = at ? getComputedStyle(at) : null;
    const width = style && style.outlineStyle !== 'none' ? Number.parseFloat(style.outlineWidth) : 0;
    const seen = style ? !/^rgba\(.*, 0\)$|^transparent$/.test(style.outlineColor) : false;
    const box = at?.getBoundingClientRect();
    const inWindow =
      box !== undefined &&
      box.width > 0 &&
      box.bottom > 0 &&
      box.right > 0 &&
      box.top < innerHeight &&
      box.left < innerWidth;
    return { where, lost, outlined: width >= 1 && seen && inWindow };
  });

/** A keyboard and nothing else: it counts what is pressed and looks at every stop it comes to. */
export function takeKeyboard(page: Page): TestKeyboard {
  const pressed: Pressed = { keys: 0, characters: 0 };
  const faults: string[] = [];
  const stops: string[] = [];
  const look = async (after: string) => {
    const { where, lost, outlined } = await stopNow(page);
    stops.push(where);
    if (lost) faults.push(`after ${after}: the keyboard is nowhere`);
    else if (!outlined) faults.push(`after ${after}: no outline at ${where}`);
  };
  return {
    async press(...keys) {
      for (const key of keys) {
        await page.keyboard.press(key);
        pressed.keys += key.split('+').length;
        await look(key);
      }
    },
    async write(text) {
      await page.keyboard.type(text);
      pressed.keys += text.length;
      pressed.characters += text.length;
      await look(`writing "${text.slice(0, 20)}"`);
    },
    pressed: () => ({ ...pressed }),
    async untilAt(words) {
      await expect.poll(async () => (await stopNow(page)).where).toMatch(words);
    },
    stops,
    faults,
  };
}
