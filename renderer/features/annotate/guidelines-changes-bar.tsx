import { useRef, useState } from 'react';
import classes from './guidelines-drawer.module.css';
import { goTo } from './guidelines-place.ts';

type Props = {
  since: number;
  marked: boolean;
  onMark: (on: boolean) => void;
  scroller: () => HTMLElement | null;
};

/** Marks what changed, and goes from one change to the next. */
export function GuidelinesChangesBar({ since, marked, onMark, scroller }: Props) {
  const last = useRef(-1);
  const [told, setTold] = useState('');
  const goOn = () => {
    const changes = [...(scroller()?.querySelectorAll<HTMLElement>('[data-change]') ?? [])];
    last.current = changes.length === 0 ? -1 : (last.current + 1) % changes.length;
    const change = changes[last.current];
    setTold(change ? `${last.current + 1} of ${changes.length}` : 'no other words');
    if (change) goTo(scroller(), change);
  };
  return (
    <div className={classes.changes}>
      <label>
        <input
          type="checkbox"
          checked={marked}
          onChange={(event) => {
            last.current = -1;
            setTold('');
            onMark(event.currentTarget.checked);
          }}
        />
        Mark changes since version {since}
      </label>
      {marked ? (
        <>
          <span role="status">{told}</span>
          <button type="button" className={classes.next} onClick={goOn}>
            Next change
          </button>
        </>
      ) : null}
    </div>
  );
}
