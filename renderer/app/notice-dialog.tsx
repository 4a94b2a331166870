import { Button, Group, Modal, Text } from '@mantine/core';
import { useFocusBack } from '../ui/use-focus-back.ts';

type Props = { text: string; onClose: () => void };

/** One thing a person must know before going on; nothing is asked. */
export function NoticeDialog({ text, onClose }: Props) {
  useFocusBack();
  return (
    <Modal opened onClose={onClose} title="Before you go on">
      <Text size="sm">{text}</Text>
      <Group justify="flex-end" mt="md">
        <Button data-autofocus onClick={onClose}>
          Go on
        </Button>
      </Group>
    </Modal>
  );
}
