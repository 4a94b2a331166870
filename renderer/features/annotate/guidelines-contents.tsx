import type { RefObject } from 'react';
import { useEffect, useState } from 'react';
import classes from './guidelines-drawer.module.css';

export type Heading = { text: string; depth: number; element: HTMLElement };

/** The headings of the text below an element, followed while it is laid out and when it changes. */
export function useHeadings(text: RefObject<HTMLElement | null>, revision: string): readonly Heading[] {
  const [headings, setHeadings] = useState<readonly Heading[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is another text element
  useEffect(() => {
    const root = text.current?.querySelector<HTMLElement>('[data-guidelines-text]');
    if (!root) return setHeadings([]);
    const read = () => setHeadings((before) => keptWhenSame(before, headingsOf(root)));
    read();
    // A long text is laid out in stretches, one after another.
    const watch = new MutationObserver(read);
    watch.observe(root, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [text, revision]);
  return headings;
}

export const headingsOf = (root: HTMLElement): Heading[] =>
  [...root.querySelectorAll<HTMLElement>('h2, h3, h4, h5, h6')].map((element) => ({
    text: element.textContent ?? '',
    depth: Number(element.tagName.slice(1)),
    element,
  }));

const keptWhenSame = (before: readonly Heading[], now: readonly Heading[]) =>
  before.length === now.length && before.every(({ element }, index) => element === now[index]?.element)
    ? before
    : now;

type Props = { headings: readonly Heading[]; onGo: (heading: Heading) => void };

/** The table of contents, from the text's own headings. */
export function GuidelinesContents({ headings, onGo }: Props) {
  const top = Math.min(...headings.map(({ depth }) => depth));
  return (
    <nav className={classes.contents} aria-label="Contents of the guidelines">
      <ul>
        {headings.map((heading, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two headings may read the same
          <li key={index} style={{ paddingInlineStart: (heading.depth - top) * 12 }}>
            <button type="button" onClick={() => onGo(heading)}>
              {heading.text}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
