import { Anchor, Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { type Closed, unlockWork } from '../../data/session.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import { longWaitWords, useLongWait } from './use-long-wait.ts';

type Locked = Extract<Closed, { kind: 'locked' }>;
type Props = { closed: Locked; onOther: () => void };

const reasons: Record<Locked['by'], string> = {
  idle: 'Nobody used this laptop for a while, so your work was locked.',
  person: 'You locked your work.',
  system: 'The computer was locked or went to sleep, and your work with it.',
};

/** Work that is locked in place: one password, and everything is where it was left. */
export function WorkLockScreen({ closed, onOther }: Props) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ wrong: boolean; text: string } | null>(null);
  const isLong = useLongWait(busy);
  const field = useRef<HTMLInputElement>(null);
  const { user } = closed;

  const unlock = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await unlockWork(password);
    } catch (error) {
      const wrong = error instanceof AppError && error.code === 'wrong-password';
      setFailure({ wrong, text: failureSentence(error) });
      field.current?.select();
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !busy) void unlock();
  };
  return (
    <GateFrame
      title="Locked"
      intro={`${reasons[closed.by]} Everything is saved and waits where you left it.`}
      foot={
        <Anchor component="button" type="button" size="sm" onClick={onOther}>
          Not {user.name || user.email}? Sign in as somebody else
        </Anchor>
      }
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {failure?.wrong === false ? <ErrorNote what={failure.text} /> : null}
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <PasswordInput
          ref={field}
          label={`Password of ${user.name || user.email}`}
          name="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={failure?.wrong ? failure.text : undefined}
        />
        <Button type="submit" fullWidth disabled={password === '' || busy}>
          Unlock
        </Button>
        <p className={classes.status} role="status">
          {busy ? 'Unlocking your work…' : null}
          {isLong ? ` ${longWaitWords}` : null}
        </p>
      </form>
    </GateFrame>
  );
}
