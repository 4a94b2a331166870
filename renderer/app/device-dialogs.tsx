import { QueryClientProvider } from '@tanstack/react-query';
import { saveEmergencyCopy } from '../data/rescue.ts';
import type { Session } from '../data/types.ts';
import { MyDevicesDialog } from '../features/devices/my-devices-dialog.tsx';
import { RemoveWorkDialog } from '../features/devices/remove-work-dialog.tsx';
import { EmergencyCopy } from '../ui/emergency-copy.tsx';
import { syncNow } from './background-sync.ts';
import { ChangeKeyDialog } from './change-key-dialog.tsx';
import { serverCache } from './server-cache.ts';

export type DeviceDialog = 'devices' | 'key' | 'remove';
type Props = { open: DeviceDialog; session: Session; onClose: () => void };

export function DeviceDialogs({ open, session, onClose }: Props) {
  const { user, workspace } = session;
  if (open === 'devices')
    return (
      <QueryClientProvider client={serverCache()}>
        <MyDevicesDialog onClose={onClose} />
      </QueryClientProvider>
    );
  if (open === 'key') return <ChangeKeyDialog email={user.email} onClose={onClose} />;
  if (!workspace) return null;
  return (
    <RemoveWorkDialog
      workspace={workspace}
      email={user.email}
      onSyncNow={() => void syncNow()}
      onClose={onClose}
      emergencyCopy={<EmergencyCopy onSave={() => saveEmergencyCopy(workspace)} />}
    />
  );
}
