import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Device,
  type OrderKind,
  orderDevice,
  revokeSessions,
  unlockDevice,
} from '../../../shared/contract/devices.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { callServer } from '../../data/server-call.ts';
import { devicesOfQuery } from '../../data/server-queries.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { useFocusBack } from '../../ui/use-focus-back.ts';
import { DeviceList } from './device-list.tsx';
import classes from './devices.module.css';

type Props = { userId: UserId; name: string; onClose: () => void };
type Asked = { device: Device; kind: OrderKind };
type Act =
  | { do: OrderKind; device: Device }
  | { do: 'unlock'; device: Device }
  | { do: 'end'; sessionId: string };

function send(act: Act): Promise<unknown> {
  if (act.do === 'end') return callServer(revokeSessions, { body: { sessionId: act.sessionId } });
  const { id: clientId } = act.device;
  if (act.do === 'unlock') return callServer(unlockDevice, { body: { clientId } });
  return callServer(orderDevice, { body: { clientId, kind: act.do } });
}

/** One person's laptops and sessions, for an administrator to lock, unlock, wipe or end. */
export function PersonDevicesDialog({ userId, name, onClose }: Props) {
  useFocusBack();
  const devices = useQuery(devicesOfQuery(userId));
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const act = useMutation({
    mutationFn: send,
    onSuccess: () => client.invalidateQueries({ queryKey: ['devices'] }),
  });
  if (asked)
    return (
      <ConfirmOrder
        {...asked}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null);
          act.mutate({ do: asked.kind, device: asked.device });
        }}
      />
    );
  return (
    <Modal opened onClose={onClose} title={`Laptops and sessions of ${name}`} size="xl">
      {act.error ? <FailureNote error={act.error} /> : null}
      <QueryView query={devices}>
        {(person) => (
          <DeviceList
            person={person}
            deviceActions={(device) => (
              <DeviceActions
                device={device}
                onAsk={(kind) => setAsked({ device, kind })}
                onUnlock={() => act.mutate({ do: 'unlock', device })}
              />
            )}
            sessionActions={({ id }) => (
              <Button size="xs" variant="default" onClick={() => act.mutate({ do: 'end', sessionId: id })}>
                End now
              </Button>
            )}
          />
        )}
      </QueryView>
    </Modal>
  );
}

type ActionProps = { device: Device; onAsk: (kind: OrderKind) => void; onUnlock: () => void };

function DeviceActions({ device, onAsk, onUnlock }: ActionProps) {
  if (device.removedAt !== null) return null;
  const kind = device.order?.kind ?? null;
  return (
    <>
      {kind === null ? (
        <Button size="xs" variant="default" onClick={() => onAsk('lock')}>
          Lock
        </Button>
      ) : (
        <Button size="xs" variant="default" onClick={onUnlock}>
          Unlock
        </Button>
      )}
      {kind === 'wipe' ? null : (
        <Button size="xs" variant="default" onClick={() => onAsk('wipe')}>
          Wipe
        </Button>
      )}
    </>
  );
}

const words = {
  lock: {
    title: (name: string) => `Lock ${name}?`,
    text: 'At its next contact it sends what waits there and then locks. The work stays sealed on it until you unlock it here. A laptop whose session was ended has no contact before its owner signs in again.',
    confirm: 'Lock it',
  },
  wipe: {
    title: (name: string) => `Wipe ${name}?`,
    text: 'At its next contact it sends what waits there. Only once the server holds everything is the key to its work destroyed, for ever. If anything cannot be sent, it locks instead and says how much.',
    confirm: 'Wipe it',
  },
} as const;

function ConfirmOrder({
  device,
  kind,
  onCancel,
  onConfirm,
}: Asked & { onCancel: () => void; onConfirm: () => void }) {
  const { title, text, confirm } = words[kind];
  return (
    <Modal opened onClose={onCancel} title={title(device.name || 'this laptop')} size="md">
      <div className={classes.form}>
        <p>{text}</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={onCancel}>
            Cancel
          </Button>
          <Button onClick={onConfirm}>{confirm}</Button>
        </Group>
      </div>
    </Modal>
  );
}
