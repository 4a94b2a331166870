import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const isSource = (name: string) => !/\.test\.tsx?$/.test(name) && !name.startsWith('.');

function* filesUnder(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (isSource(entry.name)) yield* filesUnder(join(path, entry.name));
}

/** One hash over the names and contents of files and folders; tests do not count, as they are not shipped. */
export function sourceHash(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths)
    for (const file of filesUnder(join(root, path))) {
      const content = readFileSync(file);
      hash.update(`${file.slice(root.length)}\0${content.byteLength}\0`).update(content);
    }
  return hash.digest('hex');
}
