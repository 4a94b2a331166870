import { create } from 'zustand';

type Gate = {
  /** The address known from a session whose work is locked; empty when none is. */
  email: string;
  /** The server's session ended while local work is open: desk pages ask for the password in place. */
  askAgain: boolean;
  /** The person signs out on purpose, so the gate must not speak of an ended session. */
  leaving: boolean;
  /**
   * The person asked to sign out while so many cases are not sent, or while the disk has refused answers; null when
   * nothing is asked.
   */
  unsent: number | 'unsaved' | null;
};

/** What the way in has to remember between two screens; a reload may lose it. */
export const useGate = create<Gate>(() => ({ email: '', askAgain: false, leaving: false, unsent: null }));
