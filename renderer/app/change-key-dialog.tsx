import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { changeLaptopKey } from '../data/laptop-key.ts';
import { PasswordForm } from '../ui/password-form.tsx';
import { useFocusBack } from '../ui/use-focus-back.ts';
import classes from './shell.module.css';

type Props = { email: string; onClose: () => void };

/** A new key for this laptop's work, by the password. */
export function ChangeKeyDialog({ email, onClose }: Props) {
  useFocusBack();
  const [done, setDone] = useState(false);
  const change = async (password: string) => {
    await changeLaptopKey(password);
    setDone(true);
  };
  return (
    <Modal opened onClose={onClose} title="Change the key of this laptop">
      {done ? (
        <div className={classes.changeKey}>
          <p role="status">This laptop has a new key. Everything here is being moved to it.</p>
          <Group justify="flex-end" gap="xs">
            <Button data-autofocus onClick={onClose}>
              Done
            </Button>
          </Group>
        </div>
      ) : (
        <PasswordForm
          email={email}
          confirm="Change the key"
          cancel="Leave it"
          onCancel={onClose}
          onConfirm={change}
        >
          <p>
            Do this when somebody may have copied this disk. From then on the copy opens nothing that you
            write. Your password stays the same; change it as well when somebody may know it.
          </p>
        </PasswordForm>
      )}
    </Modal>
  );
}
