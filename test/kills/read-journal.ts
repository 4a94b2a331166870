import type { Journals } from '../../electron/main/journal.ts';
import { scanFrames } from '../../shared/sync/journal-frame.ts';
import { decodeLine } from './journal-lines.ts';

export type JournalLines = { lines: { key: number; n: number }[]; damaged: number };

/** All lines of an open journal in their order; what is no line of ours is counted. */
export async function readLines(journals: Journals): Promise<JournalLines> {
  const found: JournalLines = { lines: [], damaged: 0 };
  for (let offset: number | null = 0; offset !== null; ) {
    const chunk: { bytes: Uint8Array; next: number | null } = await journals.read('work', offset);
    const scan = scanFrames(chunk.bytes, { final: true });
    found.damaged += scan.damaged.length;
    for (const payload of scan.payloads) {
      const line = decodeLine(payload);
      if (line) found.lines.push(line);
      else found.damaged += 1;
    }
    offset = chunk.next;
  }
  return found;
}
