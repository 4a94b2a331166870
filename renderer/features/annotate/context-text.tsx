import { memo, useMemo } from 'react';
import { harmlessText } from '../../ui/markdown-source.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { type ContextBlock, contextBlocks } from './context-blocks.ts';
import classes from './context-text.module.css';

/** Raw context, such as a visit's transcript: its own line breaks, each stretch with its own direction. */
export const ContextText = memo(function ContextText({ text }: { text: string }) {
  const blocks = useMemo(() => contextBlocks(harmlessText(text)), [text]);
  return (
    <div className={classes.text}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change their order
        <Block key={index} block={block} />
      ))}
    </div>
  );
});

function Block({ block }: { block: ContextBlock }) {
  switch (block.kind) {
    case 'heading':
      return (
        <h4 className={classes.heading} dir="auto">
          {block.text}
        </h4>
      );
    case 'table':
      return (
        <ScrollRegion className={classes.table} aria-label="Table in plain text">
          <pre>{block.text}</pre>
        </ScrollRegion>
      );
    case 'turn':
      return (
        <p className={classes.turn} data-voice={block.voice % 2} dir="auto">
          <b className={classes.speaker}>{nameOf(block.speaker)}:</b> {block.text}
        </p>
      );
    case 'paragraph':
      return (
        <p className={classes.paragraph} dir="auto">
          {block.label === '' ? null : <b>{block.label}</b>}
          {block.text}
        </p>
      );
  }
}

/** `patient_guest` as a name: `Patient guest`. */
const nameOf = (speaker: string) => speaker.charAt(0).toUpperCase() + speaker.slice(1).replaceAll('_', ' ');
