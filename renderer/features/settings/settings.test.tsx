import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KeyLine } from '../../ui/key-table.ts';
import { choose, closePreferences, preferences } from '../../ui/preferences.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { SettingsDialog } from './settings-dialog.tsx';

const table: KeyLine[] = [
  { id: 'rate', keys: ['1', '…', '7'], label: 'Rate', group: 'Judge', fixed: 'Digits stay' },
  { id: 'guidelines', keys: ['g'], label: 'Guidelines', group: 'Read' },
  { id: 'back', keys: ['b'], label: 'Back', group: 'Read' },
  { id: 'submit', keys: ['mod+enter'], label: 'Submit', group: 'Read', needsModifier: true },
];

afterEach(() => {
  closePreferences();
  choose({ textSize: 100, theme: 'auto', contrast: 'auto' });
});

function show(of: KeyLine[] | null = table) {
  const onClose = vi.fn();
  render(
    <UiProvider env="test">
      <SettingsDialog onClose={onClose} table={of} />
    </UiProvider>,
  );
  return { onClose, user: userEvent.setup() };
}

async function keys() {
  const shown = show();
  await shown.user.click(screen.getByRole('tab', { name: 'Keys' }));
  const record = async (label: string, pressed: string) => {
    await shown.user.click(screen.getByRole('button', { name: `Change the keys of: ${label}` }));
    await shown.user.keyboard(pressed);
  };
  return { ...shown, record };
}

describe('settings', () => {
  it('hold at once', async () => {
    const { user } = show();
    await user.click(screen.getByRole('radio', { name: '125 %' }));
    expect(document.documentElement.style.getPropertyValue('--text-scale')).toBe('1.25');
    await user.click(within(screen.getByRole('radiogroup', { name: 'Contrast' })).getByText('High'));
    expect(document.documentElement.dataset.contrast).toBe('more');
    await user.click(screen.getByRole('tab', { name: 'Work' }));
    await user.click(
      within(screen.getByRole('radiogroup', { name: 'Go on after submitting' })).getByText('Off'),
    );
    expect(preferences.get()).toMatchObject({ textSize: 125, contrast: 'more', autoAdvance: false });
  });

  it('show someone without cases only how the workstation looks', () => {
    show(null);
    expect(screen.getByRole('radiogroup', { name: 'Theme' })).toBeInTheDocument();
    expect(screen.queryByRole('tab')).toBeNull();
  });
});

describe('keys', () => {
  it('are recorded by pressing them, and reset one by one or all together', async () => {
    const { user, record } = await keys();
    await record('Guidelines', 'h');
    await record('Back', '{Control>}{Shift>}k{/Shift}{/Control}');
    expect(preferences.get().keys).toEqual({ guidelines: 'h', back: 'mod+shift+k' });
    await user.click(screen.getByRole('button', { name: 'Reset the keys of: Guidelines' }));
    expect(preferences.get().keys).toEqual({ back: 'mod+shift+k' });
    await user.click(screen.getByRole('button', { name: 'Reset all' }));
    expect(preferences.get().keys).toEqual({});
  });

  it('that belong to another command are named, and can be swapped or left', async () => {
    const { user, record } = await keys();
    await record('Guidelines', 'b');
    expect(screen.getByText(/B is the key of “Back”/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(preferences.get().keys).toEqual({});
    await record('Guidelines', 'b');
    await user.click(screen.getByRole('button', { name: 'Swap the two' }));
    expect(preferences.get().keys).toEqual({ guidelines: 'b', back: 'g' });
  });

  it('that are reserved are refused with the reason, and others can be pressed at once', async () => {
    const { record, user } = await keys();
    await record('Guidelines', '{Enter}');
    expect(screen.getByText(/Enter presses the control in focus/)).toBeInTheDocument();
    await user.keyboard('{Control>}w{/Control}');
    expect(screen.getByText(/the browser or the system takes these keys/)).toBeInTheDocument();
    await user.keyboard('h');
    expect(preferences.get().keys).toEqual({ guidelines: 'h' });
  });

  it('must take Ctrl where a slip of the hand would hand something in', async () => {
    const { record } = await keys();
    await record('Submit', 'j');
    expect(screen.getByText(/so that a slip of the hand does nothing/)).toBeInTheDocument();
    expect(preferences.get().keys).toEqual({});
  });

  it('are left as they were by Escape, which closes the recording and not the dialog', async () => {
    const { record, user, onClose } = await keys();
    await record('Guidelines', '{Escape}');
    expect(onClose).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'Change the keys of: Guidelines' })).toHaveFocus();
    await user.keyboard('h');
    expect(preferences.get().keys).toEqual({});
    await user.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('of the digits are shown as fixed', async () => {
    await keys();
    expect(screen.getByText('Rate').closest('li')).toHaveTextContent('fixed');
  });
});
