import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the real input data beside the project, or null where it is not there. */
export function sharedData(path: string): string | null {
  const file = join(import.meta.dirname, '../../../shared/data', path);
  return existsSync(file) ? file : null;
}
