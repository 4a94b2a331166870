import { Button, Popover, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconChevronDown,
  IconDevices,
  IconKey,
  IconLock,
  IconLogout,
  IconSettings,
  IconTrash,
} from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { lockWork } from '../data/session.ts';
import type { Session } from '../data/types.ts';
import { settleOpenWork } from '../features/annotate/open-work.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter } from '../ui/command-center.ts';
import { Key } from '../ui/key.tsx';
import { ariaKeys } from '../ui/key-names.ts';
import { usePreference } from '../ui/preferences.ts';
import { Segmented } from '../ui/segmented.tsx';
import { leave } from './background-sync.ts';
import type { DeviceDialog } from './device-dialogs.tsx';
import { useGate } from './gate.ts';
import { LaptopProtection } from './laptop-protection.tsx';
import classes from './shell.module.css';

const DeviceDialogs = lazy(async () => ({
  default: (await import('./device-dialogs.tsx')).DeviceDialogs,
}));

const schemes = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Signing out locks the work; with changes unsent or unsaved the person is told first what becomes of them. */
export async function askAndLeave(session: Session): Promise<void> {
  // What the disk refused is on the screen alone, and gone with it.
  if (session.workspace && !(await settleOpenWork())) return useGate.setState({ unsent: 'unsaved' });
  const waiting = (await session.workspace?.syncSummary())?.waiting ?? 0;
  if (waiting === 0) return leave();
  useGate.setState({ unsent: waiting });
}

/** Name, appearance, sign-out. */
export function AccountMenu({ session, wide = false }: { session: Session; wide?: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { user } = session;
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const [dialog, setDialog] = useState<DeviceDialog | null>(null);
  const lockKeys = keysInForce(usePreference('keys')).get('lock') ?? null;
  const openDialog = (which: DeviceDialog) => {
    setOpened(false);
    button.current?.focus();
    setDialog(which);
  };
  const closeDialog = () => setDialog(null);
  const settingsKeys = keysInForce(usePreference('keys')).get('settings') ?? null;
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
  const signOut = () => {
    // Whoever stays finds no menu before or behind the question.
    change(false);
    void askAndLeave(session);
  };
  const name = user.name || user.email;
  return (
    <>
      {dialog ? (
        <Suspense>
          <DeviceDialogs open={dialog} session={session} onClose={closeDialog} />
        </Suspense>
      ) : null}
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
                leftSection={<IconLock size={16} aria-hidden="true" />}
                rightSection={lockKeys ? <Key keys={lockKeys} /> : null}
                aria-keyshortcuts={lockKeys ? ariaKeys(lockKeys) : undefined}
                onClick={() => void lockWork('person')} // what cannot be written stays open, with its reason
              >
                Lock now
              </Button>
              <Button
                variant="default"
                fullWidth
                leftSection={<IconDevices size={16} aria-hidden="true" />}
                onClick={() => openDialog('devices')}
              >
                My laptops
              </Button>
              <Button
                variant="default"
                fullWidth
                leftSection={<IconKey size={16} aria-hidden="true" />}
                onClick={() => openDialog('key')}
              >
                Change the key of this laptop
              </Button>
              <Button
                variant="default"
                fullWidth
                leftSection={<IconTrash size={16} aria-hidden="true" />}
                onClick={() => openDialog('remove')}
              >
                Remove my work from here
              </Button>
            </>
          ) : null}
          <Button
            variant="default"
            fullWidth
            leftSection={<IconLogout size={16} aria-hidden="true" />}
            onClick={signOut}
          >
            Sign out
          </Button>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
