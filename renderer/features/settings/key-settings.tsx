import { Button } from '@mantine/core';
import { useState } from 'react';
import { Key } from '../../ui/key.tsx';
import { type KeyCombination, keyLabels, spokenKeys } from '../../ui/key-names.ts';
import { combinationOf } from '../../ui/key-press.ts';
import {
  holderOf,
  type KeyLine,
  keyMap,
  refusal,
  remappable,
  swapped,
  withKeys,
} from '../../ui/key-table.ts';
import { choose, usePreference } from '../../ui/preferences.ts';
import classes from './settings.module.css';

/** What a press led to, told under the line it was meant for. */
type Outcome =
  | { kind: 'recording' }
  | { kind: 'refused'; keys: KeyCombination; why: string }
  | { kind: 'held'; keys: KeyCombination; by: string; canSwap: boolean };

type State = { id: string; outcome: Outcome } | null;
type Props = { table: readonly KeyLine[] };

const shown = (keys: KeyCombination) => keyLabels(keys).join(' ');

/** Every command with its keys; press the new ones to change them. */
export function KeySettings({ table }: Props) {
  const chosen = usePreference('keys');
  const [state, setState] = useState<State>(null);
  const map = keyMap(table, chosen);
  const lines = remappable(table);
  const fixed = table.filter((line) => line.fixed !== undefined);
  const groups = [...new Set(table.map(({ group }) => group))];

  const record = (line: KeyLine & { id: string }, keys: KeyCombination) => {
    const why = refusal(line, keys);
    if (why !== null) return setState({ id: line.id, outcome: { kind: 'refused', keys, why } });
    const holder = holderOf(table, chosen, line.id, keys);
    if (holder) {
      const canSwap = swapped(table, chosen, line.id, keys) !== null;
      return setState({ id: line.id, outcome: { kind: 'held', keys, by: holder.label, canSwap } });
    }
    choose({ keys: withKeys(table, chosen, line.id, keys) });
    setState(null);
  };
  const swap = (id: string, keys: KeyCombination) => {
    const next = swapped(table, chosen, id, keys);
    if (next) choose({ keys: next });
    setState(null);
  };
  return (
    <div className={classes.keys}>
      <div className={classes.keysHead}>
        <p className={classes.hint}>
          Choose Change, then press the new keys. Digits, arrows, Tab, Enter and Escape stay as they are.
        </p>
        <Button
          variant="default"
          size="xs"
          disabled={Object.keys(chosen).length === 0}
          onClick={() => {
            choose({ keys: {} });
            setState(null);
          }}
        >
          Reset all
        </Button>
      </div>
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h3 className={classes.group}>{group}</h3>
          <ul className={classes.lines}>
            {fixed
              .filter((line) => line.group === group)
              .map((line) => (
                <li key={line.label} className={classes.line} title={line.fixed}>
                  <span className={classes.does}>{line.label}</span>
                  <FixedKeys keys={line.keys} />
                  <span className={classes.hint}>fixed</span>
                </li>
              ))}
            {lines
              .filter((line) => line.group === group)
              .map((line) => (
                <Line
                  key={line.id}
                  line={line}
                  keys={map.get(line.id) ?? null}
                  changed={Object.hasOwn(chosen, line.id)}
                  outcome={state?.id === line.id ? state.outcome : null}
                  onStart={() => setState({ id: line.id, outcome: { kind: 'recording' } })}
                  onStop={() => setState(null)}
                  onKeys={(keys) => record(line, keys)}
                  onSwap={(keys) => swap(line.id, keys)}
                  onReset={() => {
                    choose({ keys: withKeys(table, chosen, line.id, null) });
                    setState(null);
                  }}
                />
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function FixedKeys({ keys }: { keys: readonly KeyCombination[] }) {
  return (
    <span className={classes.current}>
      {keys.map((one) => (one === '…' ? <span key={one}>…</span> : <Key key={one} keys={one} />))}
    </span>
  );
}

type LineProps = {
  line: KeyLine & { id: string };
  keys: KeyCombination | null;
  changed: boolean;
  outcome: Outcome | null;
  onStart: () => void;
  onStop: () => void;
  onKeys: (keys: KeyCombination) => void;
  onSwap: (keys: KeyCombination) => void;
  onReset: () => void;
};

function Line({ line, keys, changed, outcome, onStart, onStop, onKeys, onSwap, onReset }: LineProps) {
  const recording = outcome?.kind === 'recording' || outcome?.kind === 'refused';
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!recording) return;
    // Tab leaves, so that nobody is caught here; Escape gives up.
    if (event.key === 'Tab') return onStop();
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return onStop();
    const pressed = combinationOf(event.nativeEvent);
    if (pressed !== null) onKeys(pressed);
  };
  return (
    <li className={classes.line}>
      <span className={classes.does}>{line.label}</span>
      <span className={classes.current}>
        {keys === null ? (
          <span className={classes.hint}>no key</span>
        ) : (
          <>
            <Key keys={keys} />
            <span className="visually-hidden">{spokenKeys(keys)}</span>
          </>
        )}
      </span>
      <span className={classes.acts}>
        <button
          type="button"
          className={classes.act}
          data-recording={recording || undefined}
          // The dialog leaves Escape to the recording.
          data-mantine-stop-propagation={recording || undefined}
          aria-label={
            recording ? `Press the new keys for: ${line.label}` : `Change the keys of: ${line.label}`
          }
          onClick={onStart}
          onKeyDown={onKeyDown}
          onBlur={() => recording && onStop()}
        >
          {recording ? 'Press keys…' : 'Change'}
        </button>
        <button
          type="button"
          className={classes.act}
          aria-label={`Reset the keys of: ${line.label}`}
          disabled={!changed}
          onClick={onReset}
        >
          Reset
        </button>
      </span>
      <div className={classes.told} role="status">
        {outcome?.kind === 'refused' ? (
          <p className={classes.warn}>
            {shown(outcome.keys)} cannot be used: {lowered(outcome.why)}. Press others, or Escape.
          </p>
        ) : null}
        {outcome?.kind === 'held' ? (
          <p className={classes.warn}>
            {shown(outcome.keys)} is the key of “{outcome.by}”.{' '}
            {outcome.canSwap ? '' : 'The two cannot change places. '}
            {outcome.canSwap ? (
              <button type="button" className={classes.act} onClick={() => onSwap(outcome.keys)}>
                Swap the two
              </button>
            ) : null}{' '}
            <button type="button" className={classes.act} onClick={onStop}>
              Cancel
            </button>
          </p>
        ) : null}
      </div>
    </li>
  );
}

const lowered = (words: string) =>
  /^(The|These|This|Takes)\b/.test(words) ? words[0]?.toLowerCase() + words.slice(1) : words;
