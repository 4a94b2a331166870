import { Button, Modal } from '@mantine/core';
import classes from './address-dialog.module.css';

type Props = {
  /** The address as the text has it; null while closed. */
  address: string | null;
  onClose: () => void;
  /** Opens it outside the app. Only ever called with an http, https or mailto address. */
  onOpen: (address: string) => void;
};

const openable = new Set(['http:', 'https:', 'mailto:']);

/** The address in its normal spelling when it may be opened outside, else null. */
export function openableAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return openable.has(url.protocol) ? url.href : null;
}

/** Shows where a link in a response leads before anything opens. */
export function AddressDialog({ address, onClose, onOpen }: Props) {
  const target = address === null ? null : openableAddress(address);
  const open = () => {
    if (target !== null) onOpen(target);
    onClose();
  };
  return (
    <Modal opened={address !== null} onClose={onClose} title="A link in the response" size="lg">
      <p className={classes.text}>
        {target === null
          ? 'This address cannot be opened from here: it is not a web or mail address.'
          : 'The response links to this address. Nobody has checked it.'}
      </p>
      <p className={classes.address} dir="ltr">
        {target ?? address}
      </p>
      <div className={classes.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Stay here
        </Button>
        {target === null ? null : <Button onClick={open}>Open outside the app</Button>}
      </div>
    </Modal>
  );
}
