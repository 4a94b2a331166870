import { memo, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { changedPieces } from './correction-changes.ts';
import classes from './correction-editor.module.css';
import type { WordDiff } from './word-diff.ts';
import { runWordDiff } from './word-diff-run.ts';

export type CorrectionView = 'alone' | 'preview' | 'changes';

type Props = { view: 'preview' | 'changes'; from: Side | null; start: string; text: string };

/** Beside the text: how it will read, or which words differ from the answer it started from. */
export const CorrectionPane = memo(function CorrectionPane({ view, from, start, text }: Props) {
  const shown = useDeferredValue(text);
  if (view === 'changes')
    return (
      <ScrollRegion className={classes.pane} aria-label="What you changed">
        <Changes from={from} start={start} text={shown} />
      </ScrollRegion>
    );
  return (
    <ScrollRegion className={classes.pane} aria-label="Preview of the corrected answer">
      {shown.trim() === '' ? (
        <p className={classes.hint}>What you write shows here as it will read.</p>
      ) : (
        <Markdown source={shown} />
      )}
    </ScrollRegion>
  );
});

function Changes({ from, start, text }: Omit<Props, 'view'>) {
  const compared = useCompared(start, text);
  const pieces = useMemo(() => {
    if (compared?.found.kind !== 'differences') return null;
    return changedPieces(compared.start, compared.text, compared.found.differences);
  }, [compared]);
  const name = from?.toUpperCase() ?? '';
  if (from === null)
    return <p className={classes.hint}>Written from a blank page: there is nothing to compare it with.</p>;
  if (!pieces) return <p className={classes.hint}>{compared ? verdict(compared.found, name) : ''}</p>;
  return (
    <p className={classes.changes} dir="auto">
      {pieces.map(({ kind, text: piece }, index) => {
        const Tag = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span';
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces are one text; none of them moves alone
        return <Tag key={index}>{piece}</Tag>;
      })}
    </p>
  );
}

function verdict(found: WordDiff, name: string): string {
  switch (found.kind) {
    case 'same':
      return `No word differs from ${name}.`;
    case 'empty':
      return 'There are no words to compare.';
    case 'gave-up':
      return 'These texts are too long to compare here. What you wrote is safe.';
    default:
      return `Too little of ${name} is left to compare word by word.`;
  }
}

type Compared = { start: string; text: string; found: WordDiff };

/** The newest comparison that is done; long texts are compared off this thread. */
function useCompared(start: string, text: string): Compared | null {
  const [compared, setCompared] = useState<Compared | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const comparing = Promise.resolve(runWordDiff({ a: start, b: text }, stop.signal));
    // Never rejects.
    void comparing.then((found) => {
      if (!stop.signal.aborted) setCompared({ start, text, found });
    });
    return () => stop.abort();
  }, [start, text]);
  return compared;
}
