import type { Session } from '../data/types.ts';
import { MyDevicesDialog } from '../features/devices/my-devices-dialog.tsx';
import { RemoveWorkDialog } from '../features/devices/remove-work-dialog.tsx';
import { syncNow } from './background-sync.ts';

type Props = { open: 'devices' | 'remove'; session: Session; onClose: () => void };

export function DeviceDialogs({ open, session, onClose }: Props) {
  if (open === 'devices') return <MyDevicesDialog onClose={onClose} />;
  if (!session.workspace) return null;
  return (
    <RemoveWorkDialog
      workspace={session.workspace}
      email={session.user.email}
      onSyncNow={() => void syncNow()}
      onClose={onClose}
    />
  );
}
