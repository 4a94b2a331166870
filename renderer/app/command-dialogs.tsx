import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useSession } from '../data/session.ts';
import { shortcuts } from '../features/annotate/shortcuts.ts';
import { SettingsDialog } from '../features/settings/settings-dialog.tsx';
import { commandCenter, type PaletteCommand } from '../ui/command-center.ts';
import { CommandPalette } from '../ui/command-palette.tsx';
import { batchCommands } from './palette-commands.ts';

export { LeaveDialog } from './leave-dialog.tsx';
export { NoticeDialog } from './notice-dialog.tsx';

type Props = { open: 'palette' | 'settings' };

export function CommandDialogs({ open }: Props) {
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const batches = useBatchCommands();
  if (open === 'palette') return <CommandPalette more={batches} />;
  return <SettingsDialog onClose={commandCenter.goBack} table={workspace ? shortcuts : null} />;
}

/** Read when the palette opens; they follow at the end of its list. */
function useBatchCommands(): readonly PaletteCommand[] {
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const navigate = useNavigate();
  const [commands, setCommands] = useState<readonly PaletteCommand[]>([]);
  useEffect(() => {
    let here = true;
    workspace?.queue().then(
      (queue) => {
        if (!here) return;
        setCommands(
          batchCommands(
            queue,
            (batchId, assignmentId) =>
              void navigate({ to: '/annotate/$batchId/$assignmentId', params: { batchId, assignmentId } }),
          ),
        );
      },
      () => undefined, // the queue screen tells of it
    );
    return () => {
      here = false;
    };
  }, [workspace, navigate]);
  return commands;
}
