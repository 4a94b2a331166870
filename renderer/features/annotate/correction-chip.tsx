import { IconPencil } from '@tabler/icons-react';
import { useMemo } from 'react';
import { countWords } from '../../ui/markdown-source.ts';
import { correctionPlace } from './annotation-edit.ts';
import classes from './case-actions.module.css';
import { useBody, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import styles from './correction-chip.module.css';

/** Opens the editor of the corrected answer, and says how long it is once there is one. */
export function CorrectionChip({ onOpen }: { onOpen: () => void }) {
  const text = useBody((body) => body.correction?.text ?? null);
  const readOnly = useCaseState((state) => state.readOnly);
  const words = useMemo(() => (text === null ? null : countWords(text)), [text]);
  return (
    <button
      type="button"
      className={`${classes.button} ${styles.chip}`}
      data-place={correctionPlace}
      data-set={words !== null || undefined}
      aria-keyshortcuts={useAriaKeys('correct')}
      title="Write the answer as it should have been given"
      disabled={readOnly}
      onClick={onOpen}
    >
      <IconPencil size={14} stroke={1.8} aria-hidden="true" />
      <span className={styles.words}>
        {words === null ? 'Corrected answer' : `Corrected answer: ${wordCount(words)}`}
      </span>
      <CommandKey of="correct" />
    </button>
  );
}

export const wordCount = (words: number) =>
  words === 1 ? '1 word' : `${words.toLocaleString('en-GB')} words`;
