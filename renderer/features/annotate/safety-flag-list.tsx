import { Popover } from '@mantine/core';
import { IconFlag, IconFlagFilled, IconPencil, IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { SafetyFlag, Side } from '../../../shared/schema/annotation.ts';
import { locatePassage } from '../../../shared/schema/safety-flag.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { startPicking } from './safety-flag-command.ts';
import { removeFlag } from './safety-flag-edit.ts';
import classes from './safety-flag-list.module.css';
import { markPassages } from './safety-flag-marks.ts';
import { answerRegion, rangeOfPassage, scrollToRange } from './safety-flag-page.ts';
import { flagUi } from './safety-flag-store.ts';
import { flagCount, flagName, safetyFlagLabels, severityLabels, shortened } from './safety-flag-words.ts';

/** How many passages of an answer are flagged, and the list of them. Nothing where the study does not ask. */
export function SafetyFlagList({ side }: { side: Side }) {
  const one = useCase();
  return one.loaded.rubric.safetyFlags.ask ? <FlagList side={side} /> : null;
}

/** The id of the words that describe an answer's flagged passages to a screen reader; none where nothing is asked. */
export function useFlagWordsId(side: Side): string | undefined {
  const { id, loaded } = useCase();
  return loaded.rubric.safetyFlags.ask ? `flags-${id}-${side}` : undefined;
}

function FlagList({ side }: { side: Side }) {
  const one = useCase();
  const flags = useFlags(side);
  const opened = useStore(flagUi(one), ({ list }) => list === side);
  const chip = useRef<HTMLButtonElement>(null);
  const keys = useAriaKeys('flag-text');
  const wordsId = useFlagWordsId(side);
  const layer = useCallback(() => chip.current?.closest('[data-layer]') ?? null, []);
  const setOpened = (next: boolean) => {
    flagUi(one).setState({ list: next ? side : null, form: null, picking: null, told: '' });
    if (!next) markPassages(one, 'picked', null);
  };
  const close = () => {
    setOpened(false);
    chip.current?.focus({ preventScroll: true });
  };
  const Icon = flags.length > 0 ? IconFlagFilled : IconFlag;
  return (
    <>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        width={380}
        offset={4}
        withinPortal={false}
        trapFocus={false}
        returnFocus={false}
        closeOnEscape={false}
      >
        <Popover.Target>
          <button
            ref={chip}
            type="button"
            className={classes.chip}
            data-place={`flags of ${side}`}
            data-set={flags.length > 0 || undefined}
            aria-label={`${flagCount(flags.length)} on passages of answer ${side.toUpperCase()}`}
            aria-keyshortcuts={keys}
            onClick={() => setOpened(!opened)}
          >
            <Icon size={13} aria-hidden="true" />
            {flagCount(flags.length)}
          </button>
        </Popover.Target>
        <Popover.Dropdown className={classes.list}>
          {opened ? <Opened side={side} flags={flags} layer={layer} onClose={close} /> : null}
        </Popover.Dropdown>
      </Popover>
      <span hidden id={wordsId}>
        {flags.length === 0 ? 'No passage is flagged.' : spoken(flags)}
      </span>
    </>
  );
}

const spoken = (flags: readonly SafetyFlag[]) =>
  `${flags.length === 1 ? '1 passage is flagged' : `${flags.length} passages are flagged`}: ${flags
    .slice(0, 10)
    .map((flag) => `${flagName(flag)}: “${shortened(flag.quote, 80)}”`)
    .join('; ')}.`;

function useFlags(side: Side): readonly SafetyFlag[] {
  const all = useBody((body) => body.safetyFlags);
  return useMemo(() => all.filter((flag) => flag.side === side), [all, side]);
}

type OpenedProps = {
  side: Side;
  flags: readonly SafetyFlag[];
  layer: () => Element | null;
  onClose: () => void;
};

function Opened({ side, flags, layer, onClose }: OpenedProps) {
  const one = useCase();
  const holder = useRef<HTMLDivElement>(null);
  const readOnly = useCaseState((state) => state.readOnly);
  const told = useStore(flagUi(one), (state) => state.told);
  const onRemove = (flag: SafetyFlag) => {
    const at = flags.indexOf(flag);
    const neighbour = flags[at + 1] ?? flags[at - 1];
    flagUi(one).setState({ told: removeFlag(one, flag) });
    const next = neighbour && holder.current?.querySelector<HTMLElement>(`[data-flag="${neighbour.id}"]`);
    (next ?? holder.current)?.focus({ preventScroll: true });
  };
  const onEdit = (flag: SafetyFlag) => {
    const range = rangeOfPassage(one, layer(), side, flag);
    scrollToRange(answerRegion(layer(), side), range);
    const back = layer()?.querySelector<HTMLElement>(`[data-place="flags of ${side}"]`) ?? null;
    const form = { side, passage: flag, flag, others: [], focused: true, kind: null };
    flagUi(one).setState({ list: null, form, back });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only adds keys to the list inside, which is the control
    <div
      ref={holder}
      tabIndex={-1}
      className={classes.holder}
      onKeyDown={(event) => onListKey(event, onClose)}
    >
      {flags.length === 0 ? (
        <p className={classes.none}>No passage of answer {side.toUpperCase()} is flagged.</p>
      ) : (
        <ol className={classes.flags}>
          {flags.map((flag, index) => (
            <FlagRow
              key={flag.id}
              flag={flag}
              first={index === 0}
              layer={layer}
              onEdit={readOnly ? null : () => onEdit(flag)}
              onRemove={readOnly ? null : () => onRemove(flag)}
            />
          ))}
        </ol>
      )}
      {readOnly ? null : (
        <button
          type="button"
          className={classes.add}
          // The first thing to do in an empty list.
          ref={flags.length === 0 ? focusOnce : undefined}
          onClick={() => {
            const holder = layer();
            if (holder) startPicking(one, holder, side, null);
          }}
        >
          Flag a passage <CommandKey of="flag-text" />
          <span className={classes.hint}>or select words in the answer</span>
        </button>
      )}
      {told === '' ? null : <p className={classes.told}>{told}</p>}
    </div>
  );
}

const focusOnce = (element: HTMLElement | null) => element?.focus({ preventScroll: true });

/** Up and down go from flag to flag; Escape closes; other single keys stay in the list. */
function onListKey(event: KeyboardEvent<HTMLElement>, onClose: () => void): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.stopPropagation();
  if (event.key === 'Escape') {
    event.preventDefault();
    onClose();
    return;
  }
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-flag]')];
  const row =
    event.target instanceof Element
      ? event.target.closest('li')?.querySelector<HTMLElement>('[data-flag]')
      : null;
  rows[Math.max(0, Math.min(rows.length - 1, (row ? rows.indexOf(row) : -by) + by))]?.focus();
}

