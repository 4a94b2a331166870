import type { RescuedChange, RescuedWork } from '../../shared/rescue/rescued-work.ts';
import { uuidv7 } from '../../shared/schema/ids.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';

/** How rescued changes come in: under the laptop's own numbers where these go on without a gap, the rest under new ones. */
export type RescuePlan = { own: RescuedChange[]; anew: RescuedChange[] };

/**
 * Under its own numbers a change is the very one the laptop sends later by itself (rule S4). What stands behind a gap,
 * or was numbered before a change of client id, cannot be placed there.
 * @param lastSeq highest seq the server holds of the laptop's client id; 0 when none
 */
export function planRescue(
  { client, changes }: Pick<RescuedWork, 'client' | 'changes'>,
  lastSeq: number,
): RescuePlan {
  const plan: RescuePlan = { own: [], anew: [] };
  let next = lastSeq + 1;
  for (const change of changes) {
    const isOwn = client !== null && change.generation === client.generation && change.seq <= next;
    if (isOwn) {
      plan.own.push(change);
      next = Math.max(next, change.seq + 1);
    } else if (!change.moved) plan.anew.push(change);
  }
  return plan;
}

/** The client id of a person's rescued changes that have no place under the laptop's own: always the same one. */
export const rescueClientId = (userId: string): string =>
  uuidv7(0, Buffer.from(sha256Hex(`rescue|${userId}`), 'hex').subarray(0, 10));
