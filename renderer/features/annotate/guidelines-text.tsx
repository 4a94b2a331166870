import { memo, useMemo } from 'react';
import { Markdown } from '../../ui/markdown.tsx';
import { changedWords, type GuidelinesPart, guidelinesChanges, plain } from './guidelines-changes.ts';
import classes from './guidelines-text.module.css';

type Props = {
  markdown: string;
  /** The text the changes are marked against; null: none are marked. */
  before: string | null;
  onAddress: (address: string) => void;
};

/** Guidelines as they read now, with what changed marked in its place and what is gone listed where it stood. */
export const GuidelinesText = memo(function GuidelinesText({ markdown, before, onAddress }: Props) {
  const parts = useMemo<GuidelinesPart[]>(
    () => (before === null ? [{ kind: 'same', text: markdown }] : guidelinesChanges(before, markdown)),
    [markdown, before],
  );
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of two versions never change their order
    <Part key={`${part.kind}-${index}-${part.text.slice(0, 40)}`} part={part} onAddress={onAddress} />
  ));
});

const marks = { added: 'New', changed: 'Changed', removed: 'Removed' } as const;

function Part({ part, onAddress }: { part: GuidelinesPart; onAddress: Props['onAddress'] }) {
  if (part.kind === 'same')
    return (
      <div className={classes.part}>
        <Markdown source={part.text} onAddress={onAddress} size="small" />
      </div>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would announce form controls, and there are none
    <div
      className={classes.change}
      data-change={part.kind}
      role="group"
      aria-label={marks[part.kind]}
      tabIndex={-1}
    >
      <span className={classes.mark} aria-hidden="true">
        {marks[part.kind]}
      </span>
      {part.kind === 'removed' ? (
        <del className={classes.removed}>{plain(part.text)}</del>
      ) : (
        <Markdown source={part.text} onAddress={onAddress} size="small" />
      )}
      {part.kind === 'changed' ? <Words before={part.before} now={part.text} /> : null}
    </div>
  );
}

/** Word by word what went and what came, below the stretch as it reads now. */
function Words({ before, now }: { before: string; now: string }) {
  const words = useMemo(() => changedWords(before, now), [before, now]);
  return (
    <p className={classes.words}>
      <span className={classes.was}>Word by word: </span>
      {words.map(({ kind, text }, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of one change never change their order
        if (kind === 'same') return <span key={index}>{text}</span>;
        const Tag = kind === 'added' ? 'ins' : 'del';
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        return <Tag key={index}>{text}</Tag>;
      })}
    </p>
  );
}
