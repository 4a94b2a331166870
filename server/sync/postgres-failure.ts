import { sqlState } from './push-store.ts';

/** True when a statement failed because of the values it carried (classes 22, 23 and 54), so that others may succeed. */
export const isBadData = (error: unknown): boolean =>
  ['22', '23', '54'].includes(sqlState(error).slice(0, 2));

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes(sqlState(error));

const tries = 4;

/** Runs a transaction again when PostgreSQL chose it to end a deadlock; nothing of it had happened. */
export async function repeatOnDeadlock<T>(run: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await run();
    } catch (error) {
      if (left === 0 || !isDeadlock(error)) throw error;
    }
  }
}
