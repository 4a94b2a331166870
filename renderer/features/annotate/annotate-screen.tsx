import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { AddressDialog } from '../../ui/address-dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { AnnotateHeader } from './annotate-header.tsx';
import classes from './annotate-screen.module.css';
import { type AnnotateSession, createAnnotateSession } from './annotate-session.ts';
import { BatchEnd } from './batch-end.tsx';
import { countBatch, neighbour } from './batch-order.ts';
import { CaseLayer, type LayerActions } from './case-layer.tsx';
import { railWidth } from './context-layout.ts';
import { firstOpenPlace, focusPlace, placeOfMissing } from './focus-place.ts';
import { GuidelinesDrawer } from './guidelines-drawer.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { SkipDialog } from './skip-dialog.tsx';
import { useCaseKeys } from './use-case-keys.ts';
import { useCaseLayers } from './use-case-layers.ts';
import { useReadingChoices } from './use-reading-choices.ts';
import { useSignsOfLife } from './use-signs-of-life.ts';

type Props = {
  workspace: Workspace;
  batchId: BatchId;
  assignmentId: AssignmentId;
  /** The case on screen changed; keep the address in step. */
  onOpenCase: (id: AssignmentId) => void;
  /** Back to the queue. */
  onLeave: () => void;
  onOpenLedger: () => void;
  now?: () => number;
};

export type Overlay = 'guidelines' | 'sheet' | 'skip' | null;

/** The main job: two answers, what is asked about them, and on to the next case. Nothing here awaits the network. */
export function AnnotateScreen(props: Props) {
  const { workspace, batchId, assignmentId, onOpenCase, onLeave, onOpenLedger, now = Date.now } = props;
  const onMove = useRef(onOpenCase);
  onMove.current = onOpenCase;
  const session = useMemo(
    () => createAnnotateSession({ workspace, batchId, now, onMove: (id) => onMove.current(id) }),
    [workspace, batchId, now],
  );
  const screen = useRef<HTMLDivElement>(null);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [address, setAddress] = useState<string | null>(null);
  const choices = useReadingChoices(workspace);
  const layers = useCaseLayers(session);
  const current = useStore(session.store, (state) => state.current);
  const places = useStore(session.store, (state) => state.places);

  useEffect(() => session.start(), [session]);
  useEffect(() => {
    if (session.store.getState().current?.id !== assignmentId) void session.goTo(assignmentId); // shows its own failure
  }, [session, assignmentId]);
  useSignsOfLife(session);

  const layer = () => screen.current?.querySelector<HTMLElement>('[data-layer][data-active]') ?? null;
  const submit = () => {
    const first = session.submit()[0];
    if (first) focusPlace(layer(), placeOfMissing(first));
  };
  const ready = current !== null && choices.ready;
  useLayoutEffect(() => {
    if (!ready) return;
    const { history } = current.store.getState();
    const place = current.lastPlace ?? firstOpenPlace(current.loaded.rubric, history.present);
    focusPlace(screen.current?.querySelector<HTMLElement>('[data-layer][data-active]') ?? null, place);
  }, [current, ready]);
  useCaseKeys({ session, layer, choices, submit, setOverlay, blocked: overlay !== null || address !== null });

  const { fold, setWidth, toggleLinked } = choices;
  const actions = useMemo<LayerActions>(
    () => ({
      onAddress: setAddress,
      onFold: fold,
      onWidth: setWidth,
      onLink: toggleLinked,
      onBack: () => void session.back(), // shows its own failure
      onSkip: () => setOverlay('skip'),
      onSubmit: () => {
        const first = session.submit()[0];
        const active = screen.current?.querySelector<HTMLElement>('[data-layer][data-active]') ?? null;
        if (first) focusPlace(active, placeOfMissing(first));
      },
    }),
    [session, fold, setWidth, toggleLinked],
  );
  const width = choices.layout.folded ? railWidth : choices.layout.width;
  return (
    <div
      ref={screen}
      className={classes.screen}
      style={{ '--context-width': `${width}px` } as React.CSSProperties}
    >
      <AnnotateHeader
        session={session}
        onLeave={onLeave}
        onOpenLedger={onOpenLedger}
        onGuidelines={() => setOverlay('guidelines')}
        onSheet={() => setOverlay('sheet')}
      />
      <div className={classes.stack}>
        {choices.ready
          ? layers.map((one) => (
              <CaseLayer
                key={one.id}
                one={one}
                active={one === current}
                hasBack={neighbour(places, one.id, -1) !== null}
                folded={choices.layout.folded}
                width={choices.layout.width}
                linked={choices.linked}
                actions={actions}
              />
            ))
          : null}
        <Instead session={session} onLeave={onLeave} />
      </div>
      <GuidelinesDrawer
        workspace={workspace}
        batchId={batchId}
        opened={overlay === 'guidelines'}
        onClose={() => setOverlay(null)}
        onAddress={setAddress}
      />
      <ShortcutSheet opened={overlay === 'sheet'} onClose={() => setOverlay(null)} />
      <SkipDialog
        opened={overlay === 'skip'}
        onClose={() => setOverlay(null)}
        onSkip={(reason, note) => {
          setOverlay(null);
          session.skip(reason, note);
        }}
      />
      <AddressDialog
        address={address}
        onClose={() => setAddress(null)}
        onOpen={(target) => void platform().app.openLink(target)}
      />
      <p className={classes.toast} role="status" data-shown={choices.told !== null || undefined}>
        {choices.told}
      </p>
    </div>
  );
}

/** What stands in place of a case: the batch's end, or why a case cannot be opened. */
function Instead({ session, onLeave }: { session: AnnotateSession; onLeave: () => void }) {
  const { batch, places, sync, ended, openError } = useStore(session.store);
  const counts = useMemo(() => countBatch(places), [places]);
  if (openError !== null)
    return (
      <div className={classes.failure}>
        <ErrorNote
          what={openError}
          safe="Nothing was changed."
          action={{ label: 'Back to the queue', onClick: onLeave }}
        />
      </div>
    );
  if (!ended) return null;
  return (
    <BatchEnd
      name={batch?.name ?? 'This batch'}
      counts={counts}
      sync={sync}
      onLeave={onLeave}
      onBack={() => void session.back()} // shows its own failure
    />
  );
}
