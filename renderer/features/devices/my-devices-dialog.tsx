import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ownClientId } from '../../data/device-orders.ts';
import { myDevicesQuery } from '../../data/server-queries.ts';
import { useSession } from '../../data/session.ts';
import { QueryView } from '../../ui/query-view.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import { DeviceList } from './device-list.tsx';

/** Where the reader's own work is, and where they are signed in. */
export function MyDevicesDialog({ onClose }: { onClose: () => void }) {
  useFocusBack();
  const mine = useQuery(myDevicesQuery);
  const workspace = useSession((state) => state.session?.workspace ?? null);
  const own = workspace && ownClientId(workspace);
  return (
    <Modal opened onClose={onClose} title="My laptops" size="lg">
      <QueryView query={mine}>{(person) => <DeviceList person={person} own={own} />}</QueryView>
    </Modal>
  );
}
