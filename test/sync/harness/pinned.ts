import type { Plan } from './plan.ts';

/** A history that failed once, small, and what was wrong. It is run for ever. */
export type Pinned = { name: string; plan: Plan };

export const pinned: readonly Pinned[] = [];
