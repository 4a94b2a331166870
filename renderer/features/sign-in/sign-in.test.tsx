import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptLink, readLink, signIn, signOut as signOutCall } from '../../../shared/contract/auth.ts';
import { AppError, type ErrorCode, errorTable } from '../../../shared/errors.ts';
import { type FakeServer, fakeServer } from '../../../test/support/desk.tsx';
import { sampleUser } from '../../../test/support/desk-data.ts';
import { databaseName } from '../../data/database.ts';
import { signOut } from '../../data/session.ts';
import { setPlatform } from '../../platform.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { LinkScreen } from './link-screen.tsx';
import { serverAddress } from './server-form.tsx';
import { SignInScreen } from './sign-in-screen.tsx';

const physician = sampleUser(['physician']);
const lead = sampleUser(['lead'], 2);
const signedIn = (user: typeof physician) => ({
  user,
  expiresAt: '2030-01-01T00:00:00.000Z',
  recoveryPublicKey: null,
});

let server: FakeServer;
const onSignedIn = vi.fn();

beforeEach(() => {
  localStorage.clear();
  onSignedIn.mockClear();
  server = fakeServer();
  server.on(signOutCall, () => ({ ended: true as const }));
  server.on(signIn, ({ body }) => {
    const { email, password } = body as { email: string; password: string };
    if (password !== 'a long enough password') return new AppError('sign-in-failed');
    return signedIn(email === lead.email ? lead : physician);
  });
});
afterEach(async () => {
  await signOut();
  await Dexie.delete(databaseName(physician.id));
});

async function show(props: Partial<Parameters<typeof SignInScreen>[0]> = {}) {
  const view = render(
    <UiProvider env="test">
      <SignInScreen onSignedIn={onSignedIn} {...props} />
    </UiProvider>,
  );
  const user = userEvent.setup();
  await screen.findByRole('heading', { level: 1 });
  return { user, ...view };
}

async function enter(user: ReturnType<typeof userEvent.setup>, email: string, password: string) {
  const field = screen.getByLabelText('E-mail address');
  await user.clear(field);
  await user.type(field, email);
  await user.clear(screen.getByLabelText('Password'));
  await user.type(screen.getByLabelText('Password'), `${password}{Enter}`);
}

