import { Anchor, Button, FileButton, PasswordInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { saveSealedCopy } from '../../data/rescue.ts';
import { signIn } from '../../data/session.ts';
import type { Session } from '../../data/types.ts';
import { type PendingUnlock, pendingUnlock, saveUnlockRequest, takeUnlockAnswer } from '../../data/unlock.ts';
import { EmergencyCopy } from '../../ui/emergency-copy.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';
import { saveLastEmail } from './last-email.ts';
import type { Credentials } from './sign-in-form.tsx';
import steps from './unlock-screen.module.css';

type Props = { credentials: Credentials; onSignedIn: (session: Session) => void; onBack: () => void };

type Waiting = PendingUnlock & { savedAs?: string };

function usePending(email: string) {
  const [pending, setPending] = useState<Waiting | null>(null);
  useEffect(() => {
    let gone = false;
    void pendingUnlock(email).then((found) => {
      if (!gone) setPending(found); // never rejects: none is found where none can be read
    });
    return () => {
      gone = true;
    };
  }, [email]);
  return [pending, setPending] as const;
}

/** The old password is known to nobody, or the keys are lost: the site gives them back, for this laptop alone. */
export function UnlockScreen({ credentials, onSignedIn, onBack }: Props) {
  const { email } = credentials;
  const [password, setPassword] = useState(credentials.password);
  const [pending, setPending] = usePending(email);
  const [busy, setBusy] = useState<'no' | 'request' | 'answer'>('no');
  const [failure, setFailure] = useState<unknown>(null);

  const attempt = async (what: 'request' | 'answer', work: () => Promise<void>) => {
    setBusy(what);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy('no');
    }
  };
  const request = () =>
    attempt('request', async () => {
      const made = await saveUnlockRequest(email, password);
      if (made) setPending(made);
    });
  const answer = (file: File | null) => {
    if (!file) return;
    void attempt('answer', async () => {
      await takeUnlockAnswer(email, password, await file.text());
      const session = await signIn(email, password);
      void saveLastEmail(session.user.email); // never rejects; the next sign-in does without it
      onSignedIn(session);
    });
  };
  const ready = password !== '' && busy === 'no';
  return (
    <GateFrame
      title="Unlock with a recovery answer"
      intro="Your work is here, encrypted. Your administrator can give this laptop its key back; the answer works on this laptop only, with the password you have now."
    >
      <div className={classes.form}>
        {failure === null ? null : (
          <FailureNote error={failure} safe="Everything saved on this laptop is still there." />
        )}
        {credentials.password === '' ? (
          <PasswordInput
            label="Your password now"
            description="The one you sign in with from now on."
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        ) : null}
        <ol className={steps.steps}>
          <li>
            <p>
              Save a recovery request and give the file to your administrator. Nobody can read your work from
              it.
            </p>
            <Button variant={pending ? 'default' : 'filled'} disabled={!ready} onClick={() => void request()}>
              {pending ? 'Make a new request' : 'Save a recovery request'}
            </Button>
            {pending?.savedAs ? <p className={steps.quiet}>Saved as {pending.savedAs}.</p> : null}
          </li>
          <li>
            <p>They will ask for this check code. Tell it to nobody else.</p>
            <output className={steps.code} aria-label="Check code">
              {pending ? pending.checkCode : '––––'}
            </output>
          </li>
          <li>
            <p>Open the answer they give you.</p>
            <FileButton
              accept=".json,application/json"
              onChange={answer}
              inputProps={{ 'aria-label': 'Recovery answer' }}
            >
              {(props) => (
                <Button {...props} variant={pending ? 'filled' : 'default'} disabled={!ready || !pending}>
                  Open the recovery answer
                </Button>
              )}
            </FileButton>
          </li>
        </ol>
        <p className={classes.status} role="status">
          {busy === 'request' ? 'Making the request…' : null}
          {busy === 'answer' ? 'Opening your work…' : null}
        </p>
        <div className={steps.other}>
          <p>Or have the work brought to the server without this laptop:</p>
          <EmergencyCopy onSave={() => saveSealedCopy(email)} />
        </div>
        <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onBack}>
          Back to sign-in
        </Anchor>
      </div>
    </GateFrame>
  );
}
