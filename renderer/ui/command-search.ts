import type { PaletteCommand } from './command-center.ts';

export type Found = {
  command: PaletteCommand;
  /** Which letters of the label answered the search. */
  at: readonly number[];
};

/** Folds case and accents letter by letter, so that places stay the same. */
const folded = (text: string): string[] =>
  [...text].map((letter) => letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()[0] ?? letter);

const isStart = (letters: readonly string[], at: number) =>
  at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1] ?? '');

type Hit = { score: number; at: number[] };

/** A run of letters as it stands: at the start of a word better than inside one. */
function asRun(word: readonly string[], letters: readonly string[]): Hit | null {
  let best: Hit | null = null;
  for (let start = 0; start + word.length <= letters.length; start++) {
    if (!word.every((letter, index) => letters[start + index] === letter)) continue;
    const whole = start === 0 && word.length === letters.length;
    const score = (whole ? 40 : isStart(letters, start) ? 20 : 8) + word.length - start / 100;
    if (!best || score > best.score) best = { score, at: word.map((_letter, index) => start + index) };
  }
  return best;
}

/** Letters in order with gaps, the first at the start of a word; the tighter the better. */
function asLetters(word: readonly string[], letters: readonly string[]): Hit | null {
  for (let start = 0; start < letters.length; start++) {
    if (letters[start] !== word[0] || !isStart(letters, start)) continue;
    const at = [start];
    for (let next = start + 1; next < letters.length && at.length < word.length; next++)
      if (letters[next] === word[at.length]) at.push(next);
    const spread = (at.at(-1) ?? start) - start + 1;
    if (at.length === word.length && spread <= word.length * 4) return { score: 4 - spread / 40, at };
  }
  return null;
}

/** How well a text answers a search of one or more words; every word must be found. */
export function matchText(search: string, text: string): Hit | null {
  const letters = folded(text);
  const hit: Hit = { score: 0, at: [] };
  for (const word of search.trim().split(/\s+/)) {
    const asked = folded(word);
    const found = asRun(asked, letters) ?? (asked.length > 1 ? asLetters(asked, letters) : null);
    if (!found) return null;
    hit.score += found.score;
    hit.at.push(...found.at);
  }
  return hit;
}

/** The commands that answer a search, best first; equal ones keep their order, recent ones go before. */
export function searchCommands(
  commands: readonly PaletteCommand[],
  search: string,
  recent: readonly string[] = [],
): Found[] {
  const scored = commands.flatMap((command) => {
    const hit = matchText(search, command.label);
    if (!hit) return [];
    const lift = (recent.includes(command.id) ? 3 : 0) - (command.blocked ? 6 : 0);
    return [{ command, at: hit.at, score: hit.score + lift }];
  });
  return scored.sort((one, other) => other.score - one.score).map(({ command, at }) => ({ command, at }));
}

export type Section = { title: string; found: readonly Found[] };

/** What the palette shows: everything in its groups, recent first; with a search, one list of the best. */
export function paletteSections(
  commands: readonly PaletteCommand[],
  search: string,
  recent: readonly string[],
  limit = 40,
): Section[] {
  if (search.trim() !== '') {
    const found = searchCommands(commands, search, recent).slice(0, limit);
    return found.length === 0 ? [] : [{ title: '', found }];
  }
  const plain = (command: PaletteCommand): Found => ({ command, at: [] });
  const before = recent.flatMap((id) => commands.filter((one) => one.id === id).slice(0, 1));
  const rest = commands.filter((one) => !one.searchedOnly && !before.includes(one));
  const titles = [...new Set(rest.map(({ group }) => group))];
  return [
    ...(before.length === 0 ? [] : [{ title: 'Recent', found: before.map(plain) }]),
    ...titles.map((title) => ({ title, found: rest.filter(({ group }) => group === title).map(plain) })),
  ];
}

const keptRecent = 5;

export const withRecent = (recent: readonly string[], id: string): string[] =>
  [id, ...recent.filter((one) => one !== id)].slice(0, keptRecent);
