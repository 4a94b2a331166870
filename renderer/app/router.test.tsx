import { createMemoryHistory } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSession, signIn, signOut } from '../../shared/contract/auth.ts';
import { listBatches } from '../../shared/contract/batches.ts';
import { listStudies } from '../../shared/contract/studies.ts';
import { AppError } from '../../shared/errors.ts';
import type { Role } from '../../shared/permissions.ts';
import { type FakeServer, fakeServer } from '../../test/support/desk.tsx';
import { sampleStudy, sampleUser, studyId } from '../../test/support/desk-data.ts';
import { fakeWorkspace } from '../../test/support/fake-workspace.ts';
import { lockWork, settleWorkBy, useSession } from '../data/session.ts';
import { registerOpenWork } from '../features/annotate/open-work.ts';
import { setPlatform } from '../platform.ts';
import { App } from './app.tsx';
import { answerDrains, askBeforeUnload } from './drain.ts';
import { leaveWithSession } from './leave-with-session.ts';
import { createAppRouter } from './router.tsx';
import { serverCache } from './server-cache.ts';
// Made ready for the tests, as the app's own files are by the time a page asks for them.
import './command-dialogs.tsx';
import './side-frame.tsx';

let server: FakeServer;
let endWatch = () => {};

beforeEach(() => {
  // jsdom has the name and complains at each call.
  vi.stubGlobal('scrollTo', () => {});
  server = fakeServer();
  server.on(listStudies, () => ({ studies: [sampleStudy()] }));
  server.on(listBatches, () => ({ batches: [] }));
  server.on(readSession, () => new AppError('sign-in-required'));
});
afterEach(() => {
  endWatch();
  cleanup();
  useSession.setState({ session: null, closed: null });
  serverCache().clear();
});

function openAt(path: string, roles: Role[] | null) {
  const workspace = roles?.includes('physician') ? fakeWorkspace({ cases: [{}, {}] }) : null;
  useSession.setState({ session: roles ? { user: sampleUser(roles), mode: 'online', workspace } : null });
  const router = createAppRouter(createMemoryHistory({ initialEntries: [path] }));
  endWatch = leaveWithSession(router);
  render(<App router={router} env="test" />);
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
    endWatch();
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

describe('the account menu', () => {
  it('tells of unsent work before it signs out, and stays when asked to', async () => {
    const { user } = openAt('/queue', ['physician']);
    const { session } = useSession.getState();
    if (!session?.workspace) throw new Error('a physician has a workspace');
    vi.spyOn(session.workspace, 'syncSummary').mockResolvedValue({
      state: 'waiting',
      waiting: 2,
      lastSyncedAt: null,
      message: null,
    });
    await user.click(await screen.findByRole('button', { name: 'Person 1' }));
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign out with unsent work?' });
    expect(dialog).toHaveTextContent(
      'The changes of 2 cases have not been sent yet. They stay here, sealed and safe',
    );
    await user.click(within(dialog).getByRole('button', { name: 'Stay' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: /unsent work/ })).toBeNull());
    expect(useSession.getState().session).toBe(session);
    // Neither is the menu left open behind the question, nor the keyboard nowhere.
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull());
    await waitFor(() => expect(screen.getByRole('button', { name: 'Person 1' })).toHaveFocus());
  });

  it('warns before it signs out that answers the disk refused would be lost', async () => {
    const { user } = openAt('/queue', ['physician']);
    const { session } = useSession.getState();
    const end = registerOpenWork(() => Promise.resolve(), { isSaved: () => false, isRefused: () => true });
    try {
      await user.click(await screen.findByRole('button', { name: 'Person 1' }));
      await user.click(await screen.findByRole('button', { name: 'Sign out' }));
      const dialog = await screen.findByRole('dialog', { name: 'Sign out and lose answers?' });
      expect(dialog).toHaveTextContent('signing out loses them');
      await user.click(within(dialog).getByRole('button', { name: 'Stay' }));
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
      expect(useSession.getState().session).toBe(session);
    } finally {
      end();
    }
  });

  it('chooses light, dark or the system’s colours', async () => {
    const { user } = openAt('/studies', ['lead']);
    await user.click(await screen.findByRole('button', { name: 'Person 1' }));
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await user.click(screen.getByRole('radio', { name: 'System' }));
    expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'light');
  });

  it('signs out to a gate that does not speak of an ended session', async () => {
    server.on(signOut, () => ({ ended: true as const }));
    const { at, user } = openAt('/studies', ['lead']);
    await user.click(await screen.findByRole('button', { name: 'Person 1' }));
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(at()).toBe('/sign-in');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('the lock', () => {
  it('takes the work off the screen, leads back to the very page, and gives nothing to the next person', async () => {
    const { at, user } = openAt('/queue', ['physician']);
    await screen.findByRole('heading', { name: 'My cases' });
    await user.keyboard('{Control>}.{/Control}');
    await screen.findByRole('heading', { name: 'Locked' });
    expect(decodeURIComponent(at())).toBe('/sign-in?from=/queue');
    expect(screen.queryByText(/Batch/)).toBeNull();
    expect(screen.getByLabelText('Password of Person 1')).toHaveFocus();
    await user.click(screen.getByRole('button', { name: /Sign in as somebody else/ }));
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(at()).toBe('/sign-in');
  });

  it('waits while something on screen could not be written', async () => {
    settleWorkBy(async () => false);
    openAt('/queue', ['physician']);
    await screen.findByRole('heading', { name: 'My cases' });
    expect(await lockWork('idle')).toBe(false);
    expect(useSession.getState().session).not.toBeNull();
    settleWorkBy(async () => true);
    expect(await lockWork('idle')).toBe(true);
    await screen.findByText(/Nobody used this laptop for a while/);
  });
});

it('keeps a browser tab from closing while there are answers that the disk refused, and only then', () => {
  const end = askBeforeUnload();
  const closes = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(closes()).toBe(true);
  const endWork = registerOpenWork(() => Promise.resolve(), { isSaved: () => false, isRefused: () => true });
  expect(closes()).toBe(false);
  endWork();
  expect(closes()).toBe(true);
  end();
});

describe('a drain', () => {
  it('writes what is on screen before it answers the host', async () => {
    const { host } = server;
    const steps: string[] = [];
    setPlatform({
      ...host,
      invoke: async (channel, ...args) => {
        if (channel === 'app:drained') steps.push(`drained ${JSON.stringify(args)}`);
        return host.invoke(channel, ...args);
      },
    });
    const endAnswer = answerDrains();
    const endWork = registerOpenWork(async () => {
      await Promise.resolve();
      steps.push('written');
    });
    host.fire('app:drain');
    await waitFor(() => expect(steps).toEqual(['written', 'drained [{"unsaved":false}]']));
    endWork();
    const endRefused = registerOpenWork(() => Promise.resolve(), {
      isSaved: () => false,
      isRefused: () => true,
    });
    host.fire('app:drain');
    await waitFor(() => expect(steps.at(-1)).toBe('drained [{"unsaved":true}]'));
    endRefused();
    endAnswer();
  });
});
