import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { OtherVersion, VersionOrigin } from '../../data/types.ts';
import { dateTimeText } from '../../ui/dates.ts';
import { Key } from '../../ui/key.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { counted } from '../../ui/work-words.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { useAnnotateSession, useSessionState } from './session-context.ts';
import { otherVersions, type VersionChoice, type VersionSide } from './version-choice.ts';
import { pickedBody, type VersionDifference, versionDifferences } from './version-differences.ts';
import classes from './version-panel.module.css';
import { useShowsVersions } from './versions-shown.ts';

const stateWords = { draft: 'draft', submitted: 'submitted', skipped: 'skipped' } as const;

/** "Ward laptop 3", for a laptop that has a name. */
const laptopName = (origin: VersionOrigin | OtherVersion): string => {
  if (origin.device === null) return 'own' in origin ? 'This laptop, earlier' : 'This laptop';
  return origin.device === '' ? 'Your other laptop' : origin.device;
};
/** A name as long as a sentence has its place in the column's head alone. */
const shortName = (origin: VersionOrigin): string => {
  const name = laptopName(origin);
  return name.length > 28 ? `${name.slice(0, 27).trimEnd()}…` : name;
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
  const news = useCaseState((state) => state.news);
  const others = otherVersions(news);
  const [wanted, setWanted] = useState<OtherVersion['revisionId'] | null>(null);
  const at = Math.max(
    0,
    others.findIndex(({ revisionId }) => revisionId === wanted),
  );
  const [other, next] = [others[at], others[(at + 1) % others.length]];
  useKeyboardBack(shown);
  if (!shown || !other) return null;
  const onNext = () => setWanted(next?.revisionId ?? null);
  return <Versions key={other.revisionId} {...{ other, at, onNext }} count={others.length} />;
}

/** Once the panel is gone the keyboard is at Submit; who has gone elsewhere meanwhile is left alone. */
function useKeyboardBack(shown: boolean): void {
  const { id } = useCase();
  const wasShown = useRef(shown);
  useEffect(() => {
    const isClosed = wasShown.current && !shown;
    wasShown.current = shown;
    if (!isClosed || document.activeElement !== document.body) return;
    const layer = document.querySelector(`[data-layer="${CSS.escape(id)}"][data-active]`);
    layer?.querySelector<HTMLElement>('[data-submit]')?.focus({ preventScroll: true });
  }, [shown, id]);
}

type VersionsProps = {
  other: OtherVersion;
  /** Which of the other versions it is, and how many there are. */
  at: number;
  count: number;
  onNext: () => void;
};

function Versions({ other, at, count, onNext }: VersionsProps) {
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
    if (!isReady) return;
    session.choose({ ...choiceOf(differences, picked, body, other.body), about: other.revisionId });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const acts = keyActs(event);
    if (acts === null) return;
    event.preventDefault();
    if (acts === 'use') use();
    else if (acts !== 'next') pickWhole(acts);
    else if (count > 1) onNext();
  };
  const keys = { versions: useAriaKeys('versions'), submit: useAriaKeys('submit') };
  return (
    <section
      className={classes.panel}
      aria-label={
        count === 1 && other.device !== null
          ? 'Your answers of two laptops'
          : `The ${count + 1} versions of your answers`
      }
      data-section="judging"
      data-versions
      onKeyDown={onKeyDown}
    >
      <div className={classes.head} role="status">
        <p className={classes.title}>{titleWords(other, count)} Which answers count?</p>
        <p className={classes.soft}>
          {differenceWords(differences, count)} {count === 1 ? 'Both' : 'All'} versions are kept.
        </p>
        {count === 1 ? null : (
          <button type="button" className={classes.next} aria-keyshortcuts="3" onClick={onNext}>
            Compare with another ({at + 1} of {count}) <Key keys="3" />
          </button>
        )}
      </div>
      <ScrollRegion className={classes.body} aria-label="What differs">
        <table className={classes.table}>
          <caption className="visually-hidden">What differs between the two versions</caption>
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
        <p className={classes.told} role="status">
          {footWords(picked, differences, open)} {replacesWords(picked, other, count)}
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
          Use these answers <CommandKey of="submit" onAccent={isReady} />
        </button>
      </div>
    </section>
  );
}

function titleWords({ device }: OtherVersion, count: number): string {
  if (count > 1) return `There are ${count + 1} versions of this case.`;
  const where = device === null ? 'twice on this laptop' : 'on two laptops';
  return `You answered this case ${where}.`;
}

/** 1 and 2 take a whole version, 3 shows another one on the right, Ctrl or Cmd with Enter uses what is picked. */
function keyActs({
  key,
  ctrlKey,
  metaKey,
  altKey,
  shiftKey,
}: KeyboardEvent): VersionSide | 'use' | 'next' | null {
  if (altKey || shiftKey) return null;
  if (ctrlKey || metaKey) return key === 'Enter' ? 'use' : null;
  if (key === '1') return 'own';
  if (key === '3') return 'next';
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

function differenceWords(differences: readonly VersionDifference[], count: number): string {
  if (differences.length === 0) return 'The answers are the same; only how far they were finished differs.';
  const verb = differences.length === 1 ? 'differs' : 'differ';
  // With more versions these two are not all there is to say.
  return `${counted(differences.length, 'answer')} ${verb}${count === 1 ? '; all others are the same' : ''}.`;
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

/** What a whole version would stand in place of, and what is asked after that. */
function replacesWords({ whole, single }: Picked, other: OtherVersion, count: number): string {
  const [stands, goes] = whole === 'other' ? [other, other.own] : [other.own, other];
  const replaced =
    whole === null || single.size > 0
      ? ''
      : `${shortName(stands)} stands in place of ${shortName(goes)} (${originWords(goes)}).`;
  const asked = count === 1 ? '' : `${counted(count - 1, 'more version')} to choose about after this.`;
  return `${replaced} ${asked}`.trim();
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
