import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import classes from './correction-editor.module.css';

type Props = { preferred: Side | null; onBegin: (from: Side | null) => void; onClose: () => void };

const starts: readonly { from: Side | null; label: string; key: string }[] = [
  { from: 'a', label: 'Start from A', key: '1' },
  { from: 'b', label: 'Start from B', key: '2' },
  { from: null, label: 'Blank page', key: '3' },
];

/** Where the corrected answer begins: one of the answers, or nothing. Nothing is recorded before something changes. */
export function CorrectionStart({ preferred, onBegin, onClose }: Props) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const index = starts.findIndex(({ from }) => from === preferred);
    row.current?.querySelectorAll('button')[index]?.focus({ preventScroll: true });
  }, [preferred]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === 'Escape') return;
    // Letters here are no commands of the screen behind.
    event.stopPropagation();
    const chosen = starts.find(({ from, key }) => key === event.key || from === event.key.toLowerCase());
    if (!chosen) return;
    event.preventDefault();
    onBegin(chosen.from);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only adds digits to the buttons inside
    <div className={classes.start} onKeyDown={onKeyDown}>
      <h3 className={classes.title}>Write the corrected answer</h3>
      <p className={classes.hint}>
        The answer as you would have given it. Your ratings stay as they are; nothing is recorded before you
        change something.
      </p>
      <div ref={row} className={classes.starts}>
        {starts.map(({ from, label, key }) => (
          <button key={key} type="button" className={classes.button} onClick={() => onBegin(from)}>
            {label} <Key keys={key} />
          </button>
        ))}
        <button
          type="button"
          className={classes.button}
          aria-keyshortcuts={ariaKeys('esc')}
          onClick={onClose}
        >
          Not now <Key keys="esc" />
        </button>
      </div>
    </div>
  );
}
