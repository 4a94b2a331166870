import type { Page } from 'playwright-core';

/** Runs in the page, where the build scripts know no types of it. */
const script = `(async () => {
  const root = await navigator.storage.getDirectory();
  const keys = await root.getDirectoryHandle('keys');
  for await (const [name, entry] of keys.entries()) {
    if (!name.startsWith('vault-') || entry.kind !== 'file') continue;
    const file = await entry.createWritable();
    await file.write('damaged');
    await file.close();
  }
})()`;

/** Overwrites every vault of this browser profile, as a failing disk does. */
export const damageVaults = (page: Page): Promise<void> => page.evaluate(script);
