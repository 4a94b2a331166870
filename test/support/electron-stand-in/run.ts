import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { startChromium } from './chromium-context.ts';
import { listenToDriver } from './control.ts';
import { state } from './stand-in-state.ts';

// node --import register.ts run.ts <compiled main>. The app becomes ready only after its module was evaluated, as in
// Electron, where awaiting whenReady at the top level waits for ever (electron#40719).
const main = process.argv[2];
if (main === undefined) throw new Error('usage: run.ts <compiled main>');
const patience = setTimeout(() => {
  console.error(
    '[stand-in] the main module is not evaluated after 20 s: does it await whenReady at its top level?',
  );
  process.exit(90);
}, 20_000);
await import(pathToFileURL(main).href);
clearTimeout(patience);
// A second instance quits before it is ready.
await new Promise((resolve) => setImmediate(resolve));
if (!state.isQuitting) {
  await startChromium();
  listenToDriver();
  app.becomeReady();
  process.send?.({ ready: true });
}
