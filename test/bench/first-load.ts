import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** What a page has loaded so far, gzipped as a server would send it, bytes. */
export type Loaded = {
  scripts: number;
  styles: number;
  fonts: number;
  files: [name: string, bytes: number][];
};

/** @param folder the built renderer */
export async function loadedBy(page: Page, folder: string): Promise<Loaded> {
  const names = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const files = [...new Set(names)]
    .filter((name) => name.startsWith('/assets/'))
    .map((name): [string, number] => {
      const bytes = readFileSync(join(folder, name));
      return [basename(name), name.endsWith('.woff2') ? bytes.byteLength : gzipSync(bytes).byteLength];
    });
  const sum = (ending: string) =>
    files.filter(([name]) => name.endsWith(ending)).reduce((all, [, bytes]) => all + bytes, 0);
  return { scripts: sum('.js'), styles: sum('.css'), fonts: sum('.woff2'), files };
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

/** The budget is for scripts and styles; fonts are compressed already and told beside it. */
export const firstLoadBudget = 350_000;

export function loadLine(what: string, { scripts, styles, fonts }: Loaded): string {
  const all = scripts + styles;
  const verdict = all <= firstLoadBudget ? 'within' : 'over';
  return `first load ${what}: ${kilobytes(all)} gzipped (scripts ${kilobytes(scripts)}, styles ${kilobytes(styles)}), ${verdict} ${kilobytes(firstLoadBudget)}; fonts ${kilobytes(fonts)} more`;
}
