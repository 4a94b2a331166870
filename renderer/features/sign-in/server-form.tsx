import { Anchor, Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { platform } from '../../platform.ts';
import { failureSentence } from '../../ui/failure-note.tsx';
import classes from './gate-frame.module.css';
import { GateFrame } from './gate-frame.tsx';

type Props = { current: string | null; onChosen: (url: string) => void; onCancel: (() => void) | null };

/** `labels.hospital.org` means https; http only reaches this machine. */
export function serverAddress(typed: string): string | null {
  const text = typed.trim();
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/i;
  const withScheme = /^https?:\/\//i.test(text) ? text : `${local.test(text) ? 'http' : 'https'}://${text}`;
  if (text === '' || /^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(withScheme))
    return null;
  const { protocol, host, origin } = new URL(withScheme);
  return protocol === 'https:' || local.test(host) ? origin : null;
}

/** First run of the desktop app: where the work comes from and goes to. */
export function ServerForm({ current, onChosen, onCancel }: Props) {
  const [typed, setTyped] = useState(current ?? '');
  const [failure, setFailure] = useState<string | null>(null);

  const choose = async (address: string) => {
    try {
      const { url } = await platform().net.setServer(address);
      onChosen(url);
    } catch (error) {
      setFailure(failureSentence(error));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const address = serverAddress(typed);
    if (address === null)
      setFailure('Write an address such as labels.hospital.org; it must be reached over https.');
    else void choose(address);
  };
  return (
    <GateFrame
      title="Where is your server?"
      intro="Your lead’s invitation names it. It is asked once; the work on this laptop stays as it is when you change it."
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        <TextInput
          label="Server address"
          placeholder="labels.hospital.org"
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={failure ?? undefined}
        />
        <Button type="submit" fullWidth disabled={typed.trim() === ''}>
          Use this server
        </Button>
        {onCancel ? (
          <Anchor component="button" type="button" size="sm" className={classes.back} onClick={onCancel}>
            Back to sign-in
          </Anchor>
        ) : null}
      </form>
    </GateFrame>
  );
}
