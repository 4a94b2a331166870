import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';
import { exportRaw, type RawExportLine } from '../../exports/domain.ts';
import { getStudy } from '../lookup.ts';
import { plural } from '../output.ts';
import { callersPath, type Session } from '../session.ts';

export type ExportOptions = { study: string; out?: string };

/** Lines as text; counts them in passing. */
async function* asText(
  lines: AsyncIterable<RawExportLine>,
  counted: { lines: number },
): AsyncGenerator<string> {
  for await (const line of lines) {
    counted.lines++;
    yield `${JSON.stringify(line)}\n`;
  }
}

/** Standard output stays open for whoever else writes to it; a reader that has left (`| head`) is no failure. */
async function writeToStdout(text: AsyncIterable<string>): Promise<void> {
  const out: Writable = process.stdout;
  let isGone = false;
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isGone = true;
  });
  for await (const line of text) {
    if (isGone) return;
    if (!out.write(line)) await Promise.race([once(out, 'drain'), once(out, 'close')]).catch(() => {});
  }
}

/** The file appears under its name only when it is whole. */
async function writeToFile(text: AsyncIterable<string>, path: string, signal: AbortSignal): Promise<void> {
  const file = callersPath(path);
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(text, { objectMode: false }), createWriteStream(part, { flush: true }), {
      signal,
    });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    signal.throwIfAborted();
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new AppError('file-unreadable', {
      message: `The file "${path}" cannot be written (${'code' in error ? String(error.code) : error.message}). Choose another place with --out.`,
      cause: error,
    });
  }
}

export async function exportStudy(
  { context, output, signal }: Session,
  options: ExportOptions,
): Promise<void> {
  const study = await getStudy(context, options.study);
  const counted = { lines: 0 };
  const text = asText(await exportRaw(context, study.id), counted);
  if (options.out === undefined) return writeToStdout(text);
  await writeToFile(text, options.out, signal);
  output.result({ file: options.out, revisions: counted.lines }, [
    `Wrote ${plural(counted.lines, 'revision')} to ${options.out}.`,
  ]);
}
