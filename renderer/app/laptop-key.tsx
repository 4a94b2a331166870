import { Button, Group, PasswordInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useEffect, useState } from 'react';
import { changeLaptopKey } from '../data/laptop-key.ts';
import { platform } from '../platform.ts';
import { failureSentence } from '../ui/failure-note.tsx';
import classes from './shell.module.css';

function useStrength() {
  const [strength, setStrength] = useState<'keyring' | 'password-only' | null>(null);
  useEffect(() => {
    let gone = false;
    platform()
      .keys.strength()
      .then(
        (found) => {
          if (!gone) setStrength(found);
        },
        () => undefined, // a host that cannot say is not called strong or weak
      );
    return () => {
      gone = true;
    };
  }, []);
  return strength;
}

/** What protects the work here, said as it is. */
export function LaptopProtection() {
  const strength = useStrength();
  if (strength === null) return null;
  return (
    <p className={classes.protection}>
      {strength === 'keyring'
        ? 'Your work on this laptop is protected by your password and by this computer’s keyring.'
        : 'On this laptop your password alone protects your work: whoever copies the disk has only to guess it.'}
    </p>
  );
}

function ChangeKeyForm({ email }: { email: string }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const change = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await changeLaptopKey(password);
      modals.closeAll();
      notifications.show({ message: 'This laptop has a new key. Everything here is being moved to it.' });
    } catch (error) {
      setFailure(failureSentence(error));
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '' && !busy) void change();
  };
  return (
    <form className={classes.changeKey} onSubmit={submit}>
      <p>
        Do this when somebody may have copied this disk. From then on the copy opens nothing that you write.
        Your password stays the same; change it as well when somebody may know it.
      </p>
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <PasswordInput
        label="Your password"
        autoComplete="current-password"
        data-autofocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={failure ?? undefined}
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={() => modals.closeAll()}>
          Leave it
        </Button>
        <Button type="submit" disabled={password === '' || busy}>
          Change the key
        </Button>
      </Group>
    </form>
  );
}

export function askForNewKey(email: string): void {
  modals.open({ title: 'Change the key of this laptop', children: <ChangeKeyForm email={email} /> });
}
