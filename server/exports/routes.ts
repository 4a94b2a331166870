import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { exportRaw as exportRawEndpoint } from '../../shared/contract/exports.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { exportRaw, type RawExportLine } from './domain.ts';

async function* asText(lines: AsyncIterable<RawExportLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}

export function registerExports(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, exportRawEndpoint, async (context, { params }, { reply }) => {
    const lines = await exportRaw(context, params.studyId);
    return reply
      .header('content-type', 'application/x-ndjson')
      .header('content-disposition', 'attachment; filename="annotations.jsonl"')
      .header('cache-control', 'no-store')
      .send(Readable.from(asText(lines), { objectMode: false }));
  });
}
