import classes from './key.module.css';
import { type KeyCombination, keyLabels } from './key-names.ts';

type Props = {
  /** Such as `g`, `mod+enter`, `pagedown`. */
  keys: KeyCombination;
  /** For a key that stands on the accent colour. */
  onAccent?: boolean;
};

/** A key hint for the eye; the control itself carries aria-keyshortcuts, so this is hidden from screen readers. */
export function Key({ keys, onAccent = false }: Props) {
  return (
    <span className={classes.key} data-on-accent={onAccent || undefined} aria-hidden="true">
      {keyLabels(keys).join(' ')}
    </span>
  );
}
