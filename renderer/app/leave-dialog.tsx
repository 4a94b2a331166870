import { Button, Group, Modal, Text } from '@mantine/core';
import { useFocusBack } from '../ui/use-focus-back.ts';
import { counted } from '../ui/work-words.ts';
import { leave } from './background-sync.ts';

type Props = { waiting: number; onClose: () => void };

/** Signing out with changes unsent: the person is told first that they stay and wait. */
export function LeaveDialog({ waiting, onClose }: Props) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title="Sign out with unsent work?">
      <Text size="sm">
        The changes of {counted(waiting, 'case')} have not been sent yet. They stay here, sealed and safe, and
        are sent when you sign in again on this laptop.
      </Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Stay
        </Button>
        <Button
          data-autofocus
          onClick={() => {
            onClose();
            void leave();
          }}
        >
          Sign out
        </Button>
      </Group>
    </Modal>
  );
}
