import { renewEpoch } from '../../db/lineage.ts';
import { changeSettings } from '../../devices/domain.ts';
import { plural } from '../output.ts';
import type { Session } from '../session.ts';

export type SiteOptions = { offlineLeaseDays?: number; idleLockMinutes?: number };

export async function siteSettings({ context, output }: Session, options: SiteOptions): Promise<void> {
  const { offlineLeaseDays, idleLockMinutes } = options;
  const settings = await changeSettings(context, {
    ...(offlineLeaseDays !== undefined && { offlineLeaseDays }),
    ...(idleLockMinutes !== undefined && { idleLockMinutes }),
  });
  output.result({ settings }, [
    `A laptop opens offline for ${plural(settings.offlineLeaseDays, 'day')} after its last contact with the server.`,
    `It locks after ${plural(settings.idleLockMinutes, 'minute')} without input.`,
  ]);
}

/** The last step of putting a backup back where the server cannot notice it by itself. */
export async function newEpoch({ context, output }: Session): Promise<void> {
  const renewal = await renewEpoch(context, 'asked-for');
  output.result(renewal, [
    `The database has a new epoch, ${renewal.to}.`,
    'At their next contact laptops send again what it does not hold, and read everything anew.',
  ]);
}
