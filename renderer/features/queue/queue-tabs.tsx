import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { isLetGo, isToDo } from './batch-words.ts';
import { type CaseTab, caseTabs, type QueueView } from './case-lists.ts';
import classes from './queue.module.css';

export const tabs = ['todo', ...caseTabs] as const;
export type Tab = (typeof tabs)[number];

const tabLabels: Record<Tab, string> = {
  todo: 'To do',
  drafts: 'Drafts',
  ready: 'Ready to send',
  sent: 'Sent',
  returned: 'Returned',
  feedback: 'Feedback',
  choose: 'To choose',
};

const emptyTab: Record<CaseTab, string> = {
  drafts: 'No open drafts. A case you begin and do not submit is kept here.',
  ready: 'Nothing waits to be sent. What you submit without a network is kept here until it is.',
  sent: 'Nothing has been sent from this account yet.',
  returned: 'Nothing was returned to you. A case that a reviewer sends back shows here with the comment.',
  feedback: 'Nothing from the experts yet. What they said about a case you submitted shows here.',
  choose: 'No case has been answered on more than one laptop.',
};

const sentAndLetGo =
  'What you sent is at the server and no longer kept on this laptop; its receipts are under Sync and receipts.';

/** What an empty list means. */
export const emptyWords = (tab: CaseTab, { batches }: QueueView): string =>
  tab === 'sent' && batches.some(isLetGo) ? sentAndLetGo : emptyTab[tab];

/** The tabs that are shown: Feedback only where there ever was any, the last only where there is a choice to make. */
export const tabsOf = (view: QueueView): Tab[] =>
  tabs.filter((tab) => (tab !== 'feedback' && tab !== 'choose') || view.lists[tab].length > 0);

/** Tabs that ask for something. */
const isUrgent = (tab: Tab) => tab === 'returned' || tab === 'choose';

const countOf = (view: QueueView, tab: Tab): number =>
  tab === 'todo' ? view.batches.filter(isToDo).length : view.lists[tab].length;

type Props = { view: QueueView; tab: Tab; onTab: (tab: Tab) => void; children: ReactNode };

export function QueueTabs({ view, tab, onTab, children }: Props) {
  return (
    <Tabs
      value={tab}
      onChange={(value) => onTab(tabs.find((name) => name === value) ?? 'todo')}
      keepMounted={false}
    >
      <Tabs.List aria-label="Batches and cases by state">
        {tabsOf(view).map((name) => (
          <Tabs.Tab key={name} value={name} data-urgent={isUrgent(name) && countOf(view, name) > 0}>
            {tabLabels[name]} <span className={classes.count}>{countOf(view, name)}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} className={classes.panel}>
        {children}
      </Tabs.Panel>
    </Tabs>
  );
}
