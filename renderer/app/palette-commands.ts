import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { lockWork } from '../data/session.ts';
import type { QueueBatch, Session } from '../data/types.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter, type PaletteCommand } from '../ui/command-center.ts';
import { choose, preferences } from '../ui/preferences.ts';
import { type SectionPath, sectionsFor } from './sections.ts';

type Ways = {
  session: Session;
  pathname: string;
  goTo: (path: SectionPath) => void;
  signOut: () => void;
};

/** What can be done on every screen inside: other sections, settings, light or dark, sign out. */
export function commandsEverywhere({ session, pathname, goTo, signOut }: Ways): PaletteCommand[] {
  const dark = document.documentElement.dataset.mantineColorScheme === 'dark';
  const keys = keysInForce(preferences.get().keys);
  const more = preferences.get().contrast === 'more';
  return [
    ...sectionsFor(session.user.roles).map((section) => ({
      id: `section:${section.key}`,
      label: section.key === 'sync' ? 'Sync and receipts (ledger)' : section.label,
      group: 'Go to',
      blocked: pathname === section.path ? 'You are here' : null,
      run: () => goTo(section.path),
    })),
    {
      id: 'theme',
      label: dark ? 'Switch to light' : 'Switch to dark',
      group: 'Workstation',
      run: () => choose({ theme: dark ? 'light' : 'dark' }),
    },
    {
      id: 'contrast',
      label: more ? 'High contrast off' : 'High contrast on',
      group: 'Workstation',
      run: () => choose({ contrast: more ? 'auto' : 'more' }),
    },
    {
      id: 'settings',
      label: 'Settings: text size, density, keys',
      group: 'Workstation',
      keys: keys.get('settings') ?? null,
      run: commandCenter.openSettings,
    },
    ...(session.workspace
      ? [
          {
            id: 'lock',
            label: 'Lock now',
            group: 'Workstation',
            keys: keys.get('lock') ?? null,
            run: () => void lockWork('person'), // what cannot be written stays open, with its reason
          },
        ]
      : []),
    { id: 'sign-out', label: 'Sign out', group: 'Workstation', run: signOut },
  ];
}

/** The batches on this laptop; each goes on where its work was left. */
export function batchCommands(
  queue: readonly QueueBatch[],
  open: (batchId: BatchId, assignmentId: AssignmentId) => void,
): PaletteCommand[] {
  return queue.map((batch) => ({
    id: `batch:${batch.id}`,
    label: `Open ${batch.name}`,
    group: 'Batches',
    detail: `${batch.submitted + batch.skipped} of ${batch.total} done`,
    blocked: blockedBecause(batch),
    run: () => {
      if (batch.continueAt) open(batch.id, batch.continueAt);
    },
  }));
}

function blockedBecause(batch: QueueBatch): string | null {
  if (batch.letGoAt != null && batch.locked) return 'Closed, and no longer kept on this laptop';
  if (batch.gate === 'practice-first') return 'Opens once the practice is passed';
  if (batch.downloaded === 0) return 'Not on this laptop yet';
  return batch.continueAt === null ? 'Every case is done' : null;
}
