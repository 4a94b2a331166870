import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { AddressDialog } from '../../ui/address-dialog.tsx';
import { commandCenter } from '../../ui/command-center.ts';
import { ContextChoicesContext } from '../../ui/context-choices.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { preferences } from '../../ui/preferences.ts';
import { AnnotateHeader } from './annotate-header.tsx';
import classes from './annotate-screen.module.css';
import { type AnnotateSession, createAnnotateSession } from './annotate-session.ts';
import { BatchEnd } from './batch-end.tsx';
import { countBatch, neighbour } from './batch-order.ts';
import { CaseLayer, type LayerActions } from './case-layer.tsx';
import { railWidth } from './context-layout.ts';
import { ContextPlacesContext } from './context-place.ts';
import { GuidelinesDrawer } from './guidelines-drawer.tsx';
import { SessionContext } from './session-context.ts';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { SkipDialog } from './skip-dialog.tsx';
import { SkipLink } from './skip-link.tsx';
import { submitCase } from './submit-case.ts';
import { TimeDetails } from './time-details.tsx';
import { useCaseCommands } from './use-case-commands.ts';
import { useCaseKeys } from './use-case-keys.ts';
import { activeLayer, useCaseLayers } from './use-case-layers.ts';
import { useEarlyWake } from './use-early-wake.ts';
import { useKeyboardOnCase, useReturnPlace } from './use-keyboard-on-case.ts';
import { useNarrow } from './use-narrow.ts';
import { usePaceChoice } from './use-pace-choice.ts';
import { useReadingChoices } from './use-reading-choices.ts';
import { isPresent, useSignsOfLife } from './use-signs-of-life.ts';

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

export type Overlay = 'guidelines' | 'sheet' | 'skip' | 'time' | null;

/** Durations only: the time of day may be put back while a case is open. */
const monotonic = () => performance.now();

