import { diffArrays, diffWordsWithSpace } from 'diff';

/** A paragraph, heading, table, code block or one item of a list; `apart`: a blank line stands before it. */
type Block = { text: string; apart: boolean };

/** A stretch of guidelines as it reads now, or as it read before (`removed`). */
export type GuidelinesPart =
  | { kind: 'same' | 'added' | 'removed'; text: string }
  /** `before` is the stretch it stands for. */
  | { kind: 'changed'; text: string; before: string };

export type WordPart = { kind: 'same' | 'added' | 'removed'; text: string };

const fence = /^ {0,3}(?:`{3,}|~{3,})/;
const listItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/;

/** Cuts Markdown where a reader sees one thing end and the next begin. */
function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let inFence = false;
  let blank = true;
  for (const line of markdown.replace(/\r\n?/g, '\n').split('\n')) {
    if (!inFence && line.trim() === '') {
      blank = true;
      continue;
    }
    const last = blocks[blocks.length - 1];
    const begins = blank
      ? !/^(?: {2,}|\t)/.test(line) || !last
      : listItem.test(line) || isHeading(line, last);
    if (last && (inFence || !begins)) last.text += `${blank && !inFence ? '\n\n' : '\n'}${line}`;
    else blocks.push({ text: line, apart: blank });
    if (fence.test(line)) inFence = !inFence;
    blank = false;
  }
  return blocks;
}

/** A heading needs no blank line around it. */
const isHeading = (line: string, last: Block | undefined) =>
  /^ {0,3}#{1,6}\s/.test(line) || /^ {0,3}#{1,6}\s[^\n]*$/.test(last?.text ?? '');

const essence = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * What changed between two versions of guidelines, in the order of the new one. A block that reads much like the
 * one it stands for is `changed`; neighbours of one kind come together as one stretch of Markdown.
 */
export function guidelinesChanges(before: string, now: string): GuidelinesPart[] {
  const pieces = diffArrays(blocksOf(before), blocksOf(now), {
    comparator: (one, other) => essence(one.text) === essence(other.text),
  });
  const parts: GuidelinesPart[] = [];
  pieces.forEach(({ value, added, removed }, index) => {
    const next = pieces[index + 1];
    if (removed && next?.added) parts.push(...replaced(value, next.value));
    else if (removed) parts.push({ kind: 'removed', text: joined(value) });
    else if (!added) parts.push({ kind: 'same', text: joined(value) });
    else if (!pieces[index - 1]?.removed) parts.push({ kind: 'added', text: joined(value) });
  });
  return parts;
}

const joined = (blocks: readonly Block[]) =>
  blocks.map(({ text, apart }, index) => (index === 0 ? text : `${apart ? '\n\n' : '\n'}${text}`)).join('');

/** Blocks that took the place of others: each is paired with the first one left that reads like it. */
function replaced(old: readonly Block[], fresh: readonly Block[]): GuidelinesPart[] {
  const parts: GuidelinesPart[] = [];
  let from = 0;
  for (const block of fresh) {
    const at = old.findIndex((one, index) => index >= from && isAlike(one.text, block.text));
    if (at < 0) {
      parts.push({ kind: 'added', text: block.text });
      continue;
    }
    for (const gone of old.slice(from, at)) parts.push({ kind: 'removed', text: gone.text });
    parts.push({ kind: 'changed', text: block.text, before: old[at]?.text ?? '' });
    from = at + 1;
  }
  for (const gone of old.slice(from)) parts.push({ kind: 'removed', text: gone.text });
  return parts;
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** At least two words of five are the same. */
function isAlike(one: string, other: string): boolean {
  const words = wordsOf(one);
  const others = wordsOf(other);
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared * 5 >= Math.max(words.size, others.size) * 2 && shared > 0;
}

/** Which words of a changed stretch went and came, without the marks of its setting. */
export function changedWords(before: string, now: string): WordPart[] {
  return diffWordsWithSpace(plain(before), plain(now)).map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}

/** Markdown as words: no emphasis, list or heading marks; table cells with a blank between. */
export const plain = (markdown: string): string =>
  markdown
    .split('\n')
    .filter((line) => !/^[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .replace(/^\s*(?:#{1,6}|[-*+>]|\d{1,9}[.)])\s+/, '')
        .replace(/\*\*|__|`/g, '')
        .replace(/\s*\|\s*/g, '  ')
        .trim(),
    )
    .join('\n');
