import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSite } from '../../../server/db/site.ts';
import { readSession } from '../../../shared/contract/auth.ts';
import { randomFrom } from '../faulty-network.ts';
import { type DifferentialReport, leadThrough } from './differential.ts';
import { memoryServer } from './memory-server.ts';
import { openSimulatedDatabase, postgresServer, type SimulatedDatabase } from './postgres-server.ts';
import { RandomSequence } from './random-sequence.ts';
import { serverContract } from './server-contract.ts';
import { ask, failureOf } from './sim-desk.ts';

/** SYNC_SEED=7 SYNC_SEQUENCES=100 leads both servers through a hundred sequences from seed 7 on. */
const sequences = Number(process.env.SYNC_SEQUENCES ?? 4);
const firstSeed = Number(process.env.SYNC_SEED ?? 1);
const steps = 200;
const start = Date.parse('2026-01-01T00:00:00.000Z');

let database: SimulatedDatabase;
beforeAll(async () => {
  database = await openSimulatedDatabase();
});
afterAll(() => database?.stop());

const anyRandom = () => randomBytes(4).readUInt32LE() / 2 ** 32;

serverContract('in memory', async () => memoryServer({ random: anyRandom }));
serverContract('over PostgreSQL', () => postgresServer({ database, random: anyRandom }));

describe('both', () => {
  const met: DifferentialReport[] = [];

  it.each(Array.from({ length: sequences }, (_, i) => firstSeed + i))(
    'answer the same to the same requests, byte for byte of their JSON: SYNC_SEED=%i',
    async (seed) => {
      const postgres = await postgresServer({ database, random: randomFrom(seed), now: start });
      const { recoveryPublicKey } = await readSite(database.db);
      const memory = memoryServer({ random: randomFrom(seed), now: start, recoveryPublicKey });
      const sequence = new RandomSequence(randomFrom(seed + 1_000_000), start);
      const report = await leadThrough(
        sequence,
        { memory, postgres },
        steps,
        ({ step, kind, what, ...both }) =>
          expect(both.memory, `SYNC_SEED=${seed}, step ${step}, ${kind}\n${what.slice(0, 2000)}`).toEqual(
            both.postgres,
          ),
      );
      met.push(report);
      await postgres.stop();
    },
  );

  it.runIf(sequences >= 4)('were led through every kind of reply and verdict', () => {
    const all = (pick: (report: DifferentialReport) => Map<unknown, number>) =>
      new Set(met.flatMap((report) => [...pick(report).keys()].map(String)));
    const statuses = all(({ replies }) => replies);
    for (const status of ['200', '400', '401', '404', '409']) expect(statuses).toContain(status);
    const verdicts = all(({ verdicts }) => verdicts);
    for (const verdict of [
      'accepted diverged',
      'accepted outside-rubric',
      'conflict seq-used',
      'late locked',
      'late recalled',
      'quarantined hash-mismatch',
      'quarantined not-yours',
      'quarantined unknown-version',
      'quarantined unreadable',
    ])
      expect(verdicts).toContain(verdict);
  });
});

describe('too many requests', () => {
  it('[S18] are told to wait by both, with the seconds', async () => {
    const limits = { perAddress: 2, authPerAddress: 100, authPerAccount: 100 };
    const limited = await openSimulatedDatabase({ rateLimits: limits });
    const random = randomFrom(1);
    const servers = [
      memoryServer({ random, perAddress: 2 }),
      await postgresServer({ database: limited, random }),
    ];
    for (const server of servers) {
      const { token } = await server.addPhysician();
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push(await ask(server, { token }, readSession, {}));
      expect(answers.map(failureOf)).toEqual(['200 no error', '200 no error', '429 too-many-requests']);
      const wait = Number(answers[2]?.headers['retry-after']);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60);
    }
    await limited.stop();
  });
});