type RowProps = {
  flag: SafetyFlag;
  first: boolean;
  layer: () => Element | null;
  /** Null where nothing can be changed. */
  onEdit: (() => void) | null;
  onRemove: (() => void) | null;
};

function FlagRow({ flag, first, layer, onEdit, onRemove }: RowProps) {
  const one = useCase();
  const found = locatePassage(one.loaded.assignment[flag.side], flag) !== null;
  const words = useMemo(
    () => shownWords(rangeOfPassage(one, layer(), flag.side, flag), flag),
    [one, layer, flag],
  );
  const jump = () => {
    const range = rangeOfPassage(one, layer(), flag.side, flag);
    scrollToRange(answerRegion(layer(), flag.side), range);
    markPassages(one, 'picked', range ? [range] : null);
  };
  const name = flagName(flag);
  return (
    <li className={classes.flag}>
      <button
        type="button"
        className={classes.main}
        data-flag={flag.id}
        ref={first ? focusOnce : undefined}
        onClick={jump}
      >
        <span className={classes.kind}>
          {safetyFlagLabels[flag.kind]}
          <span className={classes.severity} data-severity={flag.severity}>
            {severityLabels[flag.severity]}
          </span>
        </span>
        <span>
          <q className={classes.quote} dir="auto">
            {words}
          </q>
          {found ? null : (
            <span className={classes.lost}>Passage not found in this text. The flag is kept.</span>
          )}
          {flag.note === '' ? null : (
            <span className={classes.note} dir="auto">
              {flag.note}
            </span>
          )}
        </span>
      </button>
      {onEdit && found ? (
        <button
          type="button"
          className={classes.tool}
          aria-label={`Change: ${name}`}
          title="Change"
          onClick={onEdit}
        >
          <IconPencil size={15} stroke={1.7} aria-hidden="true" />
        </button>
      ) : null}
      {onRemove ? (
        <button
          type="button"
          className={classes.tool}
          aria-label={`Remove: ${name}`}
          title="Remove"
          onClick={onRemove}
        >
          <IconTrash size={15} stroke={1.7} aria-hidden="true" />
        </button>
      ) : null}
    </li>
  );
}

/** The words as they are seen; the quote itself, which is the source, where they are not laid out. */
const shownWords = (range: Range | null, { quote }: SafetyFlag): string => {
  const seen = range?.toString().trim() ?? '';
  return shortened(seen === '' ? quote : seen);
};
