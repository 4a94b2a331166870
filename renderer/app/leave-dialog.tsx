import { Button, Group, Modal, Text } from '@mantine/core';
import { useFocusBack } from '../ui/use-focus-back.ts';
import { counted } from '../ui/work-words.ts';
import { leave } from './background-sync.ts';

type Props = { waiting: number | 'unsaved'; onClose: () => void };

/** Signing out with changes unsent: they stay and wait. With answers that the disk refused: they would be lost. */
export function LeaveDialog({ waiting, onClose }: Props) {
  useFocusBack();
  const isLoss = waiting === 'unsaved';
  const signOut = () => {
    onClose();
    void leave();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={isLoss ? 'Sign out and lose answers?' : 'Sign out with unsent work?'}
    >
      <Text size="sm">
        {isLoss
          ? 'The disk has refused your newest answers, so they are on this screen alone: signing out loses them. Stay, free some space, and they are saved by themselves. Everything before them is safe.'
          : `The changes of ${counted(waiting, 'case')} have not been sent yet. They stay here, sealed and safe, and are sent when you sign in again on this laptop.`}
      </Text>
      <Group justify="flex-end" mt="md">
        <Button
          variant={isLoss ? 'filled' : 'default'}
          data-autofocus={isLoss || undefined}
          onClick={onClose}
        >
          Stay
        </Button>
        <Button
          variant={isLoss ? 'default' : 'filled'}
          data-autofocus={isLoss ? undefined : true}
          onClick={signOut}
        >
          {isLoss ? 'Sign out all the same' : 'Sign out'}
        </Button>
      </Group>
    </Modal>
  );
}
