import { hasRefusedWork, settleOpenWork } from '../features/annotate/open-work.ts';
import { platform } from '../platform.ts';

/** Before the window closes: what is on screen goes to the disk, then the host may go on. */
export function answerDrains(): () => void {
  const drain = async () => {
    const isSaved = await settleOpenWork();
    await platform().app.drained({ unsaved: !isSaved });
  };
  return platform().app.on('app:drain', () => void drain()); // flushing never rejects; without an answer the host waits its five seconds
}

/** In a browser tab nobody asks the page before it closes: the browser does, where answers would be lost. */
export function askBeforeUnload(): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (hasRefusedWork()) event.preventDefault();
  };
  window.addEventListener('beforeunload', ask);
  return () => window.removeEventListener('beforeunload', ask);
}