describe('signing in', { timeout: 60_000 }, () => {
  it('hands over the session', async () => {
    const { user } = await show();
    await enter(user, ` ${lead.email} `, 'a long enough password');
    await vi.waitFor(() =>
      expect(onSignedIn).toHaveBeenCalledWith(expect.objectContaining({ user: lead, mode: 'online' })),
    );
  });

  it('says at the password that one of the two is wrong, and keeps both', async () => {
    const { user } = await show();
    await enter(user, physician.email, 'not the password');
    expect(await screen.findByText(errorTable['sign-in-failed'][1])).toBeVisible();
    expect(screen.getByLabelText('Password')).toHaveFocus();
    expect(screen.getByLabelText('Password')).toHaveValue('not the password');
    expect(onSignedIn).not.toHaveBeenCalled();
  });

  it('asks for an address before it asks the server', async () => {
    const { user } = await show();
    await enter(user, 'not an address', 'a long enough password');
    expect(await screen.findByText(/name@hospital.org/)).toBeVisible();
    expect(server.calls).toEqual([]);
  });

  it('says both where there is neither a server nor work of this account on the laptop', async () => {
    server.online = false;
    const { user } = await show();
    await enter(user, physician.email, 'a long enough password');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      /server cannot be reached.*no work of this account on this laptop/,
    );
  });

  it.each<ErrorCode>(['database-unavailable', 'too-many-requests', 'server-error'])(
    'shows the sentence of %s',
    async (code) => {
      server.on(signIn, () => new AppError(code));
      const { user } = await show();
      await enter(user, lead.email, 'a long enough password');
      // Without its database the server is as good as away, so the laptop's own work is looked for.
      const expected = code === 'database-unavailable' ? /no work of this account/ : errorTable[code][1];
      expect(await screen.findByRole('alert')).toHaveTextContent(expected);
    },
  );

  it('unlocks the work on this laptop when there is no connection, with the same password only', async () => {
    const first = await show();
    await enter(first.user, physician.email, 'a long enough password');
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    first.unmount();
    await signOut();
    server.online = false;
    onSignedIn.mockClear();

    const { user } = await show();
    await enter(user, physician.email, 'not the password');
    expect(await screen.findByText(errorTable['wrong-password'][1])).toBeVisible();
    await enter(user, physician.email, 'a long enough password');
    expect(await screen.findByText('No connection: unlocking the work on this laptop…')).toBeVisible();
    await vi.waitFor(() =>
      expect(onSignedIn).toHaveBeenCalledWith(expect.objectContaining({ mode: 'offline' })),
    );
  });

  it('says what to do without the password, and offers a copy once it knows whose', async () => {
    const { user } = await show();
    await user.click(screen.getByRole('button', { name: 'I forgot my password' }));
    await screen.findByText(/Ask your administrator for a new sign-in link/);
    expect(screen.queryByRole('button', { name: 'Save an emergency copy' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Back to sign-in' }));
    await user.type(await screen.findByLabelText('E-mail address'), physician.email);
    await user.click(screen.getByRole('button', { name: 'I forgot my password' }));
    expect(await screen.findByRole('button', { name: 'Save an emergency copy' })).toBeVisible();
  });

  it('says why it asks when a session has ended', async () => {
    await show({ notice: errorTable['session-expired'][1], email: lead.email });
    expect(screen.getByRole('alert')).toHaveTextContent('your work on this laptop is safe');
    expect(screen.getByLabelText('E-mail address')).toHaveValue(lead.email);
  });

  it('asks for the previous password once after a change elsewhere, and says when that is not it', async () => {
    const first = await show();
    await enter(first.user, physician.email, 'a long enough password');
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    first.unmount();
    await signOut();
    onSignedIn.mockClear();
    server.on(signIn, () => signedIn(physician));

    const { user } = await show();
    await enter(user, physician.email, 'the new long password');
    await screen.findByText(errorTable['previous-password-needed'][1]);
    await user.type(screen.getByLabelText('Previous password'), 'something else{Enter}');
    await screen.findByText(/not the password the work here was last opened with/);
    await user.clear(screen.getByLabelText('Previous password'));
    await user.type(screen.getByLabelText('Previous password'), 'a long enough password{Enter}');
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  });

  it('shows a locked screen, and never an empty start, when the key cannot be read', async () => {
    const first = await show();
    await enter(first.user, physician.email, 'a long enough password');
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    first.unmount();
    await signOut();
    onSignedIn.mockClear();
    for (const name of server.host.disk.keys.keys())
      server.host.disk.keys.set(name, new Uint8Array([1, 2, 3]));

    const { user } = await show();
    await enter(user, physician.email, 'a long enough password');
    await screen.findByRole('heading', { name: 'The work on this laptop is locked' });
    expect(screen.getByRole('alert')).toHaveTextContent('Nothing was deleted');
    expect(onSignedIn).not.toHaveBeenCalled();
    // This site has given no recovery key, and that is said instead of a file that nobody could open.
    await user.click(screen.getByRole('button', { name: 'Save an emergency copy' }));
    await waitFor(() =>
      expect(screen.getAllByRole('alert').at(-1)).toHaveTextContent(errorTable['recovery-key-unknown'][1]),
    );
    await user.click(screen.getByRole('button', { name: 'Unlock with a recovery answer' }));
    await screen.findByRole('heading', { name: 'Unlock with a recovery answer' });
    expect(screen.getByRole('button', { name: 'Open the recovery answer' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Back to sign-in' }));
    await screen.findByRole('heading', { name: 'Sign in' });
  });
});

describe('the first run of the desktop app', () => {
  it('asks where the server is, then for the sign-in', async () => {
    const chosen = vi.fn();
    const { host } = server;
    setPlatform({
      ...host,
      invoke: async (channel, ...args) => {
        const value = (() => {
          if (channel === 'app:info')
            return { host: 'electron', version: '1', os: 'linux', deviceName: 'laptop' };
          if (channel === 'net:server') return { url: null };
          if (channel !== 'net:set-server') return undefined;
          chosen(args[0]);
          return { url: args[0] };
        })();
        return value === undefined ? host.invoke(channel, ...args) : { ok: true, value: value as never };
      },
    });
    const { user } = await show();
    await screen.findByRole('heading', { name: 'Where is your server?' });
    await user.type(screen.getByLabelText('Server address'), 'http://labels.hospital.org{Enter}');
    expect(await screen.findByText(/must be reached over https/)).toBeVisible();
    await user.clear(screen.getByLabelText('Server address'));
    await user.type(screen.getByLabelText('Server address'), 'labels.hospital.org{Enter}');
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(chosen).toHaveBeenCalledWith('https://labels.hospital.org');
  });

  it.each([
    ['labels.hospital.org', 'https://labels.hospital.org'],
    ['https://labels.hospital.org/queue', 'https://labels.hospital.org'],
    ['localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://labels.hospital.org', null],
    ['ftp://labels.hospital.org', null],
    ['', null],
  ])('takes %j for %j', (typed, address) => {
    expect(serverAddress(typed)).toBe(address);
  });
});

describe('a one-time link', () => {
  const showLink = (token = 'secret') => {
    render(
      <UiProvider env="test">
        <LinkScreen token={token} onSignedIn={onSignedIn} onSignIn={() => {}} />
      </UiProvider>,
    );
    return userEvent.setup();
  };

  it('shows whom it is for and takes a password of 12 characters or more', async () => {
    server.on(readLink, () => ({ email: lead.email, name: 'Lea', kind: 'invitation' as const }));
    server.on(acceptLink, () => signedIn(lead));
    const user = showLink();
    await screen.findByText(/This link is for person2@site.example/);
    expect(screen.getByText(/also unlocks the work on this laptop/)).toBeVisible();
    await user.type(screen.getByLabelText('New password'), 'eleven char');
    expect(screen.getByText('11 of at least 12 characters')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Set up my account' })).toBeDisabled();
    await user.type(screen.getByLabelText('New password'), 's{Enter}');
    await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalled());
    expect(server.calls.at(-1)?.body).toMatchObject({
      token: 'secret',
      name: 'Lea',
      password: 'eleven chars',
    });
  });

  it('says when it was used already', async () => {
    server.on(readLink, () => new AppError('link-used'));
    showLink();
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['link-used'][1]);
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('offers to try again when the server is down', async () => {
    server.online = false;
    const user = showLink();
    await screen.findByRole('alert');
    server.online = true;
    server.on(readLink, () => ({ email: lead.email, name: 'Lea', kind: 'sign-in' as const }));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('heading', { name: 'Sign in with your link' });
  });

  it('says when the address holds no link', async () => {
    showLink('');
    expect(await screen.findByRole('alert')).toHaveTextContent('Open the whole link you were sent');
    expect(server.calls).toEqual([]);
  });
});
