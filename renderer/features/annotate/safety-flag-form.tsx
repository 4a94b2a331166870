import { IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import {
  type SafetyFlag,
  type SafetyFlagKind,
  type SafetyFlagSeverity,
  safetyFlagKinds,
  safetyFlagSeverities,
} from '../../../shared/schema/annotation.ts';
import { maxQuoteLength, maxSafetyFlags } from '../../../shared/schema/safety-flag.ts';
import { Key } from '../../ui/key.tsx';
import { isTextField } from '../../ui/key-press.ts';
import { useCase } from './case-context.ts';
import { createFlag, removeFlag } from './safety-flag-edit.ts';
import classes from './safety-flag-form.module.css';
import { answerRegion, rangeOfPassage } from './safety-flag-page.ts';
import { placeBeside } from './safety-flag-place.ts';
import { endFlagging, type FlagForm, flagUi } from './safety-flag-store.ts';
import { flagName, readFlagDigit, safetyFlagLabels, severityLabels } from './safety-flag-words.ts';

type Props = { form: FlagForm; layer: RefObject<HTMLElement | null> };

/** What is unsafe about a passage, and how much: one click, or two digits. It covers neither passage nor window edge. */
export function SafetyFlagForm({ form, layer }: Props) {
  const one = useCase();
  const box = useRef<HTMLDivElement>(null);
  const [kind, setKind] = useState<SafetyFlagKind | null>(form.kind);
  const place = noteOfPassage(form);
  const [note, setNote] = useState(form.flag?.note ?? one.unfinishedNote(place));
  const noteField = useRef<HTMLInputElement>(null);
  useBeside(box, form, layer);
  useEffect(() => {
    if (form.focused) box.current?.focus({ preventScroll: true });
  }, [form.focused]);

  const choose = (chosen: SafetyFlagKind, severity: SafetyFlagSeverity) => {
    if (!form.passage) return;
    const flag = { ...form.flag, ...form.passage, side: form.side, kind: chosen, severity, note };
    endFlagging(one, createFlag(one, flag, form.flag?.id ?? null));
    one.keepUnfinishedNote(place, '');
    document.getSelection()?.removeAllRanges();
  };
  const onDigit = (digit: number) => {
    const typed = readFlagDigit(kind, digit);
    if (!typed) return;
    setKind(typed.kind);
    if (typed.severity) choose(typed.kind, typed.severity);
  };
  const onKey = (event: Pick<KeyboardEvent, 'key' | 'code'>): boolean => {
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? /^[1-9]$/.exec(event.key)?.[0];
    if (event.key === 'Escape') endFlagging(one);
    else if (event.key === 'n' || event.key === 'N') noteField.current?.focus();
    else if (digit === undefined) return false;
    else onDigit(Number(digit));
    return true;
  };
  useOwnKeys(form.focused, box, onKey);
  const full =
    form.flag === null && one.store.getState().history.present.safetyFlags.length >= maxSafetyFlags;
  return (
    <div
      ref={box}
      className={classes.form}
      role="dialog"
      aria-label={
        form.flag ? `Flag: ${flagName(form.flag)}` : `Flag this passage of answer ${form.side.toUpperCase()}`
      }
      tabIndex={-1}
      data-flag-form
      data-section="judging"
      onMouseDown={(event) => {
        // The words stay selected while the form is used.
        if (!isTextField(event.target)) event.preventDefault();
      }}
      onBlur={({ relatedTarget, currentTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget))
          flagUi(one).setState({ form: null, back: null });
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        event.stopPropagation();
        if (isTextField(event.target)) return;
        if (onKey(event) || moveInGrid(event)) event.preventDefault();
      }}
    >
      {form.passage === null || full ? (
        <p className={classes.cannot}>
          {full
            ? `A case holds ${maxSafetyFlags} flags. Remove one to add another.`
            : `A passage can hold ${maxQuoteLength.toLocaleString('en-GB')} characters. Select a shorter one.`}
        </p>
      ) : (
        <>
          <Grid kind={kind} flag={form.flag} onKind={setKind} onChoose={choose} />
          <div className={classes.foot}>
            <NoteField
              field={noteField}
              note={note}
              onNote={(next) => {
                setNote(next);
                if (form.flag)
                  one.edit({ type: 'safety-flag', flag: { ...currentOf(one, form.flag), note: next } });
                else one.keepUnfinishedNote(place, next);
              }}
              onDone={() => (form.flag ? endFlagging(one) : box.current?.focus({ preventScroll: true }))}
            />
            {form.flag ? <Remove form={form} flag={form.flag} /> : null}
          </div>
          <Others form={form} />
        </>
      )}
    </div>
  );
}

