import { useSyncExternalStore } from 'react';

/** Below this width a chart beside two answers leaves none of them room; also 200 % zoom at 1280. */
const narrow = () => window.matchMedia('(max-width: 899px)');

const subscribe = (onChange: () => void) => {
  const query = narrow();
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
};

export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow().matches);
