import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type LoadRequest = {
  method: 'GET' | 'POST';
  path: string;
  token: string;
  /** Gzipped JSON. */
  body?: Uint8Array;
};
export type LoadReply = { status: number; text: string; bytes: number };

/** Connections that stay open, and what went over them. */
export class Load {
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #sockets = new Set<Socket>();

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Bytes sent and received over the sockets, headers included. */
  wire(): { sent: number; received: number } {
    let sent = 0;
    let received = 0;
    for (const socket of this.#sockets) {
      sent += socket.bytesWritten;
      received += socket.bytesRead;
    }
    return { sent, received };
  }

  send({ method, path, token, body }: LoadRequest): Promise<LoadReply> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          agent: this.#agent,
          host: this.#url.hostname,
          port: this.#url.port,
          method,
          path,
          headers: {
            authorization: `Bearer ${token}`,
            'accept-encoding': 'gzip',
            ...(body && {
              'content-type': 'application/json',
              'content-encoding': 'gzip',
              'content-length': body.byteLength,
            }),
          },
        },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('error', reject);
          reply.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const packed = reply.headers['content-encoding'] === 'gzip';
            const text = (packed ? gunzipSync(bytes) : bytes).toString('utf8');
            resolve({ status: reply.statusCode ?? 0, text, bytes: bytes.byteLength });
          });
        },
      );
      call.on('socket', (socket) => this.#sockets.add(socket));
      call.on('error', reject);
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Runs jobs so many at a time, each list of its own in order. @returns milliseconds from the first to the last */
export async function runLists(lists: readonly (() => Promise<void>)[][]): Promise<number> {
  const start = performance.now();
  await Promise.all(
    lists.map(async (jobs) => {
      for (const job of jobs) await job();
    }),
  );
  return performance.now() - start;
}
