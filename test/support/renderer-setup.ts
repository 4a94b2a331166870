import '@testing-library/jest-dom/vitest';
import 'fake-indexeddb/auto';
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

// jsdom has no layout and no media queries; Mantine asks for these while it renders.
const nothing = () => {};

const mediaQuery = (query: string): MediaQueryList => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: nothing,
  removeListener: nothing,
  addEventListener: nothing,
  removeEventListener: nothing,
  dispatchEvent: () => false,
});

class StillResizeObserver implements ResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

class StillIntersectionObserver implements IntersectionObserver {
  readonly root = null;
  readonly rootMargin = '';
  readonly scrollMargin = '';
  readonly thresholds = [];
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

const define = (target: object, name: string, value: unknown) => {
  // Some names are there as a getter that gives nothing.
  if (Reflect.get(target, name) === undefined)
    Object.defineProperty(target, name, { writable: true, configurable: true, value });
};

define(window, 'matchMedia', mediaQuery);
define(window, 'ResizeObserver', StillResizeObserver);
define(window, 'IntersectionObserver', StillIntersectionObserver);
define(window.HTMLElement.prototype, 'scrollIntoView', nothing);
define(window.HTMLElement.prototype, 'scrollTo', nothing);
define(window.HTMLElement.prototype, 'setPointerCapture', nothing);
define(window.HTMLElement.prototype, 'releasePointerCapture', nothing);
define(window.HTMLElement.prototype, 'hasPointerCapture', () => false);
define(document, 'fonts', Object.assign(new EventTarget(), { ready: Promise.resolve() }));

afterEach(() => cleanup());
