import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { invitePerson, listPeople } from '../../../shared/contract/users.ts';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { type FakeServer, fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import { samplePerson } from '../../../test/support/desk-data.ts';
import { PeopleScreen } from './people-screen.tsx';

let server: FakeServer;
const link = 'https://labels.test/link#secret-token';

beforeEach(() => {
  vi.stubGlobal('scrollTo', () => {});
  server = fakeServer();
  server.on(listPeople, () => ({
    people: [samplePerson(1, { name: 'Dr. Feld', specialties: ['Cardiology'], openAssignments: 7 })],
  }));
  server.on(invitePerson, () => ({
    person: samplePerson(2, { status: 'invited' }),
    link,
    expiresAt: '2026-11-28T09:00:00.000Z',
  }));
});

describe('people', () => {
  it('are listed with what they do and what is open', async () => {
    await renderDesk(<PeopleScreen roles={['lead']} />);
    const row = await screen.findByRole('row', { name: /Dr. Feld/ });
    expect(row).toHaveTextContent('Physician');
    expect(row).toHaveTextContent('Cardiology');
    expect(row).toHaveTextContent('7');
  });

  it('are invited by a link that is shown once and gone when the dialog is', async () => {
    const { user } = await renderDesk(<PeopleScreen roles={['lead']} />);
    await user.click(screen.getByRole('button', { name: 'Invite someone' }));
    await user.type(screen.getByRole('textbox', { name: /E-mail address/ }), 'not an address');
    await user.click(screen.getByRole('button', { name: 'Make the link' }));
    expect(screen.getByText(/Write an address such as/)).toBeVisible();
    await user.clear(screen.getByRole('textbox', { name: /E-mail address/ }));
    await user.type(screen.getByRole('textbox', { name: /E-mail address/ }), 'new@site.example');
    await user.type(screen.getByRole('combobox', { name: /Specialties/ }), 'Neurology{Enter}');
    await user.click(screen.getByRole('button', { name: 'Make the link' }));
    expect(await screen.findByLabelText('One-time link')).toHaveValue(link);
    expect(server.calls.find((one) => one.call === 'POST /api/people/invite')?.body).toEqual({
      email: 'new@site.example',
      name: '',
      roles: ['physician'],
      specialties: ['Neurology'],
    });
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByText('Copied')).toBeVisible();
    expect(await navigator.clipboard.readText()).toBe(link);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    await waitFor(() => expect(screen.queryByDisplayValue(link)).toBeNull());
  });

  it('get other roles only from an administrator', async () => {
    const { user } = await renderDesk(<PeopleScreen roles={['lead']} />);
    await user.click(screen.getByRole('button', { name: 'Invite someone' }));
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(screen.getByText(/join as a physician/)).toBeVisible();
  });

  it('are invited to any role by an administrator, and a refusal is said', async () => {
    server.on(invitePerson, () => new AppError('already-exists'));
    const { user } = await renderDesk(<PeopleScreen roles={['admin']} />);
    await user.click(screen.getByRole('button', { name: 'Invite someone' }));
    await user.click(screen.getByRole('checkbox', { name: /QA reviewer/ }));
    await user.type(screen.getByRole('textbox', { name: /E-mail address/ }), 'qa@site.example');
    await user.click(screen.getByRole('button', { name: 'Make the link' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['already-exists'][1]);
    expect(screen.getByRole('textbox', { name: /E-mail address/ })).toHaveValue('qa@site.example');
  });
});
