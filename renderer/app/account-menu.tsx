import { Button, Popover, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconChevronDown, IconKey, IconLogout, IconSettings } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Session } from '../data/types.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter } from '../ui/command-center.ts';
import { Key } from '../ui/key.tsx';
import { ariaKeys } from '../ui/key-names.ts';
import { usePreference } from '../ui/preferences.ts';
import { Segmented } from '../ui/segmented.tsx';
import { counted } from '../ui/work-words.ts';
import { leave } from './background-sync.ts';
import { askForNewKey, LaptopProtection } from './laptop-key.tsx';
import classes from './shell.module.css';

const schemes = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Signing out locks the work; with changes unsent the person is told first that they stay and wait. */
export async function askAndLeave(session: Session): Promise<void> {
  const waiting = (await session.workspace?.syncSummary())?.waiting ?? 0;
  if (waiting === 0) return leave();
  modals.openConfirmModal({
    title: 'Sign out with unsent work?',
    children: `${counted(waiting, 'case')} on this laptop ${waiting === 1 ? 'has' : 'have'} not been sent yet. They stay here, locked and safe, and are sent when you sign in again on this laptop.`,
    labels: { confirm: 'Sign out', cancel: 'Stay' },
    onConfirm: () => void leave(),
  });
}

/** Name, appearance, sign-out. */
export function AccountMenu({ session, wide = false }: { session: Session; wide?: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { user } = session;
  const [opened, setOpened] = useState(false);
  const settingsKeys = keysInForce(usePreference('keys')).get('settings') ?? null;
  const button = useRef<HTMLButtonElement>(null);
  const openSettings = () => {
    setOpened(false);
    // The dialog gives the keyboard back to where it was: to what stays when the menu is gone.
    button.current?.focus();
    commandCenter.openSettings();
  };
  const change = (next: boolean) => {
    setOpened(next);
    if (!next) button.current?.focus();
  };
  const name = user.name || user.email;
  return (
    <Popover
      position={wide ? 'top-start' : 'bottom-end'}
      width={280}
      shadow="md"
      trapFocus
      opened={opened}
      onChange={change}
    >
      <Popover.Target>
        <UnstyledButton
          ref={button}
          className={classes.account}
          data-wide={wide || undefined}
          onClick={() => setOpened((open) => !open)}
        >
          <span>{name}</span>
          <IconChevronDown size={14} aria-hidden="true" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={`Account of ${name}`}>
        <p className={classes.email}>{user.email}</p>
        <Button
          variant="default"
          fullWidth
          leftSection={<IconSettings size={16} aria-hidden="true" />}
          rightSection={settingsKeys ? <Key keys={settingsKeys} /> : null}
          aria-keyshortcuts={settingsKeys ? ariaKeys(settingsKeys) : undefined}
          onClick={openSettings}
        >
          Settings
        </Button>
        <p className={classes.menuLabel}>Appearance</p>
        <Segmented
          label="Appearance"
          size="small"
          options={schemes}
          value={colorScheme}
          onChange={setColorScheme}
        />
        {session.workspace ? (
          <>
            <p className={classes.menuLabel}>This laptop</p>
            <LaptopProtection />
            <Button
              variant="default"
              fullWidth
              leftSection={<IconKey size={16} aria-hidden="true" />}
              onClick={() => {
                change(false);
                askForNewKey(user.email);
              }}
            >
              Change the key of this laptop
            </Button>
          </>
        ) : null}
        <Button
          variant="default"
          fullWidth
          leftSection={<IconLogout size={16} aria-hidden="true" />}
          onClick={() => void askAndLeave(session)}
        >
          Sign out
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
