import { createHash } from 'node:crypto';
import type { CaseRecord, Turn } from '../../shared/schema/case-record.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import type { NewCase } from './store.ts';

const maxTitle = 80;

/** The same as shared sha256Hex, natively: an import hashes hundreds of megabytes. */
export const nativeSha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * SHA-256 of the record's canonical JSON as it stood in the file, whatever defaults a later version adds. The
 * content leaves known answers out: they may be added to cases that are in the study already.
 */
export function hashesOf(raw: unknown): { contentHash: string; wholeHash: string } {
  const { expert, ...content } = Object(raw) as Record<string, unknown>;
  const contentHash = nativeSha256(canonicalJson(content));
  return { contentHash, wholeHash: expert === undefined ? contentHash : nativeSha256(canonicalJson(raw)) };
}

const turnsOf = (prompt: CaseRecord['prompt']): Turn[] =>
  typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;

/** The first words of what is asked, never the record's id: that belongs to the source and stays on the server. */
function titleOf(record: CaseRecord, turns: readonly Turn[]): string {
  if (record.title !== undefined && record.title.trim() !== '') return record.title.trim();
  const asked = turns.findLast((turn) => turn.role === 'user') ?? turns.at(-1);
  const words = (asked?.content ?? '').slice(0, 1000).toWellFormed().replace(/\s+/g, ' ').trim();
  if (words === '') return 'Untitled case';
  if (words.length <= maxTitle) return words;
  const cut = words.slice(0, maxTitle);
  const lastBlank = cut.lastIndexOf(' ');
  return `${(lastBlank > maxTitle / 2 ? cut.slice(0, lastBlank) : cut).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The row of a new case; what the record has beyond the known fields is kept in `meta`. */
export function caseRow(id: string, record: CaseRecord, contentHash: string): NewCase {
  const {
    id: externalId,
    prompt,
    context,
    specialty,
    title: _title,
    responses: _responses,
    expert: _expert,
    meta,
    ...others
  } = record;
  const turns = turnsOf(prompt);
  return {
    id,
    externalId,
    title: titleOf(record, turns),
    specialty: specialty?.trim() || null,
    prompt: turns,
    contextText: typeof context === 'string' ? context : '',
    context: typeof context === 'string' ? null : context,
    meta: Object.keys(meta).length > 0 ? { ...others, meta } : others,
    contentHash,
  };
}
