import { memo, startTransition, useEffect, useMemo, useState } from 'react';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './markdown.module.css';
import { type AddressHandler, inertComponents } from './markdown-components.tsx';
import { isKnotted, limitedDepth } from './markdown-depth.ts';
import { AsWritten, MarkdownGuard } from './markdown-guard.tsx';
import {
  bareElements,
  footnotesInPlace,
  markedUnseen,
  plainWords,
  wordedLineBreaks,
} from './markdown-plugins.ts';
import { preparedSource, shallowestHeading, stretches } from './markdown-source.ts';

type Props = {
  source: string;
  /** Called with the address of a link or image that was asked for; without it addresses only show. */
  onAddress?: AddressHandler | undefined;
  /** The level the text's highest heading gets. */
  headingLevel?: 2 | 3 | 4;
  /** `small` for side panels. */
  size?: 'reading' | 'small';
};

/** How many stretches are laid out before the first paint; the rest follows without blocking. */
const firstStretches = 2;

/**
 * Shows untrusted Markdown without letting it act: no HTML, no image is ever fetched, a link is a button
 * that only tells its address. Long texts are cut into stretches that render one by one.
 */
export const Markdown = memo(function Markdown({
  source,
  onAddress,
  headingLevel = 3,
  size = 'reading',
}: Props) {
  const parts = useMemo(() => stretches(preparedSource(source)), [source]);
  const shift = useMemo(() => headingLevel - shallowestHeading(source), [source, headingLevel]);
  // The text that may be laid out whole: set after its first stretches are painted, in a transition.
  const [whole, setWhole] = useState<string | null>(null);
  const { length } = parts;
  useEffect(() => {
    if (length > firstStretches) startTransition(() => setWhole(source));
  }, [source, length]);
  const count = whole === source ? length : firstStretches;
  return (
    <div className={classes.markdown} data-size={size} data-markdown>
      {parts.slice(0, count).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of one text never change their order
        <Stretch key={index} source={part} shift={shift} onAddress={onAddress} alone={length === 1} />
      ))}
    </div>
  );
});

type StretchProps = { source: string; shift: number; onAddress: AddressHandler | undefined; alone: boolean };

const remarkPlugins = [plainWords, remarkGfm, limitedDepth, footnotesInPlace, wordedLineBreaks];
const rehypePlugins = [bareElements, markedUnseen];
/** What turns a text into its tree, for whoever needs the places of its words. */
export const markdownPlugins = { remarkPlugins, rehypePlugins };
const sameAddress = (address: string) => address;

const Stretch = memo(function Stretch({ source, shift, onAddress, alone }: StretchProps) {
  const components = useMemo(() => inertComponents(onAddress, shift), [onAddress, shift]);
  const text = isKnotted(source) ? (
    <AsWritten source={source} />
  ) : (
    <MarkdownGuard source={source}>
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={rehypePlugins}
        components={components}
        urlTransform={sameAddress}
      >
        {source}
      </ReactMarkdown>
    </MarkdownGuard>
  );
  if (alone) return text;
  const height = Math.round(source.length * 0.42);
  return (
    <div className={classes.stretch} data-stretch style={{ containIntrinsicBlockSize: `auto ${height}px` }}>
      {text}
    </div>
  );
});
