import { Anchor, Button } from '@mantine/core';
import type { AppError } from '../../../shared/errors.ts';
import { saveSealedCopy } from '../../data/rescue.ts';
import { EmergencyCopy } from '../../ui/emergency-copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';

type Words = { title: string; next: string; copy: boolean; answer: boolean };

/** By code: what it is called, what to do next, and what can help. */
const words: Record<string, Words> = {
  'key-unavailable': {
    title: 'The work on this laptop is locked',
    next: 'Start the computer again, unlock its keyring, and try again. If it stays locked, save an emergency copy for your administrator, or ask them for a recovery answer.',
    copy: true,
    answer: true,
  },
  'store-newer': {
    title: 'This app is too old for the work here',
    next: 'Install the newest version and try again. An emergency copy brings the work to the server even without it.',
    copy: true,
    answer: false,
  },
  'journal-unavailable': {
    title: 'The disk does not take work',
    next: 'Free some space or check the disk, then try again. An emergency copy can be saved to another disk or a stick.',
    copy: true,
    answer: false,
  },
  'store-unavailable': {
    title: 'The work on this laptop does not open',
    next: 'Close other windows of this app, start it again and try again. If that does not help, save an emergency copy for your administrator.',
    copy: true,
    answer: false,
  },
  'device-locked': {
    title: 'This laptop is locked',
    next: 'Ask your administrator to unlock it, connect to the network, and try again.',
    copy: false,
    answer: false,
  },
  'lease-over': {
    title: 'This laptop has to meet the server',
    next: 'Connect to the network and try again.',
    copy: true,
    answer: false,
  },
  'already-open': {
    title: 'Open in another window',
    next: 'An emergency copy can be saved there, too, under Sync and receipts.',
    copy: false,
    answer: false,
  },
};

/** Failures that stand between a person and the work on this laptop, none of which may look like an empty start. */
export const isLockedCode = (code: string): boolean => Object.hasOwn(words, code);

type Props = {
  error: AppError;
  /** Whose work it is, as far as it was typed. */
  email: string;
  onBack: () => void;
  onAnswer: () => void;
};

/** The work is there and cannot be opened now: nothing is started empty in its place. */
export function LockedScreen({ error, email, onBack, onAnswer }: Props) {
  const { title, next, copy, answer } = words[error.code] ?? (words['key-unavailable'] as Words);
  return (
    <GateFrame title={title} foot={`For your administrator: ${error.code}`}>
      <div className={classes.form}>
        <ErrorNote
          what={error.message}
          safe="Everything saved on this laptop is still there, sent or not."
          next={next}
        />
        <Button fullWidth autoFocus onClick={onBack}>
          Try again
        </Button>
        {copy ? <EmergencyCopy onSave={() => saveSealedCopy(email)} /> : null}
        {answer ? (
          <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onAnswer}>
            Unlock with a recovery answer
          </Anchor>
        ) : null}
      </div>
    </GateFrame>
  );
}
