import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createStudy } from '../../../shared/contract/studies.ts';
import { AppError } from '../../../shared/errors.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import { callServer } from '../../data/server-call.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Card } from '../../ui/page.tsx';
import { RubricOutline } from './rubric-outline.tsx';

type Props = { opened: boolean; onClose: () => void };

export function NewStudyDialog({ opened, onClose }: Props) {
  const [name, setName] = useState('');
  const [guidelines, setGuidelines] = useState('');
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => callServer(createStudy, { body: { name: name.trim(), guidelines } }),
    onSuccess: async ({ study }) => {
      await client.invalidateQueries({ queryKey: ['studies'] });
      onClose();
      await navigate({ to: '/studies/$studyId', params: { studyId: study.id } });
    },
  });
  const taken = create.error instanceof AppError && create.error.code === 'name-taken';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') create.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New study"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="Physicians see it above their batches."
            data-autofocus
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={taken ? create.error?.message : undefined}
          />
          <Textarea
            autoComplete="off"
            label="Guidelines"
            description="Markdown; physicians open it with one key."
            autosize
            minRows={3}
            maxRows={10}
            value={guidelines}
            onChange={(event) => setGuidelines(event.currentTarget.value)}
          />
          <Card title="Rubric, version 1" note="Five dimensions, each rated for both answers.">
            <RubricOutline rubric={defaultRubric} />
          </Card>
          {create.error && !taken ? <FailureNote error={create.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
              Create study
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
