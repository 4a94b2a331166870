import { IconArrowLeft } from '@tabler/icons-react';
import { memo, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { StatusChip } from '../../ui/status-chip.tsx';
import classes from './annotate-header.module.css';
import type { AnnotateSession } from './annotate-session.ts';
import type { CaseState, OpenCase } from './annotate-store.ts';
import { countBatch, numberOf } from './batch-order.ts';
import { chipWords, spokenOf } from './chip-words.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { PaceDisplay } from './pace-display.tsx';

type Props = {
  session: AnnotateSession;
  onLeave: () => void;
  onOpenLedger: () => void;
  onGuidelines: () => void;
  onSheet: () => void;
  onCommands: () => void;
  /** Null: the physician hides the time. */
  onTime: (() => void) | null;
};

/** Where one is, whether it is saved, and the two helps. Its buttons stay as they are when the case changes. */
export const AnnotateHeader = memo(function AnnotateHeader({
  session,
  onLeave,
  onOpenLedger,
  onGuidelines,
  onSheet,
  onCommands,
  onTime,
}: Props) {
  const name = useStore(session.store, (state) => state.batch?.name ?? null);
  useTitle(name);
  return (
    <header className={classes.header}>
      <button
        type="button"
        className={classes.leave}
        onClick={onLeave}
        aria-label="Back to the queue"
        title="Back to the queue"
      >
        <IconArrowLeft size={18} stroke={1.7} aria-hidden="true" />
      </button>
      <h1 className={classes.name}>{name ?? ''}</h1>
      <Progress session={session} />
      {onTime ? <PaceDisplay session={session} onOpen={onTime} /> : null}
      <span className={classes.space} />
      <Chip session={session} onOpenLedger={onOpenLedger} />
      <button
        type="button"
        className={classes.help}
        aria-keyshortcuts={useAriaKeys('guidelines')}
        onClick={onGuidelines}
      >
        <span className={classes.helpName}>Guidelines</span> <CommandKey of="guidelines" />
      </button>
      <button
        type="button"
        className={classes.help}
        aria-keyshortcuts={useAriaKeys('palette')}
        aria-haspopup="dialog"
        onClick={onCommands}
      >
        <span className={classes.helpName}>Commands</span> <CommandKey of="palette" />
      </button>
      <button
        type="button"
        className={classes.help}
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        aria-keyshortcuts={useAriaKeys('sheet')}
        onClick={onSheet}
      >
        <CommandKey of="sheet" />
      </button>
    </header>
  );
});

/** The window says where one is, for those who hear it before anything else. */
function useTitle(batch: string | null): void {
  useEffect(() => {
    if (batch !== null) document.title = `${batch} · Second Opinion`;
  }, [batch]);
}

function Progress({ session }: { session: AnnotateSession }) {
  const places = useStore(session.store, (state) => state.places);
  const current = useStore(session.store, (state) => state.current);
  const counts = useMemo(() => countBatch(places), [places]);
  const number = current ? numberOf(places, current.id) : null;
  if (counts.total === 0) return null;
  const done = counts.submitted + counts.skipped;
  return (
    <>
      <span className={classes.number} role="status">
        {number === null ? null : <span className="visually-hidden">Case </span>}
        <span>{number === null ? `${counts.total} cases` : `${number} of ${counts.total}`}</span>
      </span>
      <span
        className={classes.bar}
        role="progressbar"
        aria-label="Cases done"
        aria-valuemin={0}
        aria-valuemax={counts.total}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${counts.total} done`}
        title={`${done} of ${counts.total} done`}
      >
        <i className={classes.done} style={{ width: `${(done / counts.total) * 100}%` }} />
        {number === null ? null : (
          <i className={classes.here} style={{ left: `${((number - 0.5) / counts.total) * 100}%` }} />
        )}
      </span>
    </>
  );
}

function Chip({ session, onOpenLedger }: Pick<Props, 'session' | 'onOpenLedger'>) {
  const sync = useStore(session.store, (state) => state.sync);
  const diskLow = useStore(session.store, (state) => state.diskLow);
  const current = useStore(session.store, (state) => state.current);
  const beside = useStore(session.store, (state) => state.beside);
  const state = useOptionalCase(current);
  const others = [useOptionalCase(beside[0] ?? null), useOptionalCase(beside[1] ?? null)];
  const cases = [state, ...others].filter((one) => one !== null);
  const words = chipWords({
    cases,
    // A case that was taken back or locked cannot be submitted again.
    changedSinceSubmit: state?.readOnly === false && state.changedSinceSubmit,
    sync,
    diskLow,
  });
  return (
    <div className={classes.chip} data-saved={cases.every(({ progress }) => progress === 'clean')}>
      <StatusChip {...words} spoken={spokenOf(words, sync)} onClick={onOpenLedger} action="Open the ledger" />
    </div>
  );
}

type Readable<T> = Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'>;
const noCase: Readable<CaseState | null> = createStore<CaseState | null>(() => null);

function useOptionalCase(one: OpenCase | null): CaseState | null {
  const store: Readable<CaseState | null> = one?.store ?? noCase;
  return useStore(store);
}
