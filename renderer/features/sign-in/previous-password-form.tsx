import { Anchor, Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { signInWithPrevious } from '../../data/session.ts';
import type { Session } from '../../data/types.ts';
import { failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import { saveLastEmail } from './last-email.ts';
import type { Credentials } from './sign-in-form.tsx';
import { UnlockScreen } from './unlock-screen.tsx';

type Props = { credentials: Credentials; onSignedIn: (session: Session) => void; onBack: () => void };

const wrongCodes = new Set(['wrong-password', 'previous-password-needed']);

/** After a password change elsewhere: the old one opens the work here once, then the new one does. */
export function PreviousPasswordForm({ credentials, onSignedIn, onBack }: Props) {
  const [previous, setPrevious] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [forgotten, setForgotten] = useState(false);

  const enter = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const session = await signInWithPrevious(credentials.email, credentials.password, previous);
      void saveLastEmail(session.user.email); // never rejects; nobody waits for it
      onSignedIn(session);
    } catch (error) {
      const wrong = error instanceof AppError && wrongCodes.has(error.code);
      setFailure(
        wrong
          ? 'That is not the password the work here was last opened with. Try again.'
          : failureSentence(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (previous !== '' && !busy) void enter();
  };
  if (forgotten) return <UnlockScreen credentials={credentials} onSignedIn={onSignedIn} onBack={onBack} />;
  return (
    <GateFrame
      title="One more password, once"
      intro={errorTable['previous-password-needed'][1]}
      foot="If you no longer know it, nothing is lost: the work stays here, encrypted, and your administrator can help to open it."
    >
      <form className={classes.form} onSubmit={submit}>
        <PasswordInput
          label="Previous password"
          autoComplete="off"
          autoFocus
          value={previous}
          onChange={(event) => setPrevious(event.currentTarget.value)}
          error={failure ?? undefined}
        />
        <Button type="submit" fullWidth disabled={previous === '' || busy}>
          Open my work
        </Button>
        <p className={classes.status} role="status">
          {busy ? 'Opening your work…' : null}
        </p>
        <Anchor
          component="button"
          type="button"
          size="sm"
          className={classes.back}
          onClick={() => setForgotten(true)}
        >
          I no longer know it
        </Anchor>
        <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onBack}>
          Back to sign-in
        </Anchor>
      </form>
    </GateFrame>
  );
}
