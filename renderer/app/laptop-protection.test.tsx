import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeServer } from '../../test/support/desk.tsx';
import { setPlatform } from '../platform.ts';
import { UiProvider } from '../ui/ui-provider.tsx';
import { LaptopProtection } from './laptop-protection.tsx';

let strength: 'keyring' | 'password-only';
beforeEach(() => {
  const { host } = fakeServer();
  setPlatform({
    ...host,
    invoke: async (channel, ...args) =>
      channel === 'keys:strength'
        ? { ok: true, value: { strength } as never }
        : host.invoke(channel, ...args),
  });
});

const show = () =>
  render(
    <UiProvider env="test">
      <LaptopProtection />
    </UiProvider>,
  );

describe('what protects the work here', () => {
  it('is said as it is where the password stands alone', async () => {
    strength = 'password-only';
    show();
    expect(await screen.findByText(/your password alone protects your work/)).toBeVisible();
  });

  it('names the keyring only where there is one', async () => {
    strength = 'keyring';
    show();
    expect(await screen.findByText(/by your password and by this computer’s keyring/)).toBeVisible();
  });
});
