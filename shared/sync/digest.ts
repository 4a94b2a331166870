import { sha256Hex } from './body-hash.ts';

/**
 * Digest of everything one client ever sent: SHA-256 over "seq:bodyHash\n" lines in order of seq.
 * Client and server compute it each on their own rows and compare at rest (rule S15).
 */
export function sentDigest(sent: readonly { seq: number; bodyHash: string }[]): string {
  const ordered = [...sent].sort((a, b) => a.seq - b.seq);
  return sha256Hex(ordered.map(({ seq, bodyHash }) => `${seq}:${bodyHash}\n`).join(''));
}
