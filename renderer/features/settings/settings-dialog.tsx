import { Modal, Tabs } from '@mantine/core';
import type { KeyLine } from '../../ui/key-table.ts';
import { KeySettings } from './key-settings.tsx';
import { LookSettings } from './look-settings.tsx';
import classes from './settings.module.css';
import { WorkSettings } from './work-settings.tsx';

type Props = {
  onClose: () => void;
  /** The keys of a physician's screen; null for those who have none. */
  table: readonly KeyLine[] | null;
};

/** How the workstation looks and answers; each choice holds at once and is kept with the account. */
export function SettingsDialog({ onClose, table }: Props) {
  return (
    <Modal opened onClose={onClose} title="Settings" size={700}>
      {table === null ? (
        <LookSettings />
      ) : (
        <Tabs defaultValue="look" keepMounted={false} classNames={{ panel: classes.panel }}>
          <Tabs.List aria-label="Kinds of settings">
            <Tabs.Tab value="look">Look</Tabs.Tab>
            <Tabs.Tab value="work">Work</Tabs.Tab>
            <Tabs.Tab value="keys">Keys</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="look">
            <LookSettings />
          </Tabs.Panel>
          <Tabs.Panel value="work">
            <WorkSettings />
          </Tabs.Panel>
          <Tabs.Panel value="keys">
            <KeySettings table={table} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Modal>
  );
}
