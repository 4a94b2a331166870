import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { signInAgain } from '../../data/session.ts';
import { failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';

/** For a session that ended while the work is open: one password, and everything goes on where it is. */
export function SignInAgain({ email, onDone }: { email: string; onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const enter = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await signInAgain(password);
      onDone();
    } catch (error) {
      setFailure(failureSentence(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !busy) void enter();
  };
  return (
    <form className={classes.again} onSubmit={submit}>
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label={`Password of ${email}`}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={failure ?? undefined}
      />
      <Button type="submit" disabled={password === '' || busy}>
        Sign in again
      </Button>
      <span role="status">{busy ? 'Signing in…' : null}</span>
    </form>
  );
}
