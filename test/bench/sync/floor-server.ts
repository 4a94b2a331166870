import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';

/**
 * What nobody can do without: HTTP in, unpacked, parsed, one INSERT of the bodies, a commit on the disk, HTTP out. No
 * schema, no rules, no receipts, no audit chain. The floor beside which the real server's figures stand.
 */
const pool = new pg.Pool({ connectionString: process.env.FLOOR_DATABASE, max: 10 });
await pool.query('CREATE TABLE IF NOT EXISTS floor (n bigserial PRIMARY KEY, body text NOT NULL)');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}

async function push(request: IncomingMessage): Promise<string> {
  const { mutations } = JSON.parse((await bodyOf(request)).toString('utf8')) as { mutations: unknown[] };
  await pool.query('INSERT INTO floor (body) SELECT * FROM unnest($1::text[])', [
    mutations.map((one) => JSON.stringify(one)),
  ]);
  return JSON.stringify({ taken: mutations.length });
}

async function pull(url: URL): Promise<string> {
  const { rows } = await pool.query<{ body: string }>(
    'SELECT body FROM floor WHERE n > $1 ORDER BY n LIMIT $2',
    [Number(url.searchParams.get('after')), Number(url.searchParams.get('limit'))],
  );
  return JSON.stringify(rows.map(({ body }) => JSON.parse(body) as unknown));
}

const server = createServer((request, reply) => {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const answer = request.method === 'POST' ? push(request) : pull(url);
  answer.then(
    (text) => reply.writeHead(200, { 'content-type': 'application/json' }).end(text),
    (error: unknown) => reply.writeHead(500).end(String(error)),
  );
});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end().then(() => process.exit(0));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`The floor listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
