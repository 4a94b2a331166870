import { Modal } from '@mantine/core';
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { commandCenter, type PaletteCommand } from './command-center.ts';
import classes from './command-palette.module.css';
import { type Found, paletteSections, withRecent } from './command-search.ts';
import { Key } from './key.tsx';
import { spokenKeys } from './key-names.ts';
import { choose, preferences } from './preferences.ts';

type Props = {
  /** Commands that are known only a moment later. */
  more?: readonly PaletteCommand[];
};

const none: readonly PaletteCommand[] = [];

/** At once, not a moment later as the dialog would: what is typed right after the key belongs into the field. */
const takeKeyboard = (field: HTMLInputElement | null) => field?.focus();

/** Every command of the screen by its name; opens and closes within a frame. */
export function CommandPalette({ more = none }: Props) {
  const [search, setSearch] = useState('');
  const [marked, setMarked] = useState<string | null>(null);
  const here = useMemo(() => commandCenter.list(), []);
  const { recent } = preferences.get();
  const sections = useMemo(
    () => paletteSections([...here, ...more], search, recent),
    [here, more, search, recent],
  );
  const lines = sections.flatMap(({ found }) => found);
  const chosen = lines.findIndex(({ command }) => command.id === marked);
  const first = lines.findIndex(({ command }) => !command.blocked);
  const at = Math.max(0, chosen < 0 ? first : chosen);
  const current = lines[at]?.command ?? null;
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const optionId = (command: PaletteCommand) => `${id}-${command.id}`;

  useLayoutEffect(() => {
    const option = list.current?.querySelector('[aria-selected=true]');
    // The first line brings its group's heading along.
    if (at === 0) list.current?.scrollTo?.({ top: 0 });
    else option?.scrollIntoView?.({ block: 'nearest' });
  }, [at]);

  const run = (command: PaletteCommand | null) => {
    if (!command || command.blocked) return;
    commandCenter.goBack();
    choose({ recent: withRecent(recent, command.id) });
    command.run();
  };
  const mark = (index: number) => {
    const line = lines[(index + lines.length) % lines.length];
    if (line) setMarked(line.command.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = listKey(event, { at, mark, last: lines.length - 1, enter: () => run(current) });
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <Modal
      opened
      onClose={commandCenter.goBack}
      withCloseButton={false}
      returnFocus={false}
      centered={false}
      yOffset="9vh"
      size={620}
      padding={0}
      attributes={{ content: { 'aria-label': 'Commands' } }}
    >
      <div className={classes.palette}>
        <input
          ref={takeKeyboard}
          data-autofocus
          className={classes.field}
          type="text"
          role="combobox"
          aria-label="Find a command or a case"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={current ? optionId(current) : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="Command, case number or title"
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setMarked(null);
          }}
          onKeyDown={onKeyDown}
        />
        <div ref={list} id={id} className={classes.list} role="listbox" aria-label="Commands">
          {sections.map(({ title, found }) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is no child of a listbox
            <div key={title} role="group" aria-label={title || 'Found'}>
              {title ? (
                <p className={classes.group} aria-hidden="true">
                  {title}
                </p>
              ) : null}
              {found.map((one) => (
                <Option
                  key={one.command.id}
                  id={optionId(one.command)}
                  found={one}
                  marked={one.command === current}
                  onMark={() => setMarked(one.command.id)}
                  onRun={() => run(one.command)}
                />
              ))}
            </div>
          ))}
        </div>
        {lines.length === 0 ? (
          <p className={classes.none}>Nothing is called that. Try another word, or a case number.</p>
        ) : null}
        <p className="visually-hidden" role="status">
          {search === '' ? '' : lines.length === 1 ? '1 command' : `${lines.length} commands`}
        </p>
        <p className={classes.foot} aria-hidden="true">
          <span>
            <Key keys="up" /> <Key keys="down" /> move
          </span>
          <span>
            <Key keys="enter" /> does it
          </span>
          <span>
            <Key keys="esc" /> closes
          </span>
        </p>
      </div>
    </Modal>
  );
}

type ListActs = { at: number; last: number; mark: (index: number) => void; enter: () => void };

function listKey(event: KeyboardEvent, { at, last, mark, enter }: ListActs): (() => void) | null {
  if (event.nativeEvent.isComposing || event.altKey) return null;
  switch (event.key) {
    case 'ArrowDown':
      return () => mark(at + 1);
    case 'ArrowUp':
      return () => mark(at - 1);
    case 'PageDown':
      return () => mark(Math.min(last, at + 8));
    case 'PageUp':
      return () => mark(Math.max(0, at - 8));
    case 'Enter':
      return event.ctrlKey || event.metaKey ? null : enter;
    // The field is the palette's only stop: Tab stays in it.
    case 'Tab':
      return () => mark(event.shiftKey ? at - 1 : at + 1);
    default:
      return null;
  }
}

type OptionProps = { id: string; found: Found; marked: boolean; onMark: () => void; onRun: () => void };

function Option({ id, found: { command, at }, marked, onMark, onRun }: OptionProps) {
  const { label, blocked, detail, keys } = command;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the keyboard and points here
    // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus; this is its active descendant
    <div
      id={id}
      role="option"
      aria-selected={marked}
      aria-disabled={blocked ? true : undefined}
      className={classes.option}
      onPointerMove={marked ? undefined : onMark}
      onClick={onRun}
    >
      <span className={classes.label}>
        <Marked text={label} at={at} />
      </span>
      {blocked ? <span className={classes.why}>{blocked}</span> : null}
      {!blocked && detail ? <span className={classes.why}>{detail}</span> : null}
      {keys ? (
        <span className={classes.keys}>
          <Key keys={keys} />
          <span className="visually-hidden">{spokenKeys(keys)}</span>
        </span>
      ) : null}
    </div>
  );
}

/** The text with the letters that answered the search set off. */
function Marked({ text, at }: { text: string; at: readonly number[] }) {
  if (at.length === 0) return text;
  const runs: { text: string; hit: boolean; from: number }[] = [];
  [...text].forEach((letter, index) => {
    const hit = at.includes(index);
    const run = runs.at(-1);
    if (run && run.hit === hit) run.text += letter;
    else runs.push({ text: letter, hit, from: index });
  });
  return runs.map((run) => (run.hit ? <b key={run.from}>{run.text}</b> : run.text));
}
