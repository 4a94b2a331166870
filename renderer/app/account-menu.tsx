import { Button, Popover, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconChevronDown, IconLogout } from '@tabler/icons-react';
import type { Session } from '../data/types.ts';
import { Segmented } from '../ui/segmented.tsx';
import { counted } from '../ui/work-words.ts';
import { leave } from './background-sync.ts';
import classes from './shell.module.css';

const schemes = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Signing out locks the work; with changes unsent the person is told first that they stay and wait. */
async function askAndLeave(session: Session): Promise<void> {
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
  const name = user.name || user.email;
  return (
    <Popover position={wide ? 'top-start' : 'bottom-end'} width={250} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.account} data-wide={wide || undefined}>
          <span>{name}</span>
          <IconChevronDown size={14} aria-hidden="true" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={`Account of ${name}`}>
        <p className={classes.email}>{user.email}</p>
        <p className={classes.menuLabel}>Appearance</p>
        <Segmented
          label="Appearance"
          size="small"
          options={schemes}
          value={colorScheme}
          onChange={setColorScheme}
        />
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
