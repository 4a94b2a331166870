import type { Plugin } from 'vite';

/**
 * Holds the first paint until the app's own script has run: it puts the chosen theme and text size on the root
 * element, and nothing is shown before it in any case.
 */
export function firstPaintPlugin(): Plugin {
  return {
    name: 'first-paint',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}
