import type { ReactNode } from 'react';
import type { Device, DeviceSession, PersonDevices } from '../../../shared/contract/devices.ts';
import type { ClientId } from '../../../shared/schema/ids.ts';
import { dateTimeText } from '../../ui/dates.ts';
import { deviceState, waitingWords } from './device-words.ts';
import classes from './devices.module.css';

type Props = {
  person: PersonDevices;
  /** The laptop of the reader, where there is one. */
  own?: ClientId | null;
  deviceActions?: (device: Device) => ReactNode;
  sessionActions?: (session: DeviceSession) => ReactNode;
};

/** Laptops that hold a person's work, and sessions that are open. */
export function DeviceList({ person, own = null, deviceActions, sessionActions }: Props) {
  return (
    <>
      <section className={classes.group} aria-labelledby="laptops">
        <h3 id="laptops" className={classes.heading}>
          Laptops with work
        </h3>
        {person.devices.length === 0 ? <p className={classes.none}>None yet.</p> : null}
        <ul className={classes.list}>
          {person.devices.map((device) => (
            <DeviceLine key={device.id} device={device} isOwn={device.id === own}>
              {deviceActions?.(device)}
            </DeviceLine>
          ))}
        </ul>
      </section>
      <section className={classes.group} aria-labelledby="sessions">
        <h3 id="sessions" className={classes.heading}>
          Open sessions
        </h3>
        {person.sessions.length === 0 ? <p className={classes.none}>None.</p> : null}
        <ul className={classes.list}>
          {person.sessions.map((session) => (
            <li key={session.id} className={classes.item}>
              <div>
                <p className={classes.name}>
                  {session.name || 'A device without a name'}
                  {own !== null && session.clientId === own ? <Own /> : null}
                </p>
                <p className={classes.line}>
                  Signed in {dateTimeText(session.signedInAt)}, last seen {dateTimeText(session.lastSeenAt)}
                </p>
              </div>
              <div className={classes.actions}>{sessionActions?.(session)}</div>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

const Own = () => <span className={classes.own}>this laptop</span>;

type LineProps = { device: Device; isOwn: boolean; children: ReactNode };

function DeviceLine({ device, isOwn, children }: LineProps) {
  const { text, tone } = deviceState(device);
  return (
    <li className={classes.item}>
      <div>
        <p className={classes.name}>
          {device.name || 'A laptop without a name'}
          {isOwn ? <Own /> : null}
        </p>
        <p className={classes.line}>
          <span className={classes.state} data-tone={tone}>
            {text}
          </span>
          {' · '}waiting there: {waitingWords(device)}
        </p>
        <p className={classes.line}>
          Last contact {dateTimeText(device.lastSeenAt)} · app {device.appVersion || 'not known'}
        </p>
      </div>
      <div className={classes.actions}>{children}</div>
    </li>
  );
}
