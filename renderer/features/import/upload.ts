import { urlOf } from '../../../shared/contract/endpoint.ts';
import {
  type ImportLine,
  type ImportReport,
  importCases,
  importLineSchema,
} from '../../../shared/contract/imports.ts';
import { errorFromReply } from '../../../shared/error-reply.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { jsonOf, uploadFile } from '../../data/server-call.ts';
import { platform } from '../../platform.ts';

export type ImportRequest = {
  studyId: StudyId;
  file: File;
  pairs: string;
  dryRun: boolean;
  badLines: 'stop' | 'skip';
};

const cutOff = () =>
  new AppError('server-unreachable', {
    message:
      'The connection broke before the server had answered. Check it, then look at the study: an import is taken whole or not at all, and sending it again does no harm.',
  });

const inputOf = ({ studyId, file, pairs, dryRun, badLines }: ImportRequest) => ({
  params: { studyId },
  query: { fileName: file.name.slice(0, 300), pairs, dryRun: dryRun ? 'true' : 'false', badLines },
});

/** Splits a stream of text into lines; the last one may lack its line break. */
async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const part of parts) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    yield decoder.decode(part.value, { stream: true });
  yield decoder.decode();
}

/** A browser streams the file from the disk to its own origin and reads the reply's lines as they come. */
async function* fromBrowser(request: ImportRequest, signal: AbortSignal): AsyncGenerator<ImportLine> {
  const reply = await fetch(urlOf(importCases, inputOf(request)), {
    method: 'POST',
    body: request.file,
    // The server takes a write that rides on a cookie only with this header, which a foreign page cannot add.
    headers: { 'content-type': 'application/x-ndjson', 'x-second-opinion': '1' },
    credentials: 'same-origin',
    signal,
  }).catch((cause: unknown) => {
    throw signal.aborted ? cause : new AppError('server-unreachable', { cause });
  });
  if (!reply.ok || reply.body === null) {
    const contentType = reply.headers.get('content-type') ?? '';
    throw errorFromReply(jsonOf({ contentType, body: await reply.text() }));
  }
  try {
    for await (const line of linesOf(textOf(reply.body))) yield importLineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw signal.aborted ? cause : cutOff();
  }
}

/** In Electron the main process holds the network: the file goes to it whole, and the lines come back at the end. */
async function* fromDesktop(request: ImportRequest): AsyncGenerator<ImportLine> {
  const bytes = new Uint8Array(await request.file.arrayBuffer());
  yield* await uploadFile(importCases, inputOf(request), { name: request.file.name, bytes });
}

/**
 * Sends a file to be checked (`dryRun`) or imported and reports how many lines the server has read.
 * @throws AppError with the server's code; `import-failed` carries the report as its details
 */
export async function sendImport(
  request: ImportRequest,
  onLines: (lines: number) => void,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { host } = await platform().app.info();
  const lines = host === 'browser' ? fromBrowser(request, signal) : fromDesktop(request);
  for await (const line of lines) {
    if (line.type === 'progress') onLines(line.lines);
    else if (line.type === 'report') return line.report;
    else throw errorFromReply({ error: line.error });
  }
  throw cutOff();
}
