import { memo, useMemo } from 'react';
import { harmlessText } from '../../ui/markdown-source.ts';
import classes from './context-panel.module.css';

/** Raw context, such as a visit's transcript: its own line breaks, each paragraph with its own direction. */
export const ContextText = memo(function ContextText({ text }: { text: string }) {
  const paragraphs = useMemo(() => harmlessText(text).split(/\n{2,}|\n(?=\[\w+\])/), [text]);
  return paragraphs.map((paragraph, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the paragraphs of one text never change their order
    <p key={index} className={classes.raw} dir="auto">
      <Speaker words={speaker.exec(paragraph)?.[0] ?? ''} />
      {paragraph.replace(speaker, '')}
    </p>
  ));
});

/** A transcript's line begins with who speaks: `[doctor]`. */
const speaker = /^\[\w+\]/;

const Speaker = ({ words }: { words: string }) =>
  words === '' ? null : <b className={classes.speaker}>{words}</b>;
