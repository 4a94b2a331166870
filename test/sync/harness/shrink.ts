import type { Plan } from './plan.ts';

/** Whether a plan still fails in the same way. */
export type StillFails = (plan: Plan) => Promise<boolean>;

/** Leaves out ever smaller pieces of a list while the history still fails without them. */
async function shrinkList<T>(list: readonly T[], stillFails: (list: T[]) => Promise<boolean>): Promise<T[]> {
  let kept = [...list];
  if (kept.length > 0 && (await stillFails([]))) return [];
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillFails(without)) kept = without;
      else at += size;
    }
  return kept;
}

/** The smallest plan found that fails in the same way: fewer faults, crashes and actions. */
export async function shrink(plan: Plan, stillFails: StillFails): Promise<Plan> {
  let small = plan;
  for (let before = -1; before !== sizeOf(small); ) {
    before = sizeOf(small);
    const faults = await shrinkList(small.faults, (list) => stillFails({ ...small, faults: list }));
    small = { ...small, faults };
    const crashes = await shrinkList(small.crashes, (list) => stillFails({ ...small, crashes: list }));
    small = { ...small, crashes };
    const actions = await shrinkList(small.actions, (list) => stillFails({ ...small, actions: list }));
    small = { ...small, actions };
  }
  return small;
}

export const sizeOf = ({ actions, faults, crashes }: Plan) => actions.length + faults.length + crashes.length;
