import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { ariaKeys } from '../../ui/key-names.ts';
import classes from './link-toggle.module.css';

/** On the line between the answers: do they scroll together? */
export function LinkToggle({ linked, onLink }: { linked: boolean; onLink: () => void }) {
  const Icon = linked ? IconLink : IconLinkOff;
  return (
    <button
      type="button"
      className={classes.toggle}
      aria-label="Scroll both answers together"
      aria-pressed={linked}
      aria-keyshortcuts={ariaKeys('l')}
      title="Scroll both answers together (L)"
      onClick={onLink}
    >
      <Icon size={15} stroke={1.7} aria-hidden="true" />
    </button>
  );
}
