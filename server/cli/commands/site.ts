import { renewEpoch } from '../../db/lineage.ts';
import type { Session } from '../session.ts';

/** The last step of putting a backup back where the server cannot notice it by itself. */
export async function newEpoch({ context, output }: Session): Promise<void> {
  const renewal = await renewEpoch(context, 'asked-for');
  output.result(renewal, [
    `The database has a new epoch, ${renewal.to}.`,
    'At their next contact laptops send again what it does not hold, and read everything anew.',
  ]);
}
