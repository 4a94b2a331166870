import { Modal } from '@mantine/core';
import { Key } from './key.tsx';
import type { KeyCombination } from './key-names.ts';
import { spokenKeys } from './key-names.ts';
import classes from './keys-sheet.module.css';

export type KeyLine = { keys: readonly KeyCombination[]; does: string };

type Props = { opened: boolean; onClose: () => void; lines: readonly KeyLine[] };

/** All keys of a screen, one line each. */
export function KeysSheet({ opened, onClose, lines }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys on this screen"
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ul className={classes.list}>
        {lines.map((line) => (
          <li key={line.does} className={classes.line}>
            <span>{line.does}</span>
            <span className={classes.keys}>
              {line.keys.map((keys) => (
                <span key={keys}>
                  <Key keys={keys} />
                  <span className="visually-hidden">{spokenKeys(keys)}</span>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
