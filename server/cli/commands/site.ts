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
