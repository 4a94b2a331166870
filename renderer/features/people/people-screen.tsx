import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Person } from '../../../shared/contract/users.ts';
import type { Role } from '../../../shared/permissions.ts';
import { peopleQuery } from '../../data/server-queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import classes from './people.module.css';
import { roleLabels } from './role-labels.ts';

const statusWords: Record<Person['status'], string> = {
  active: 'active',
  invited: 'invited, link not used yet',
  disabled: 'disabled',
};

const columns: readonly Column<Person>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: (person) => (
      <span className={classes.name}>
        <span>{person.name || person.email}</span>
        {person.name ? <small>{person.email}</small> : null}
      </span>
    ),
  },
  {
    key: 'roles',
    header: 'Roles',
    width: '190px',
    cell: (person) => person.roles.map((role) => roleLabels[role]).join(', '),
  },
  {
    key: 'specialties',
    header: 'Specialties',
    width: '220px',
    cell: (person) => person.specialties.join(', ') || '–',
  },
  {
    key: 'open',
    header: 'Open cases',
    align: 'end',
    width: '110px',
    cell: (person) => (person.roles.includes('physician') ? countText(person.openAssignments) : '–'),
  },
  { key: 'status', header: 'Account', width: '190px', cell: (person) => statusWords[person.status] },
];

type Props = {
  roles: readonly Role[];
  /** Shows one person's laptops and sessions; absent for those who may not manage them. */
  devicesOf?: (person: Person, onClose: () => void) => ReactNode;
};

const devicesColumn = (onOpen: (person: Person) => void): Column<Person> => ({
  key: 'devices',
  header: '',
  align: 'end',
  width: '120px',
  cell: (person) => (
    <Button
      size="xs"
      variant="default"
      aria-label={`Laptops and sessions of ${person.name || person.email}`}
      onClick={() => onOpen(person)}
    >
      Laptops
    </Button>
  ),
});

/** Everyone with an account or an open invitation. */
export function PeopleScreen({ roles, devicesOf }: Props) {
  const [devicesFor, setDevicesFor] = useState<Person | null>(null);
  const shown = devicesOf ? [...columns, devicesColumn(setDevicesFor)] : columns;
  const people = useQuery(peopleQuery());
  const [inviting, setInviting] = useState(false);
  const invite = <Button onClick={() => setInviting(true)}>Invite someone</Button>;
  return (
    <Page title="People" subtitle="Accounts are made by invitation only." actions={invite}>
      <QueryView query={people}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title="Nobody yet" actions={invite}>
              Invite the physicians who will annotate; each gets a link that works once.
            </EmptyState>
          ) : (
            <Card padding="none">
              <DataTable label="People" columns={shown} rows={list} rowKey={(person) => person.id} />
            </Card>
          )
        }
      </QueryView>
      {devicesFor && devicesOf ? devicesOf(devicesFor, () => setDevicesFor(null)) : null}
      {inviting ? <InviteDialog roles={roles} onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}
