import type { HTMLAttributes } from 'react';

type Props = Omit<HTMLAttributes<HTMLDivElement>, 'role' | 'tabIndex'> & {
  'aria-label': string;
  [data: `data-${string}`]: string | boolean | undefined;
};

/** A part that scrolls inside itself and can be reached and scrolled by the keyboard. */
export function ScrollRegion(props: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce form controls, and there are none
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop the keyboard could not scroll it
    <div {...props} role="group" tabIndex={0} />
  );
}
