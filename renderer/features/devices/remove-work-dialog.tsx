import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSyncSummary } from '../../data/hooks.ts';
import { removeMyWork } from '../../data/session.ts';
import type { Workspace } from '../../data/types.ts';
import { PasswordForm } from '../../ui/password-form.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import { counted } from '../../ui/work-words.ts';
import classes from './devices.module.css';

type Props = {
  workspace: Workspace;
  email: string;
  onSyncNow: () => void;
  onClose: () => void;
  /** A way to carry unsent work away without a network; shown beside "Send now". */
  emergencyCopy?: ReactNode;
};

/** Removing one's own work from a laptop: never while the server lacks any of it. */
export function RemoveWorkDialog({ workspace, email, onSyncNow, onClose, emergencyCopy }: Props) {
  useFocusBack();
  const { value } = useSyncSummary(workspace);
  const waiting = value?.waiting ?? 0;
  return (
    <Modal opened onClose={onClose} title="Remove my work from this laptop" size="md">
      {waiting > 0 ? (
        <div className={classes.form}>
          <p role="status">
            The changes of {counted(waiting, 'case')} have not been sent yet, so nothing can be removed.
            Connect and send them first.
          </p>
          <Group justify="flex-end" gap="xs">
            {emergencyCopy}
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button data-autofocus onClick={onSyncNow}>
              Send now
            </Button>
          </Group>
        </div>
      ) : (
        <PasswordForm
          email={email}
          confirm="Remove my work"
          cancel="Cancel"
          onCancel={onClose}
          onConfirm={removeMyWork}
        >
          <p>
            Everything is at the server. The key to your work here is destroyed first, then the work itself;
            this cannot be undone. Sign in again to download your cases anew.
          </p>
        </PasswordForm>
      )}
    </Modal>
  );
}
