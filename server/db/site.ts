import type { Reader, Tx } from './client.ts';
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

/** What every laptop is told at each contact. */
export type SiteSettings = { offlineLeaseDays: number; idleLockMinutes: number };

export async function readSiteSettings(reader: Reader): Promise<SiteSettings> {
  const [row] = await reader
    .select({ offlineLeaseDays: site.offlineLeaseDays, idleLockMinutes: site.idleLockMinutes })
    .from(site);
  if (!row) throw new Error('the database has no site row: it was not migrated');
  return row;
}

export async function changeSiteSettings(tx: Tx, change: Partial<SiteSettings>): Promise<void> {
  await tx.update(site).set(change);
}
