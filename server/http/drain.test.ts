import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { closeConnectionsOnDrain } from './drain.ts';

it('closes although somebody holds a connection open on which nothing was ever asked', async () => {
  const app = fastify();
  closeConnectionsOnDrain(app);
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  const ended = once(socket, 'close');
  // Without the drain this takes Node's header time-out of a minute, longer than this test may.
  await app.close();
  await ended;
  expect(socket.destroyed).toBe(true);
}, 20_000);
