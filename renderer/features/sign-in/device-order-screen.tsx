import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DeviceOrder } from '../../../shared/contract/devices.ts';
import type { Closed } from '../../data/session.ts';
import { counted } from '../../ui/work-words.ts';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';

/** An order is being carried out: what waits is sent first, and nothing can be done meanwhile. */
export function SealedScreen({ order }: { order: DeviceOrder }) {
  return (
    <GateFrame title="This laptop is being locked" intro={`By order of ${order.by}.`}>
      <div className={classes.form}>
        <p className={classes.sending} role="status">
          <Loader size="sm" aria-hidden="true" /> Sending what is not at the server yet. Leave the laptop
          connected for a moment.
        </p>
      </div>
    </GateFrame>
  );
}

function unsentWords({ unsent, kind }: Extract<Closed, { kind: 'device-locked' }>['order']): string {
  if (unsent > 0)
    return `${counted(unsent, 'change')} could not be sent. ${unsent === 1 ? 'It stays' : 'They stay'} sealed on this laptop and ${unsent === 1 ? 'is' : 'are'} sent when you sign in here again with a connection; nothing was deleted.`;
  return kind === 'lock'
    ? 'Everything you did had been sent. Your work stays sealed on this laptop.'
    : 'The server could not confirm that it holds everything, so nothing was deleted. Your work stays sealed on this laptop.';
}

type LockedProps = { closed: Extract<Closed, { kind: 'device-locked' | 'removed' }>; onGoOn: () => void };

/** What became of the laptop, and who to ask. */
export function DeviceClosedScreen({ closed, onGoOn }: LockedProps) {
  if (closed.kind === 'device-locked')
    return (
      <Told
        title="This laptop is locked"
        intro={`It was locked by ${closed.order.by}. Ask them to unlock it; then sign in here again with a connection.`}
        onGoOn={onGoOn}
      >
        {unsentWords(closed.order)}
      </Told>
    );
  const intro =
    closed.by === null
      ? 'You removed your work from this laptop.'
      : `It was removed by order of ${closed.by}.`;
  return (
    <Told title="The work on this laptop is removed" intro={intro} onGoOn={onGoOn}>
      The server confirmed everything you had done before its key here was destroyed. Sign in to begin anew on
      this laptop.
    </Told>
  );
}

type ToldProps = { title: string; intro: string; children: ReactNode; onGoOn: () => void };

function Told({ title, intro, children, onGoOn }: ToldProps) {
  return (
    <GateFrame title={title} intro={intro}>
      <div className={classes.form}>
        <p role="status">{children}</p>
        <Button fullWidth autoFocus onClick={onGoOn}>
          Go to sign-in
        </Button>
      </div>
    </GateFrame>
  );
}
