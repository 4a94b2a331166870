import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { PasswordForm } from './password-form.tsx';
import { UiProvider } from './ui-provider.tsx';

function show(onConfirm: (password: string) => Promise<void>) {
  render(
    <UiProvider env="test">
      <PasswordForm
        email="a@b.example"
        confirm="Do it"
        cancel="Leave it"
        onCancel={() => {}}
        onConfirm={onConfirm}
      >
        <p>What it does.</p>
      </PasswordForm>
    </UiProvider>,
  );
  return {
    password: screen.getByLabelText('Your password'),
    confirm: screen.getByRole('button', { name: 'Do it' }),
  };
}

it('does nothing without a password, and once with one', async () => {
  const user = userEvent.setup();
  const done = vi.fn(() => new Promise<void>(() => {}));
  const { password, confirm } = show(done);
  await user.type(password, '{Enter}');
  expect(done).not.toHaveBeenCalled();
  await user.type(password, 'a long one{Enter}{Enter}');
  await user.click(confirm);
  expect(done.mock.calls).toEqual([['a long one']]);
});

it('says why it did not happen, and can be sent again', async () => {
  const user = userEvent.setup();
  const done = vi.fn().mockRejectedValueOnce(new AppError('wrong-password')).mockResolvedValueOnce(undefined);
  const { password } = show(done);
  await user.type(password, 'wrong{Enter}');
  expect(await screen.findByText(new AppError('wrong-password').message)).toBeVisible();
  await user.type(password, 'er{Enter}');
  expect(done).toHaveBeenLastCalledWith('wronger');
});
