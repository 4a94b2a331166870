import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { emailSchema } from '../../../shared/contract/auth.ts';
import { AppError } from '../../../shared/errors.ts';
import { signIn } from '../../data/session.ts';
import type { Session } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import { saveLastEmail } from './last-email.ts';
import { longWaitWords, useLongWait } from './use-long-wait.ts';

export type Credentials = { email: string; password: string };

type Props = {
  email: string;
  notice: string | null;
  server: string | null;
  onChangeServer: (() => void) | null;
  onSignedIn: (session: Session) => void;
  /** Says whether another screen took the failure over. */
  onFailed: (error: unknown, credentials: Credentials) => boolean;
  /** The address as far as it was typed. */
  onForgot: (email: string) => void;
};

type Failure = { at: 'password' | 'form'; text: string };

const passwordCodes = new Set(['sign-in-failed', 'wrong-password']);

function failureOf(error: unknown): Failure {
  const wrong = error instanceof AppError && passwordCodes.has(error.code);
  return { at: wrong ? 'password' : 'form', text: failureSentence(error) };
}

export function SignInForm(props: Props) {
  const { email: known, notice, server, onChangeServer, onSignedIn, onFailed, onForgot } = props;
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState<'no' | 'server' | 'laptop'>('no');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [emailError, setEmailError] = useState<string | null>(null);
  const isLong = useLongWait(busy !== 'no');
  const passwordField = useRef<HTMLInputElement>(null);

  const enter = async (credentials: Credentials) => {
    setBusy('server');
    setFailure(null);
    try {
      const session = await signIn(credentials.email, credentials.password, () => setBusy('laptop'));
      void saveLastEmail(session.user.email); // never rejects; nobody waits for it
      onSignedIn(session);
    } catch (error) {
      if (onFailed(error, credentials)) return;
      setFailure(failureOf(error));
      passwordField.current?.select();
      passwordField.current?.focus();
    } finally {
      setBusy('no');
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = emailSchema.safeParse(email.trim());
    setEmailError(parsed.success ? null : 'Write your address, such as name@hospital.org.');
    // Leaving a busy form alone keeps one sign-in at a time.
    if (parsed.success && password !== '' && busy === 'no') void enter({ email: parsed.data, password });
  };
  return (
    <GateFrame
      title="Sign in"
      foot={
        <span className={classes.links}>
          <span>No account yet? Ask your lead for an invitation link.</span>
          {onChangeServer ? (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={onChangeServer}
              title={server ?? undefined}
            >
              Change server
            </Anchor>
          ) : null}
        </span>
      }
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {notice && failure === null ? <ErrorNote what={notice} /> : null}
        {failure?.at === 'form' ? <ErrorNote what={failure.text} /> : null}
        <TextInput
          label="E-mail address"
          type="email"
          name="email"
          // Chromium writes what a form like this one was sent with into a file in clear; who works here is in it.
          autoComplete="off"
          autoFocus={known === ''}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={emailError ?? undefined}
        />
        <PasswordInput
          ref={passwordField}
          label="Password"
          name="password"
          autoComplete="current-password"
          autoFocus={known !== ''}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={failure?.at === 'password' ? failure.text : undefined}
        />
        <Button type="submit" fullWidth disabled={password === '' || busy !== 'no'}>
          Sign in
        </Button>
        <Anchor
          component="button"
          type="button"
          size="sm"
          className={classes.back}
          onClick={() => onForgot(emailSchema.safeParse(email.trim()).data ?? '')}
        >
          I forgot my password
        </Anchor>
        <p className={classes.status} role="status">
          {busy === 'server' ? 'Signing in…' : null}
          {busy === 'laptop' ? 'No connection: unlocking the work on this laptop…' : null}
          {isLong ? ` ${longWaitWords}` : null}
        </p>
      </form>
    </GateFrame>
  );
}
