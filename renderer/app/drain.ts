import { flushOpenWork } from '../features/annotate/open-work.ts';
import { platform } from '../platform.ts';

/** Before the window closes: what is on screen goes to the disk, then the host may go on. */
export function answerDrains(): () => void {
  const drain = async () => {
    await flushOpenWork();
    await platform().app.drained();
  };
  return platform().app.on('app:drain', () => void drain()); // flushing never rejects; without an answer the host waits its five seconds
}
