import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { commandCenter, type PaletteCommand, useOpenDialog } from './command-center.ts';
import { CommandPalette } from './command-palette.tsx';
import { closePreferences } from './preferences.ts';
import { UiProvider } from './ui-provider.tsx';

let withdraw = () => {};
afterEach(() => {
  withdraw();
  commandCenter.close();
  closePreferences();
});

const Host = () => (useOpenDialog() === 'palette' ? <CommandPalette /> : null);

function open(commands: Partial<PaletteCommand>[]) {
  const run = vi.fn((id: string) => id);
  const offered = commands.map((one, index) => {
    const id = one.id ?? `c${index}`;
    return { label: id, group: 'All', ...one, id, run: () => void run(id) };
  });
  withdraw = commandCenter.offer(() => offered);
  render(
    <UiProvider env="test">
      <button type="button">Before</button>
      <Host />
    </UiProvider>,
  );
  screen.getByRole('button', { name: 'Before' }).focus();
  act(() => commandCenter.openPalette());
  return { run, user: userEvent.setup() };
}

const field = () => screen.findByRole('combobox', { name: /Find a command/ });
const marked = () => screen.getAllByRole('option').find((one) => one.ariaSelected === 'true');

it('runs the marked command by Enter, and gives the keyboard back first', async () => {
  const { run, user } = open([{ label: 'Undo' }, { label: 'Redo', keys: 'mod+y' }]);
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard('{ArrowDown}{Enter}');
  expect(run).toHaveBeenCalledExactlyOnceWith('c1');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.getByRole('button', { name: 'Before' })).toHaveFocus();
});

it('closes by Escape without doing anything', async () => {
  const { run, user } = open([{ label: 'Undo' }]);
  await waitFor(async () => expect(await field()).toHaveFocus());
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(run).not.toHaveBeenCalled();
  expect(screen.getByRole('button', { name: 'Before' })).toHaveFocus();
});

it('shows what cannot run, with the reason, and does not run it', async () => {
  const { run, user } = open([{ label: 'Skip', blocked: 'This case can be read, not changed' }]);
  await user.type(await field(), 'skip');
  const option = screen.getByRole('option', { name: /Skip/ });
  expect(option).toHaveAttribute('aria-disabled', 'true');
  expect(option).toHaveTextContent('This case can be read, not changed');
  await user.keyboard('{Enter}');
  await user.click(option);
  expect(run).not.toHaveBeenCalled();
  expect(screen.getByRole('dialog', { name: 'Commands' })).toBeInTheDocument();
});

it('begins at the first command that can run, and walks round at the ends', async () => {
  const { user } = open([{ label: 'One', blocked: 'no' }, { label: 'Two' }, { label: 'Three' }]);
  const input = await field();
  expect(marked()).toHaveTextContent('Two');
  expect(input).toHaveAttribute('aria-activedescendant', marked()?.id);
  await user.type(input, '{ArrowDown}{ArrowDown}');
  expect(marked()).toHaveTextContent('One');
});

it('shows what was used last first when it opens again', async () => {
  const { user } = open([{ label: 'Undo' }, { label: 'Redo' }]);
  await user.type(await field(), 'redo{Enter}');
  act(() => commandCenter.openPalette());
  await field();
  expect(screen.getByRole('group', { name: 'Recent' })).toHaveTextContent('Redo');
});

it('says so where nothing is found', async () => {
  const { user } = open([{ label: 'Undo' }]);
  await user.type(await field(), 'zzz');
  expect(screen.getByText(/Nothing is called that/)).toBeInTheDocument();
});