/** The main job: two answers, what is asked about them, and on to the next case. Nothing here awaits the network. */
export function AnnotateScreen(props: Props) {
  const { workspace, batchId, assignmentId, onOpenCase, onLeave, onOpenLedger, now = monotonic } = props;
  const onMove = useRef(onOpenCase);
  onMove.current = onOpenCase;
  const session = useMemo(
    () =>
      createAnnotateSession({
        workspace,
        batchId,
        now,
        present: isPresent,
        autoAdvance: () => preferences.get().autoAdvance,
        onMove: (id) => onMove.current(id),
      }),
    [workspace, batchId, now],
  );
  const screen = useRef<HTMLDivElement>(null);
  const [overlay, setDialog] = useState<Overlay>(null);
  const [guidelines, setGuidelines] = useState(false);
  // Guidelines are no dialog: they stay open beside the work, and asking again closes them.
  const setOverlay = useCallback(
    (next: Overlay) => (next === 'guidelines' ? setGuidelines((open) => !open) : setDialog(next)),
    [],
  );
  const [address, setAddress] = useState<string | null>(null);
  const choices = useReadingChoices(workspace, batchId);
  const layers = useCaseLayers(session);
  const pace = usePaceChoice();
  const current = useStore(session.store, (state) => state.current);
  const places = useStore(session.store, (state) => state.places);

  useEffect(() => session.start(), [session]);
  useEffect(() => {
    void session.follow(assignmentId); // shows its own failure
  }, [session, assignmentId]);
  useSignsOfLife(session);
  useEarlyWake(session, screen);

  const layer = () => activeLayer(screen.current);
  const submit = () => submitCase(session, layer);
  const hasDialog = overlay !== null || address !== null;
  useKeyboardOnCase(session, screen, { isReady: choices.ready, hasDialog });
  useReturnPlace(session, screen);
  const commandContext = { session, layer, choices, submit, setOverlay };
  useCaseKeys({ ...commandContext, blocked: hasDialog });
  useCaseCommands(commandContext);

  const { fold, setWidth, toggleLinked } = choices;
  const actions = useMemo<LayerActions>(
    () => ({
      onAddress: setAddress,
      onFold: fold,
      onWidth: setWidth,
      onLink: toggleLinked,
      onBack: () => void session.back(), // shows its own failure
      onSkip: () => setOverlay('skip'),
      onSubmit: () => submitCase(session, () => activeLayer(screen.current)),
    }),
    [session, fold, setWidth, toggleLinked, setOverlay],
  );
  const onGuidelines = useCallback(() => setOverlay('guidelines'), [setOverlay]);
  const onSheet = useCallback(() => setOverlay('sheet'), [setOverlay]);
  const onTime = useCallback(() => setOverlay('time'), [setOverlay]);
  const above = useNarrow() || choices.layout.place === 'above';
  const width = choices.layout.folded ? railWidth : choices.layout.width;
  // The same elements while nothing about them changes: the next case is shown without rendering a closed dialog.
  const dialogs = useMemo(
    () => (
      <>
        <GuidelinesDrawer
          workspace={workspace}
          batchId={batchId}
          opened={guidelines}
          onOpen={() => setGuidelines(true)}
          onClose={() => setGuidelines(false)}
          onAddress={setAddress}
        />
        <ShortcutSheet opened={overlay === 'sheet'} onClose={() => setOverlay(null)} />
        <SkipDialog
          session={session}
          opened={overlay === 'skip'}
          onClose={() => setOverlay(null)}
          onSkip={(reason, note) => {
            setOverlay(null);
            session.skip(reason, note);
          }}
        />
        <TimeDetails
          session={session}
          opened={overlay === 'time'}
          onClose={() => setOverlay(null)}
          pace={pace}
        />
        <AddressDialog
          address={address}
          onClose={() => setAddress(null)}
          onOpen={(target) => void platform().app.openLink(target)}
        />
      </>
    ),
    [workspace, batchId, session, overlay, guidelines, address, pace, setOverlay],
  );
  return (
    <div
      ref={screen}
      className={classes.screen}
      data-context-place={above ? 'above' : 'side'}
      data-folded={choices.layout.folded || undefined}
      data-guidelines={guidelines || undefined}
      style={{ '--context-width': `max(${width}px, var(--guidelines-over))` } as React.CSSProperties}
    >
      <SkipLink session={session} layer={layer} />
      <AnnotateHeader
        session={session}
        onLeave={onLeave}
        onOpenLedger={onOpenLedger}
        onGuidelines={onGuidelines}
        onSheet={onSheet}
        onCommands={commandCenter.openPalette}
        onTime={pace.shown ? onTime : null}
      />
      <SessionContext value={session}>
        <div className={classes.stack}>
          {choices.places ? (
            <ContextChoicesContext value={choices.chart}>
              <ContextPlacesContext value={choices.places}>
                {layers.map((one) => (
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
                ))}
              </ContextPlacesContext>
            </ContextChoicesContext>
          ) : null}
          <Instead session={session} onLeave={onLeave} />
        </div>
      </SessionContext>
      {dialogs}
      <p className={classes.toast} role="status" data-shown={choices.told !== null || undefined}>
        {choices.told}
      </p>
    </div>
  );
}

/** What stands in place of a case: the batch's end, or why a case cannot be opened. */
function Instead({ session, onLeave }: { session: AnnotateSession; onLeave: () => void }) {
  const { batch, opened, places, sync, ended, beside, openError } = useStore(session.store);
  const counts = useMemo(() => countBatch(places), [places]);
  if (openError !== null)
    return (
      <div className={classes.failure}>
        <ErrorNote
          what={openError}
          safe="Nothing was changed."
          action={{ label: 'Back to the queue', onClick: onLeave, takesFocus: true }}
        />
      </div>
    );
  if (!ended) return null;
  return (
    <BatchEnd
      name={batch?.name ?? 'This batch'}
      counts={counts}
      sync={sync}
      practice={batch?.practice ?? null}
      opened={opened}
      last={beside[0] ?? null}
      onLeave={onLeave}
      onBack={() => void session.back()} // shows its own failure
    />
  );
}
