import { IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './guidelines-drawer.module.css';

type Props = { workspace: Workspace; batchId: BatchId; version: number; onOpen: () => void };

const toldPreferenceOf = (batchId: BatchId) => `annotate.guidelines-told.${batchId}`;

/** Says once that the guidelines changed; set aside, it does not come back for the same version. */
export function GuidelinesNotice({ workspace, batchId, version, onOpen }: Props) {
  const [told, setTold] = useState(true);
  const keys = useAriaKeys('guidelines');
  useEffect(() => {
    let open = true;
    const show = (stored: string | null) => {
      if (open) setTold(Number(stored) === version);
    };
    workspace.loadPreference(toldPreferenceOf(batchId)).then(show, () => show(null));
    return () => {
      open = false;
    };
  }, [workspace, batchId, version]);
  const setAside = () => {
    setTold(true);
    // Not kept, it is said again at the next start: better twice than never.
    workspace.savePreference(toldPreferenceOf(batchId), String(version)).catch(() => undefined);
  };
  return (
    <div className={classes.notice} role="status" data-shown={!told || undefined}>
      {told ? null : (
        <>
          <span>Guidelines changed: version {version}.</span>
          <button type="button" className={classes.see} aria-keyshortcuts={keys} onClick={onOpen}>
            See what changed <CommandKey of="guidelines" />
          </button>
          <button type="button" className={classes.aside} aria-label="Set aside" onClick={setAside}>
            <IconX size={15} stroke={1.8} aria-hidden="true" />
          </button>
        </>
      )}
    </div>
  );
}
