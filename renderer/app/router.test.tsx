import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSession, signIn } from '../../shared/contract/auth.ts';
import { listBatches } from '../../shared/contract/batches.ts';
import { listStudies } from '../../shared/contract/studies.ts';
import { AppError } from '../../shared/errors.ts';
import type { Role } from '../../shared/permissions.ts';
import { type FakeServer, fakeServer } from '../../test/support/desk.tsx';
import { sampleStudy, sampleUser, studyId } from '../../test/support/desk-data.ts';
import { fakeWorkspace } from '../../test/support/fake-workspace.ts';
import { useSession } from '../data/session.ts';
import { App } from './app.tsx';
import { createAppRouter } from './router.tsx';
import { createServerCache, leaveWithSession } from './server-cache.ts';

let server: FakeServer;

beforeEach(() => {
  server = fakeServer();
  server.on(listStudies, () => ({ studies: [sampleStudy()] }));
  server.on(listBatches, () => ({ batches: [] }));
  server.on(readSession, () => new AppError('sign-in-required'));
});
afterEach(() => {
  cleanup();
  useSession.setState({ session: null });
});

function openAt(path: string, roles: Role[] | null) {
  const workspace = roles?.includes('physician') ? fakeWorkspace({ cases: [{}, {}] }) : null;
  useSession.setState({ session: roles ? { user: sampleUser(roles), mode: 'online', workspace } : null });
  const router = createAppRouter(createMemoryHistory({ initialEntries: [path] }));
  const cache = createServerCache();
  leaveWithSession(router, cache);
  render(<App router={router} cache={cache} />);
  return { at: () => router.state.location.href, user: userEvent.setup() };
}

describe('the way in', () => {
  it('leads to the sign-in screen without a session, and remembers where one was', async () => {
    const { at } = openAt(`/studies/${studyId}?x=1`, null);
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(decodeURIComponent(at())).toBe(`/sign-in?from=/studies/${studyId}?x=1`);
  });

  it('goes back there after signing in', async () => {
    server.on(signIn, () => ({
      user: sampleUser(['lead']),
      expiresAt: '2030-01-01T00:00:00.000Z',
      recoveryPublicKey: null,
    }));
    const { at, user } = openAt('/people', null);
    await user.type(await screen.findByLabelText('E-mail address'), 'person1@site.example');
    await user.type(screen.getByLabelText('Password'), 'a long enough password');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(at()).toBe('/people'));
  });

  it.each([
    ['physician', '/studies', '/queue'],
    ['physician', '/review', '/queue'],
    ['physician', '/people', '/queue'],
    ['lead', '/queue', '/studies'],
    ['lead', '/review', '/studies'],
    ['qa', '/studies', '/review'],
    ['qa', '/people', '/review'],
    ['qa', '/', '/review'],
    ['lead', '/', '/studies'],
    ['physician', '/', '/queue'],
  ] as const)('keeps a %s out of what is not theirs: %s becomes %s', async (role, path, lands) => {
    const { at } = openAt(path, [role]);
    await screen.findByRole('heading', { level: 1 });
    expect(at()).toBe(lands);
  });

  it('shows someone with several roles the sections they may see, and a physician none of them', async () => {
    openAt('/queue', ['physician', 'qa']);
    const sections = await screen.findByRole('navigation', { name: 'Sections' });
    expect(sections).toHaveTextContent('My cases');
    expect(sections).toHaveTextContent('Review');
    expect(sections).not.toHaveTextContent('Studies');
    cleanup();
    openAt('/queue', ['physician']);
    await screen.findByRole('heading', { name: 'My cases' });
    expect(screen.queryByRole('navigation')).toBeNull();
  });

  it('says so at an address that leads nowhere', async () => {
    openAt('/studies/not-an-id', ['lead']);
    await screen.findByRole('heading', { name: 'There is nothing at this address' });
  });
});

describe('a session that ends', () => {
  it('takes a lead to the sign-in screen with its sentence, and back afterwards', async () => {
    server.on(listStudies, () => new AppError('session-expired'));
    const { at } = openAt('/studies', ['lead']);
    expect(await screen.findByRole('alert')).toHaveTextContent('Your session has ended. Sign in again');
    expect(decodeURIComponent(at())).toContain('from=/studies');
  });

  it('never closes open work: a physician who also reviews is asked in place', async () => {
    server.on(listStudies, () => new AppError('session-expired'));
    const { at } = openAt('/review', ['physician', 'qa']);
    await screen.findByLabelText('Password of person1@site.example');
    expect(at()).toBe('/review');
    expect(useSession.getState().session?.workspace).not.toBeNull();
  });
});
