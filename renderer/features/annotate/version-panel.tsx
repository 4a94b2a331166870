import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { VersionOrigin } from '../../data/types.ts';
import { dateTimeText } from '../../ui/dates.ts';
import { Key } from '../../ui/key.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { counted } from '../../ui/work-words.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { useAnnotateSession, useSessionState } from './session-context.ts';
import type { VersionChoice, VersionSide } from './version-choice.ts';
import { pickedBody, type VersionDifference, versionDifferences } from './version-differences.ts';
import classes from './version-panel.module.css';
import { useShowsVersions } from './versions-shown.ts';

const stateWords = { draft: 'draft', submitted: 'submitted', skipped: 'skipped' } as const;

/** "Ward laptop 3", for a laptop that has a name. */
const laptopName = ({ device }: VersionOrigin): string => {
  if (device === null) return 'This laptop';
  return device === '' ? 'Your other laptop' : device;
};
const originWords = ({ state, madeAt }: VersionOrigin): string =>
  madeAt === null ? stateWords[state] : `${stateWords[state]} ${dateTimeText(madeAt)}`;

/** What was picked so far: one version as a whole, and single answers against it. */
type Picked = { whole: VersionSide | null; single: ReadonlyMap<string, VersionSide> };
const nothingPicked: Picked = { whole: null, single: new Map() };
const pickOf = ({ whole, single }: Picked, id: string): VersionSide | null => single.get(id) ?? whole;

/**
 * The answers of two laptops side by side, over the physician's own controls: the case stays in view above. Only
 * what differs is listed; one key takes a whole version, and single answers can be taken from the other one.
 */
export function VersionPanel() {
  const shown = useShowsVersions();
  const other = useCaseState((state) => state.news.otherVersion);
  return shown && other ? <Versions key={other.revisionId} other={other} /> : null;
}

type Other = NonNullable<ReturnType<typeof useOther>>;
const useOther = () => useCaseState((state) => state.news.otherVersion);

