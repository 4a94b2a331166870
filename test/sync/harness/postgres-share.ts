import { startTestPostgres } from '../../support/global-postgres.ts';
import { openSimulatedDatabase, postgresServer } from '../simulated/postgres-server.ts';
import type { ServerMaker } from './history.ts';
import { randomFrom } from './random.ts';
import { startOfTime } from './running-app.ts';

export type PostgresShare = {
  /** The real server for this seed's history, where it is among those that have it. */
  serverOf: (seed: number) => ServerMaker | undefined;
  stop: () => Promise<void>;
};

/** A PostgreSQL of this process, used by one history after the other. */
export async function openPostgresShare(share: number): Promise<PostgresShare> {
  if (share <= 0) return { serverOf: () => undefined, stop: async () => undefined };
  const postgres = await startTestPostgres();
  const database = await openSimulatedDatabase({ postgres });
  const onPostgres: ServerMaker = ({ seed }) =>
    postgresServer({ database, random: randomFrom('server', seed).next, now: startOfTime });
  return {
    serverOf: (seed) => (randomFrom('share', seed).chance(share) ? onPostgres : undefined),
    stop: async () => {
      await database.stop();
      await postgres.stop();
    },
  };
}
