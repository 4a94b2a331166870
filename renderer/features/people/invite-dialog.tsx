import { Button, Checkbox, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { emailSchema } from '../../../shared/contract/auth.ts';
import type { EndpointReply } from '../../../shared/contract/endpoint.ts';
import { invitePerson } from '../../../shared/contract/users.ts';
import { roles as allRoles, hasPermission, type Role } from '../../../shared/permissions.ts';
import { callServer } from '../../data/server-call.ts';
import { CopyLine } from '../../ui/copy-line.tsx';
import { dateTimeText } from '../../ui/dates.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import classes from './people.module.css';
import { roleDuties, roleLabels } from './role-labels.ts';

type Invited = EndpointReply<typeof invitePerson>;

function InvitedLink({
  invited,
  onAnother,
  onClose,
}: {
  invited: Invited;
  onAnother: () => void;
  onClose: () => void;
}) {
  return (
    <div className={classes.link}>
      <p>
        Send this link to {invited.person.name || invited.person.email} yourself. It works once, until{' '}
        {dateTimeText(invited.expiresAt)}, and is shown only now: the server keeps no copy.
      </p>
      <CopyLine label="One-time link" value={invited.link} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onAnother}>
          Invite another
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </div>
  );
}

function InviteForm({
  roles,
  onInvited,
  onClose,
}: {
  roles: readonly Role[];
  onInvited: (invited: Invited) => void;
  onClose: () => void;
}) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly Role[]>(['physician']);
  const [specialties, setSpecialties] = useState<string[]>([]);
  const [checked, setChecked] = useState(false);
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () =>
      callServer(invitePerson, {
        body: {
          email: email.trim(),
          name: name.trim(),
          roles: [...chosen],
          specialties: chosen.includes('physician') ? specialties : [],
        },
      }),
    onSuccess: (invited) => {
      onInvited(invited);
      void client.invalidateQueries({ queryKey: ['people'] });
    },
  });
  const wrongEmail = !emailSchema.safeParse(email.trim()).success;
  const offered = hasPermission(roles, 'user:invite-staff') ? allRoles : (['physician'] as const);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!wrongEmail && chosen.length > 0) invite.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          autoComplete="off"
          label="E-mail address"
          type="email"
          required
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={checked && wrongEmail ? 'Write an address such as name@hospital.org.' : undefined}
        />
        <TextInput
          autoComplete="off"
          label="Name"
          description="They can correct it."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {offered.length > 1 ? (
          <Checkbox.Group
            label="Roles"
            value={[...chosen]}
            onChange={(value) => setChosen(offered.filter((role) => value.includes(role)))}
            error={checked && chosen.length === 0 ? 'Choose at least one role.' : undefined}
          >
            <div className={classes.roles}>
              {offered.map((role) => (
                <Checkbox key={role} value={role} label={`${roleLabels[role]}: ${roleDuties[role]}`} />
              ))}
            </div>
          </Checkbox.Group>
        ) : (
          <p>They join as a physician. Other roles are given by an administrator.</p>
        )}
        {chosen.includes('physician') ? (
          <TagsInput
            label="Specialties"
            description="Enter after each one; batches are matched by them."
            value={specialties}
            onChange={setSpecialties}
            maxTags={20}
          />
        ) : null}
        {invite.error ? <FailureNote error={invite.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.isPending}>
            Make the link
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Makes an account by a one-time link, which is shown here once and nowhere again. */
export function InviteDialog({ roles, onClose }: { roles: readonly Role[]; onClose: () => void }) {
  useFocusBack();
  const [invited, setInvited] = useState<Invited | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      // The link cannot be shown again, so a stray click must not close it.
      closeOnClickOutside={invited === null}
      title={invited ? 'Invitation made' : 'Invite someone'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {invited ? (
        <InvitedLink invited={invited} onAnother={() => setInvited(null)} onClose={onClose} />
      ) : (
        <InviteForm roles={roles} onInvited={setInvited} onClose={onClose} />
      )}
    </Modal>
  );
}
