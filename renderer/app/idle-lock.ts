import { useIdleLimit } from '../data/access.ts';
import { currentSession, lockWork } from '../data/session.ts';
import { platform } from '../platform.ts';
import { preferences } from '../ui/preferences.ts';

const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const;
const lookMs = 5000;

/** The site's limit, or a shorter one of the physician's own. */
export const idleLimitMs = (): number => {
  const { minutes } = useIdleLimit.getState();
  return Math.min(minutes, preferences.get().idleMinutes ?? minutes) * 60_000;
};

/** What ran since a moment: a laptop that slept is idle for as long by its clock, whatever else stood still. */
function stopwatch() {
  const marks = () => ({ ran: performance.now(), day: Date.now() });
  let since = marks();
  return {
    start: () => {
      since = marks();
    },
    ms: () => Math.max(performance.now() - since.ran, Date.now() - since.day),
  };
}

/** Locks open work after a while without input, and when the system locks or sleeps; returns the function that ends it. */
export function lockWhenIdle(): () => void {
  const idle = stopwatch();
  const lock = (by: 'idle' | 'system') => void lockWork(by); // what cannot be written yet stays open, and is tried again
  const look = () => {
    if (!currentSession()?.workspace) idle.start();
    else if (idle.ms() >= idleLimitMs()) lock('idle');
  };
  const onSign = () => {
    // The first sign after a sleep comes before the timer: what was left open is locked, not gone on with.
    look();
    idle.start();
  };
  const timer = setInterval(look, lookMs);
  for (const sign of signs) window.addEventListener(sign, onSign, { capture: true, passive: true });
  const endEvents = platform().app.on('app:screen-locked', () => lock('system'));
  return () => {
    clearInterval(timer);
    for (const sign of signs) window.removeEventListener(sign, onSign, { capture: true });
    endEvents();
  };
}
