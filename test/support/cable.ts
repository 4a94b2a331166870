import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Cable = {
  /** The address clients use; stays the same over pulls and plugs. */
  url: string;
  /** Breaks every connection and refuses new ones: the network is gone. */
  pull: () => Promise<void>;
  plug: () => Promise<void>;
  close: () => Promise<void>;
};

/** A network cable to a server on loopback that a test can pull out and put back in. */
export async function layCable(
  serverUrl: string,
  /** Hears everything that goes to the server. */
  hear: (bytes: Buffer) => void = () => {},
): Promise<Cable> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let listener: Server | null = null;
  let port = 0;

  const join = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', hear);
    client.pipe(upstream).pipe(client);
  };
  const plug = async () => {
    if (listener) return;
    const server = createServer(join);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
    listener = server;
  };
  const pull = async () => {
    const server = listener;
    listener = null;
    for (const socket of sockets) socket.destroy();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await plug();
  return { url: `http://127.0.0.1:${port}`, pull, plug, close: pull };
}
