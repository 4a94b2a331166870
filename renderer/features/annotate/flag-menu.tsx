import { Popover } from '@mantine/core';
import { IconFlag, IconFlagFilled } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { type AnnotationBody, type CaseFlagKind, caseFlagKinds } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { flagsPlace } from './annotation-edit.ts';
import { caseFlagLabels } from './answer-labels.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import styles from './flag-menu.module.css';
import { focusPlace } from './focus-place.ts';

type Flags = AnnotationBody['caseFlags'];

const maxNoteLength = 20_000;

/** Flags on the case as a whole, each with a note; it can still be judged and submitted. */
export function FlagMenu() {
  const { edit } = useCase();
  const flags = useBody((body) => body.caseFlags);
  const readOnly = useCaseState((state) => state.readOnly);
  const [opened, setOpened] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const toggle = (kind: CaseFlagKind) => edit({ type: 'case-flag', kind, on: !isOn(flags, kind) });
  const close = () => {
    setOpened(false);
    focusPlace(holder.current, flagsPlace);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!opened || event.ctrlKey || event.metaKey || event.altKey) return;
    // Digits flag from the very moment it opens, and letters here are no commands of the screen behind.
    event.stopPropagation();
    const asked = askedOf(event);
    if (!asked) return;
    event.preventDefault();
    if (asked === 'close') return close();
    if (asked.kind) toggle(asked.kind);
    event.currentTarget.querySelectorAll<HTMLElement>('[data-box]')[asked.row]?.focus();
  };
  const Icon = flags.length > 0 ? IconFlagFilled : IconFlag;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only adds digits and arrows to the controls inside
    <div ref={holder} className={styles.holder} onKeyDown={onKeyDown}>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="top-start"
        offset={4}
        withinPortal={false}
        closeOnEscape={false}
        width="max-content"
      >
        <Popover.Target>
          <button
            type="button"
            className={classes.button}
            data-place={flagsPlace}
            data-warn={flags.length > 0 || undefined}
            aria-keyshortcuts={useAriaKeys('flag')}
            disabled={readOnly}
            onClick={() => setOpened((before) => !before)}
          >
            <Icon size={14} aria-hidden="true" />
            <span className={styles.words}>{flagWords(flags)}</span>
            {flags.length === 0 ? <span className="visually-hidden">this case</span> : null}
            <CommandKey of="flag" />
          </button>
        </Popover.Target>
        <Popover.Dropdown className={styles.sheet} aria-label="Something is wrong with this case">
          {opened ? <FlagList flags={flags} onToggle={toggle} /> : null}
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

const isOn = (flags: Flags, kind: CaseFlagKind) => flags.some((flag) => flag.kind === kind);

type Asked = 'close' | { row: number; kind: CaseFlagKind | null };

/** A digit flags, arrows move, Escape closes; in a note everything but Escape is text. */
function askedOf({ key, target }: KeyboardEvent): Asked | null {
  if (key === 'Escape') return 'close';
  if (target instanceof HTMLTextAreaElement) return null;
  const kind = caseFlagKinds[Number(key) - 1];
  if (kind) return { row: Number(key) - 1, kind };
  const by = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset.row : undefined;
  return by === 0 ? null : { row: row === undefined ? 0 : Number(row) + by, kind: null };
}

function flagWords(flags: Flags): string {
  const first = flags[0];
  if (!first) return 'Flag';
  return flags.length === 1 ? `Flag: ${caseFlagLabels[first.kind]}` : `${flags.length} flags`;
}

function FlagList({ flags, onToggle }: { flags: Flags; onToggle: (kind: CaseFlagKind) => void }) {
  const { edit } = useCase();
  return (
    <div className={styles.list}>
      <p className={styles.head}>Something is wrong with this case. It can still be judged and submitted.</p>
      {caseFlagKinds.map((kind, index) => (
        <div key={kind} className={styles.row} data-row={index}>
          <label className={styles.label}>
            <input
              type="checkbox"
              data-box
              ref={index === 0 ? focusOnOpen : undefined}
              checked={isOn(flags, kind)}
              onChange={() => onToggle(kind)}
            />
            <span>{caseFlagLabels[kind]}</span>
            <Key keys={String(index + 1)} />
          </label>
          <textarea
            autoComplete="off"
            rows={1}
            className={styles.note}
            dir="auto"
            spellCheck
            aria-label={`Note: ${caseFlagLabels[kind]}`}
            placeholder="Note, if it helps"
            maxLength={maxNoteLength}
            disabled={!isOn(flags, kind)}
            value={flags.find((flag) => flag.kind === kind)?.note ?? ''}
            onChange={(event) => edit({ type: 'case-flag-note', kind, note: event.currentTarget.value })}
          />
        </div>
      ))}
    </div>
  );
}

const focusOnOpen = (box: HTMLInputElement | null) => box?.focus({ preventScroll: true });
