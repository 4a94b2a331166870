import { useEffect, useRef, useState } from 'react';
import { countText } from '../../ui/dates.ts';
import classes from './batches.module.css';

/** A number that glows for a moment when it changes while someone looks, and never moves its neighbours. */
export function FreshFigure({ value }: { value: number }) {
  const seen = useRef(value);
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    if (seen.current === value) return;
    seen.current = value;
    setChanges((count) => count + 1);
  }, [value]);
  return (
    <span key={changes} className={`${classes.figure} ${changes > 0 ? classes.fresh : ''}`}>
      {countText(value)}
    </span>
  );
}
