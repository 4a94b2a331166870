import classes from './annotate-screen.module.css';
import type { AnnotateSession } from './annotate-session.ts';
import { firstOpenPlace, focusPlace } from './focus-place.ts';

type Props = { session: AnnotateSession; layer: () => HTMLElement | null };

/** The first stop of Tab: past the header and the texts, to what is to be judged next. */
export function SkipLink({ session, layer }: Props) {
  const go = () => {
    const one = session.store.getState().current;
    if (one) focusPlace(layer(), firstOpenPlace(one.loaded.rubric, one.store.getState().history.present));
  };
  return (
    <nav className={classes.skipTo} aria-label="On this screen">
      <button type="button" className={classes.skip} onClick={go}>
        Go to your judgement
      </button>
    </nav>
  );
}
