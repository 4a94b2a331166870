import type { Reader } from './client.ts';
import { site } from './schema.ts';

export type Site = { epoch: string; recoveryPublicKey: string | null };

/** What this database is: its lineage and the public key laptops wrap their data key to. */
export async function readSite(reader: Reader): Promise<Site> {
  const [row] = await reader
    .select({ epoch: site.epoch, recoveryPublicKey: site.recoveryPublicKey })
    .from(site);
  if (!row) throw new Error('the database has no site row: it was not migrated');
  return row;
}