/** Where a note of a flag that is not made yet is kept until it is. */
const noteOfPassage = ({ side, passage }: FlagForm) =>
  `flag ${side} ${passage ? `${passage.start}-${passage.end}` : ''}`;

const currentOf = (one: ReturnType<typeof useCase>, flag: SafetyFlag): SafetyFlag =>
  one.store.getState().history.present.safetyFlags.find(({ id }) => id === flag.id) ?? flag;

type GridProps = {
  kind: SafetyFlagKind | null;
  flag: SafetyFlag | null;
  onKind: (kind: SafetyFlagKind) => void;
  onChoose: (kind: SafetyFlagKind, severity: SafetyFlagSeverity) => void;
};

/** Seven kinds by three severities: each cell is the whole answer. */
function Grid({ kind, flag, onKind, onChoose }: GridProps) {
  return (
    <div className={classes.grid}>
      <span className={classes.title}>{flag ? 'Change the flag' : 'Flag as unsafe'}</span>
      {safetyFlagSeverities.map((severity, index) => (
        <span
          key={severity}
          className={classes.head}
          data-lit={kind !== null || undefined}
          aria-hidden="true"
        >
          {severityLabels[severity]} <Key keys={String(index + 1)} />
        </span>
      ))}
      {safetyFlagKinds.map((one, index) => (
        <div key={one} className={classes.row} data-lit={one === kind || undefined}>
          <button type="button" className={classes.kind} tabIndex={-1} onClick={() => onKind(one)}>
            <Key keys={String(index + 1)} />
            {safetyFlagLabels[one]}
          </button>
          {safetyFlagSeverities.map((severity, column) => (
            <button
              key={severity}
              type="button"
              className={classes.cell}
              data-cell={`${index} ${column}`}
              data-severity={severity}
              aria-label={flagName({ kind: one, severity })}
              aria-pressed={flag ? flag.kind === one && flag.severity === severity : undefined}
              tabIndex={index === 0 && column === 0 ? 0 : -1}
              onClick={() => onChoose(one, severity)}
            >
              <i aria-hidden="true" />
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

const steps: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function moveInGrid({ key, currentTarget, target }: KeyboardEvent<HTMLElement>): boolean {
  const step = steps[key];
  if (!step) return false;
  const cell = target instanceof HTMLElement ? target.dataset.cell : undefined;
  const [row, column] = cell?.split(' ').map(Number) ?? [];
  const next =
    row === undefined || column === undefined
      ? [0, 0]
      : [clamp(row + step[0], safetyFlagKinds.length), clamp(column + step[1], safetyFlagSeverities.length)];
  currentTarget.querySelector<HTMLElement>(`[data-cell="${next.join(' ')}"]`)?.focus({ preventScroll: true });
  return true;
}

const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));

type NoteProps = {
  field: RefObject<HTMLInputElement | null>;
  note: string;
  onNote: (note: string) => void;
  onDone: () => void;
};

function NoteField({ field, note, onNote, onDone }: NoteProps) {
  return (
    <span className={classes.noteHolder}>
      <input
        autoComplete="off"
        ref={field}
        className={classes.note}
        aria-label="Note on this flag"
        aria-keyshortcuts="N"
        placeholder="Note, if needed"
        dir="auto"
        maxLength={2000}
        value={note}
        onChange={(event) => onNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          onDone();
        }}
      />
      {note === '' ? <Key keys="n" /> : null}
    </span>
  );
}

function Remove({ form, flag }: { form: FlagForm; flag: SafetyFlag }) {
  const one = useCase();
  return (
    <button
      type="button"
      className={classes.remove}
      aria-label={`Remove the flag ${flagName(flag)} from answer ${form.side.toUpperCase()}`}
      onClick={() => endFlagging(one, removeFlag(one, flag))}
    >
      <IconTrash size={15} stroke={1.7} aria-hidden="true" />
      Remove
    </button>
  );
}

/** Other flags on the same words, one press away. */
function Others({ form }: { form: FlagForm }) {
  const one = useCase();
  const flags = useStore(one.store, ({ history }) => history.present.safetyFlags);
  const others = flags.filter(({ id }) => form.others.includes(id));
  if (others.length === 0) return null;
  const open = (flag: SafetyFlag) => {
    const rest = [...form.others.filter((id) => id !== flag.id), ...(form.flag ? [form.flag.id] : [])];
    flagUi(one).setState({ form: { ...form, flag, passage: flag, others: rest, kind: null } });
  };
  return (
    <p className={classes.others}>
      Also here:
      {others.map((flag) => (
        <button key={flag.id} type="button" className={classes.other} onClick={() => open(flag)}>
          {flagName(flag)}
        </button>
      ))}
    </p>
  );
}

/** Stands beside its passage, and follows it while the answer scrolls; out of sight while the passage is. */
function useBeside(box: RefObject<HTMLElement | null>, form: FlagForm, layer: RefObject<HTMLElement | null>) {
  const one = useCase();
  const { side, passage } = form;
  useLayoutEffect(() => {
    const place = () => {
      const holder = layer.current;
      const region = answerRegion(holder, side);
      const own = box.current;
      if (!holder || !region || !own) return;
      const range = passage ? rangeOfPassage(one, holder, side, passage) : selectedRange();
      const words = range?.getBoundingClientRect?.();
      const frame = holder.getBoundingClientRect();
      const view = region.getBoundingClientRect();
      const seen = words && words.bottom > view.top && words.top < view.bottom ? words : null;
      own.style.opacity = seen || !words ? '' : '0';
      const { left, top } = placeBeside(clipped(seen ?? view, view), frame, own.getBoundingClientRect());
      own.style.insetInlineStart = `${Math.round(left - frame.left)}px`;
      own.style.top = `${Math.round(top - frame.top)}px`;
    };
    let frame = 0;
    const soon = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(place);
    };
    place();
    window.addEventListener('resize', soon);
    layer.current?.addEventListener('scroll', soon, { capture: true, passive: true });
    const scrolled = layer.current;
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('resize', soon);
      scrolled?.removeEventListener('scroll', soon, { capture: true });
    };
  }, [one, box, layer, side, passage]);
}

const clipped = (words: DOMRect, view: DOMRect) => ({
  left: Math.max(words.left, view.left),
  right: Math.min(words.right, view.right),
  top: Math.max(words.top, view.top),
  bottom: Math.min(words.bottom, view.bottom),
});

function selectedRange(): Range | null {
  const selection = document.getSelection();
  return selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
}

/** After a selection by hand the keyboard stays where it was: only the form's own few keys come here. */
function useOwnKeys(
  focused: boolean,
  box: RefObject<HTMLElement | null>,
  onKey: (event: KeyboardEvent['nativeEvent']) => boolean,
) {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    if (focused) return;
    const take = (event: globalThis.KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
      if (isTextField(event.target)) return;
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      if (!latest.current(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', take, { capture: true });
    return () => window.removeEventListener('keydown', take, { capture: true });
  }, [focused, box]);
}
