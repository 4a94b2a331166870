import { ensureBuilt } from '../../build/bundle.ts';
import { chromiumPath } from './chromium.ts';

/** Once per run, before the journeys: the app as it ships, and a browser. */
export default async function prepare(): Promise<void> {
  await ensureBuilt({ log: (line) => console.log(line) });
  chromiumPath();
}
