import { Anchor, Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { AppError } from '../../../shared/errors.ts';
import { acceptLink, readLink } from '../../data/session.ts';
import type { Session } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FailureNote, failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import { saveLastEmail } from './last-email.ts';
import { isLockedCode, LockedScreen } from './locked-screen.tsx';
import { leastPassword, PasswordLength } from './password-length.tsx';
import { PreviousPasswordForm } from './previous-password-form.tsx';
import { UnlockScreen } from './unlock-screen.tsx';

type Invitee = Awaited<ReturnType<typeof readLink>>;

type Props = { token: string; onSignedIn: (session: Session) => void; onSignIn: () => void };

type LinkState =
  | { kind: 'reading' }
  | { kind: 'ready'; invitee: Invitee }
  | { kind: 'failed'; error: unknown };

const isUsed = (error: unknown) => error instanceof AppError && error.code === 'link-used';

function useLinkState(token: string): LinkState & { retry: () => void } {
  const [state, setState] = useState<LinkState>({ kind: 'reading' });
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` asks again
  useEffect(() => {
    let gone = false;
    const settle = (next: LinkState) => {
      if (!gone) setState(next);
    };
    if (token === '')
      settle({
        kind: 'failed',
        error: new AppError('link-used', {
          message: 'This address has no link in it. Open the whole link you were sent.',
        }),
      });
    else
      readLink(token).then(
        (invitee) => settle({ kind: 'ready', invitee }),
        (error: unknown) => settle({ kind: 'failed', error }),
      );
    return () => {
      gone = true;
    };
  }, [token, tries]);
  return { ...state, retry: () => setTries((count) => count + 1) };
}

/** A one-time link: whom it is for, then a name and a password of their own. */
export function LinkScreen({ token, onSignedIn, onSignIn }: Props) {
  const link = useLinkState(token);
  if (link.kind === 'ready')
    return <LinkForm token={token} invitee={link.invitee} onSignedIn={onSignedIn} onSignIn={onSignIn} />;
  const used = link.kind === 'failed' && isUsed(link.error);
  return (
    <GateFrame title="Your invitation">
      <div className={classes.form}>
        {link.kind === 'reading' ? (
          <p className={classes.status} role="status">
            Looking up your link…
          </p>
        ) : null}
        {link.kind === 'failed' ? (
          <FailureNote error={link.error} {...(used ? {} : { onRetry: link.retry })} />
        ) : null}
        <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onSignIn}>
          I have an account: sign in
        </Anchor>
      </div>
    </GateFrame>
  );
}

function LinkForm({ token, invitee, onSignedIn, onSignIn }: Props & { invitee: Invitee }) {
  const [name, setName] = useState(invitee.name);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [needsPrevious, setNeedsPrevious] = useState(false);
  const [needsAnswer, setNeedsAnswer] = useState(false);
  const ready = name.trim() !== '' && [...password].length >= leastPassword;

  const accept = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const session = await acceptLink({ token, name: name.trim(), password });
      void saveLastEmail(session.user.email); // never rejects; nobody waits for it
      onSignedIn(session);
    } catch (error) {
      if (error instanceof AppError && error.code === 'previous-password-needed') setNeedsPrevious(true);
      else setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) void accept();
  };
  if (needsPrevious)
    return (
      <PreviousPasswordForm
        credentials={{ email: invitee.email, password }}
        onSignedIn={onSignedIn}
        onBack={onSignIn}
      />
    );
  if (needsAnswer)
    return (
      <UnlockScreen
        credentials={{ email: invitee.email, password }}
        onSignedIn={onSignedIn}
        onBack={onSignIn}
      />
    );
  if (failure instanceof AppError && isLockedCode(failure.code))
    return (
      <LockedScreen
        error={failure}
        email={invitee.email}
        onBack={onSignIn}
        onAnswer={() => setNeedsAnswer(true)}
      />
    );
  return (
    <GateFrame
      title={invitee.kind === 'invitation' ? 'Welcome' : 'Sign in with your link'}
      intro={`This link is for ${invitee.email} and works once.`}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {failure === null ? null : (
          <ErrorNote
            what={failureSentence(failure)}
            {...(isUsed(failure) ? { action: { label: 'Sign in', onClick: onSignIn } } : {})}
          />
        )}
        {/* Password managers file the new password under this address. */}
        <input type="hidden" name="email" autoComplete="username" value={invitee.email} readOnly />
        <TextInput
          label="Your name"
          autoComplete="off"
          autoFocus={invitee.name === ''}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="A few unrelated words are good. It also unlocks the work on this laptop when there is no network, and only your site can help where it is forgotten: keep it well."
          autoComplete="new-password"
          autoFocus={invitee.name !== ''}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <div className={classes.status}>
          <PasswordLength password={password} />
        </div>
        <Button type="submit" fullWidth disabled={!ready || busy}>
          {invitee.kind === 'invitation' ? 'Set up my account' : 'Set password and sign in'}
        </Button>
        <p className={classes.status} role="status">
          {busy ? 'Setting up…' : null}
        </p>
      </form>
    </GateFrame>
  );
}
