import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formsOf } from './text-forms.ts';
import { unpack } from './unpack.ts';

export type Needle = { what: string; text: string };
export type Hit = { file: string; what: string; form: string; packed: string[]; around: string };
export type SearchReport = { files: number; bytes: number; hits: Hit[] };

/** Things packed in things packed: a reply in a cache entry in a database. */
const layers = 3;

const readable = (bytes: Buffer) => bytes.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '·');

type Prepared = { what: string; form: string; bytes: Buffer };

async function* hitsIn(
  bytes: Buffer,
  needles: readonly Prepared[],
  packed: string[],
): AsyncGenerator<Omit<Hit, 'file'>> {
  for (const { what, form, bytes: needle } of needles) {
    const at = bytes.indexOf(needle);
    if (at < 0) continue;
    const around = readable(bytes.subarray(Math.max(0, at - 60), at + needle.byteLength + 40));
    yield { what, form, packed, around };
  }
  if (packed.length >= layers || bytes.byteLength < 8) return;
  for await (const inner of unpack(bytes)) yield* hitsIn(inner.bytes, needles, [...packed, inner.how]);
}

function readAll(entry: Dirent): Buffer | null {
  try {
    return readFileSync(join(entry.parentPath, entry.name));
  } catch {
    // A living browser removes files while they are listed.
    return null;
  }
}

/** Looks for texts in every file under these folders, in every form, also in file names and in what is packed. */
export async function searchFolders(
  folders: readonly string[],
  needles: readonly Needle[],
): Promise<SearchReport> {
  const prepared = needles.flatMap(({ what, text }) => formsOf(text).map((form) => ({ what, ...form })));
  const report: SearchReport = { files: 0, bytes: 0, hits: [] };
  for (const folder of folders.filter((path) => existsSync(path)))
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      for await (const hit of hitsIn(Buffer.from(file), prepared, ['file name']))
        report.hits.push({ file, ...hit });
      const bytes = entry.isFile() ? readAll(entry) : null;
      if (!bytes) continue;
      report.files += 1;
      report.bytes += bytes.byteLength;
      for await (const hit of hitsIn(bytes, prepared, [])) report.hits.push({ file, ...hit });
    }
  return report;
}