function Versions({ other }: { other: Other }) {
  const { id, loaded } = useCase();
  const session = useAnnotateSession();
  const body = useBody((one) => one);
  const isCurrent = useSessionState((state) => state.current?.id === id);
  const differences = useMemo(
    () => versionDifferences(loaded.rubric, body, other.body),
    [loaded.rubric, body, other.body],
  );
  const [picked, setPicked] = useState<Picked>(nothingPicked);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) first.current?.focus({ preventScroll: true });
  }, [isCurrent]);
  const open = differences.filter((one) => pickOf(picked, one.id) === null).length;
  const isReady = picked.whole !== null || (differences.length > 0 && open === 0);

  const pickWhole = (whole: VersionSide) => setPicked({ whole, single: new Map() });
  const pickOne = (difference: string, side: VersionSide) =>
    setPicked(({ whole, single }) => ({ whole, single: new Map(single).set(difference, side) }));
  const use = () => {
    if (isReady) session.choose(choiceOf(differences, picked, body, other.body));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const acts = keyActs(event);
    if (acts === null) return;
    event.preventDefault();
    if (acts === 'use') use();
    else pickWhole(acts);
  };
  const keys = { versions: useAriaKeys('versions'), submit: useAriaKeys('submit') };
  return (
    <section
      className={classes.panel}
      aria-label="Your answers of two laptops"
      data-section="judging"
      onKeyDown={onKeyDown}
    >
      <div className={classes.head} role="status">
        <p className={classes.title}>You answered this case on two laptops. Which answers count?</p>
        <p className={classes.soft}>{differenceWords(differences)} Both versions are kept.</p>
      </div>
      <ScrollRegion className={classes.body} aria-label="What differs">
        <table className={classes.table}>
          <caption className="visually-hidden">What differs between the two laptops</caption>
          <thead>
            <tr>
              <th scope="col" className={classes.corner}>
                <span className="visually-hidden">Answer</span>
              </th>
              <Column
                button={first}
                origin={other.own}
                digit="1"
                picked={picked.whole === 'own'}
                onPick={() => pickWhole('own')}
              />
              <Column
                origin={other}
                digit="2"
                picked={picked.whole === 'other'}
                onPick={() => pickWhole('other')}
              />
            </tr>
          </thead>
          <tbody>
            {differences.map((one) => (
              <Row
                key={one.id}
                difference={one}
                names={[laptopName(other.own), laptopName(other)]}
                picked={pickOf(picked, one.id)}
                onPick={(side) => pickOne(one.id, side)}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <div className={classes.foot}>
        <p className={classes.soft} role="status">
          {footWords(picked, differences, open)}
        </p>
        <button
          type="button"
          className={classes.button}
          aria-keyshortcuts={keys.versions}
          onClick={() => session.showVersions(false)}
        >
          Choose later <CommandKey of="versions" />
        </button>
        <button
          type="button"
          className={classes.use}
          aria-keyshortcuts={keys.submit}
          disabled={!isReady}
          onClick={use}
        >
          Use these answers <CommandKey of="submit" onAccent />
        </button>
      </div>
    </section>
  );
}

/** 1 and 2 take a whole version, Ctrl or Cmd with Enter uses what is picked. */
function keyActs({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): VersionSide | 'use' | null {
  if (altKey || shiftKey) return null;
  if (ctrlKey || metaKey) return key === 'Enter' ? 'use' : null;
  if (key === '1') return 'own';
  return key === '2' ? 'other' : null;
}

function choiceOf(
  differences: readonly VersionDifference[],
  picked: Picked,
  own: VersionChoice['body'],
  other: VersionChoice['body'],
): VersionChoice {
  const picks = new Map(differences.map(({ id }) => [id, pickOf(picked, id) ?? 'own'] as const));
  const sides = new Set(differences.length === 0 ? [picked.whole ?? 'own'] : picks.values());
  const [only] = sides;
  if (sides.size === 1 && only) return { kept: only, body: only === 'own' ? own : other };
  return { kept: 'parts', body: pickedBody(differences, picks, own, other) };
}

function differenceWords(differences: readonly VersionDifference[]): string {
  if (differences.length === 0) return 'The answers are the same; only how far they were finished differs.';
  const verb = differences.length === 1 ? 'differs' : 'differ';
  return `${counted(differences.length, 'answer')} ${verb}; all others are the same.`;
}

function footWords(picked: Picked, differences: readonly VersionDifference[], open: number): string {
  const [own, other] = [1, 2].map(String);
  if (picked.whole === null && picked.single.size === 0)
    return `Press ${own} or ${other} for a whole version, or pick answer by answer.`;
  if (picked.whole === null && open > 0) return `${counted(open, 'answer')} still to pick.`;
  const taken = differences.filter(({ id }) => pickOf(picked, id) === 'other').length;
  if (differences.length === 0) return '';
  return `${differences.length - taken} from the left, ${taken} from the right.`;
}

type ColumnProps = {
  button?: React.RefObject<HTMLButtonElement | null>;
  origin: VersionOrigin;
  digit: string;
  picked: boolean;
  onPick: () => void;
};

function Column({ button, origin, digit, picked, onPick }: ColumnProps) {
  return (
    <th scope="col">
      <button
        ref={button}
        type="button"
        className={classes.whole}
        aria-pressed={picked}
        aria-keyshortcuts={digit}
        onClick={onPick}
      >
        <Key keys={digit} />
        <span className={classes.names}>
          <b>{laptopName(origin)}</b> <span>{originWords(origin)}</span>
        </span>
      </button>
    </th>
  );
}

type RowProps = {
  difference: VersionDifference;
  names: readonly [own: string, other: string];
  picked: VersionSide | null;
  onPick: (side: VersionSide) => void;
};

function Row({ difference, names, picked, onPick }: RowProps) {
  const { id } = useCase();
  const cell = (side: VersionSide, words: string, laptop: string) => (
    <td>
      <label className={classes.pick} data-picked={picked === side || undefined}>
        <input
          type="radio"
          name={`${id} ${difference.id}`}
          checked={picked === side}
          onChange={() => onPick(side)}
          aria-label={`${difference.label}, ${laptop}: ${words}`}
        />
        <span dir="auto">{words}</span>
      </label>
    </td>
  );
  return (
    <tr>
      <th scope="row">{difference.label}</th>
      {cell('own', difference.own, names[0])}
      {cell('other', difference.other, names[1])}
    </tr>
  );
}
