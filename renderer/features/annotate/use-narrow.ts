import { useSyncExternalStore } from 'react';

/** Below this width a chart beside two answers leaves none of them room; also 200 % zoom at 1280. */
const narrowWindow = '(max-width: 899px)';
let asked: { of: typeof window.matchMedia; list: MediaQueryList } | null = null;

/** One list for all that ask: a list made anew would have the page styled and laid out for its answer. */
function narrow(): MediaQueryList {
  if (asked?.of !== window.matchMedia)
    asked = { of: window.matchMedia, list: window.matchMedia(narrowWindow) };
  return asked.list;
}

const subscribe = (onChange: () => void) => {
  const query = narrow();
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
};

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow().matches);
