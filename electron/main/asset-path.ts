import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The parts of a page's path; null when it could mean a place outside the folder that is served. */
export function pathParts(pathname: string): string[] | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // Colons name streams and drives on Windows; backslashes are slashes there.
  if (/[\0\\:]/.test(path)) return null;
  const parts = path.split('/').filter((part) => part !== '');
  return parts.some((part) => part === '.' || part === '..') ? null : parts;
}

/** The file under `root` that a path stands for; null when there is none, or it leads outside. */
export async function assetFile(root: string, pathname: string): Promise<string | null> {
  const parts = pathParts(pathname);
  if (!parts || parts.length === 0) return null;
  try {
    const home = await realpath(root);
    const file = await realpath(join(home, ...parts));
    if (!file.startsWith(home + sep)) return null;
    return (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}
