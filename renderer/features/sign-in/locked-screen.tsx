import { Button, Group } from '@mantine/core';
import type { AppError } from '../../../shared/errors.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';

const titles: Record<string, string> = {
  'key-unavailable': 'The work on this laptop is locked',
  'store-newer': 'This app is too old for the work here',
  'journal-unavailable': 'The disk does not take work',
  'device-locked': 'This laptop is locked',
  'lease-over': 'This laptop has to meet the server',
  'already-open': 'Open in another window',
};

/** The work is there and cannot be opened now: nothing is started empty in its place. */
export function LockedScreen({ error, onBack }: { error: AppError; onBack: () => void }) {
  return (
    <GateFrame
      title={titles[error.code] ?? 'The work on this laptop is locked'}
      foot={`For your administrator: ${error.code}`}
    >
      <div className={classes.form}>
        <ErrorNote what={error.message} safe="Everything saved on this laptop is still there, sent or not." />
        <Group justify="flex-end">
          <Button onClick={onBack}>Try again</Button>
        </Group>
      </div>
    </GateFrame>
  );
}
