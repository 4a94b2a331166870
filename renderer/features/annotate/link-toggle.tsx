import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { memo } from 'react';
import { useAriaKeys } from './command-key.tsx';
import classes from './link-toggle.module.css';

type Props = { linked: boolean; onLink: () => void };

/** On the line between the answers: do they scroll together? */
export const LinkToggle = memo(function LinkToggle({ linked, onLink }: Props) {
  const Icon = linked ? IconLink : IconLinkOff;
  return (
    <button
      type="button"
      className={classes.toggle}
      aria-label="Scroll both answers together"
      aria-pressed={linked}
      aria-keyshortcuts={useAriaKeys('link')}
      title="Scroll both answers together"
      onClick={onLink}
    >
      <Icon size={15} stroke={1.7} aria-hidden="true" />
    </button>
  );
});
