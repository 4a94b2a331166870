import { PassThrough, Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type ImportLine,
  type ImportReport,
  importCases as importCasesEndpoint,
  importLineSchema,
} from '../../shared/contract/imports.ts';
import { AppError } from '../../shared/errors.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { checkImport, importCases } from './domain.ts';

const asLine = (line: ImportLine) => `${JSON.stringify(importLineSchema.parse(line))}\n`;

function failedLine(error: unknown, request: FastifyRequest): ImportLine {
  if (!(error instanceof AppError)) request.log.error({ err: error }, 'import failed');
  const { code, message, details } =
    error instanceof AppError ? error : new AppError('server-error', { cause: error });
  return { type: 'failed', error: { code, message, ...(details !== undefined && { details }) } };
}

/** Aborts when the caller is gone before the reply was whole, so that the import is rolled back. */
function abortWhenGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new Error('the caller closed the connection'));
  });
  return controller.signal;
}

/** Runs the import, writing a line when the count moved; never holds the import back for a slow reader. */
async function writeImport(
  run: (onProgress: (lines: number) => void) => Promise<ImportReport>,
  out: PassThrough,
  { signal, request }: { signal: AbortSignal; request: FastifyRequest },
): Promise<void> {
  let last = 0;
  const onProgress = (lines: number) => {
    if (lines - last < 1000 || out.writableNeedDrain) return;
    last = lines;
    out.write(asLine({ type: 'progress', lines }));
  };
  try {
    out.write(asLine({ type: 'progress', lines: 0 }));
    const report = await run(onProgress);
    out.write(asLine({ type: 'report', report }));
  } catch (error) {
    if (!signal.aborted) out.write(asLine(failedLine(error, request)));
  }
  // What an early failure left unread is passed over, so that a client still sending gets its reply.
  request.raw.resume();
  out.end();
}

/** The import: the file is the request's body, read as it arrives; the reply is a line of JSON now and then. */
export function registerImports(app: FastifyInstance, deps: RouteDeps): void {
  void app.register(async (scope) => {
    // The body is the file itself, whatever type it is sent as: nothing may read it before the import does.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    route(scope, deps, importCasesEndpoint, async (context, { params, query }, { request, reply }) => {
      await checkImport(context, params.studyId);
      const out = new PassThrough();
      const signal = abortWhenGone(reply);
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      // Destroying the request would take the reply's connection with it.
      const source = body.iterator({ destroyOnReturn: false });
      const input = { ...query, ...params, source, signal };
      // Not awaited: it ends by ending the reply, and tells its failures there.
      void writeImport((onProgress) => importCases(context, { ...input, onProgress }), out, {
        signal,
        request,
      });
      // `no-transform` keeps a compressor from holding lines back.
      return reply
        .header('content-type', 'application/x-ndjson')
        .header('cache-control', 'no-store, no-transform')
        .send(out);
    });
  });
}
