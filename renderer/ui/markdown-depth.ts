import type { TreeNode } from './markdown-tree.ts';

/** Quotes and lists in one another deeper than this are shown as written: no reader follows them. */
const deepest = 12;
const widestIndent = deepest * 4;
/** Elements within one another, whatever they are, before the rest becomes plain text. */
const deepestElement = 60;

const container = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))/;

/** Keeps one line from opening more quotes and lists than a column can show; what is over stays as signs. */
export function tameLine(line: string): string {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (indent.length > widestIndent)
    return tameLine(`${' '.repeat(widestIndent)}${line.slice(indent.length)}`);
  const quoted = /^((?:[ \t]*>)+)([ \t]+)/.exec(line);
  if (quoted && (quoted[2]?.length ?? 0) > widestIndent)
    return tameLine(`${quoted[1]}${' '.repeat(widestIndent)}${line.slice(quoted[0].length)}`);
  if (!/^[ \t]*(?:[>*+-]|\d)/.test(line)) return line;
  let rest = line;
  for (let depth = 0; depth < deepest; depth++) {
    const opened = container.exec(rest)?.[0];
    if (opened === undefined) return line;
    rest = rest.slice(opened.length);
  }
  const next = container.exec(rest)?.[0];
  if (next === undefined) return line;
  // The first sign past the limit is escaped, and with it all that follow are words of the same line.
  const at = line.length - rest.length + next.length - 1;
  return `${line.slice(0, at)}\\${line.slice(at)}`;
}

const mostOpenBrackets = 60;
const mostEmphasis = 600;
/** A blank line, a list item, a heading, a quote or a table row: what stands before it is another text. */
const freshText = /^\s*(?:$|[#>|]|[-*+]\s|\d{1,9}[.)]\s)/;
const longestFreshLine = 4000;
const fencedCode = /^[ \t]*(`{3,}|~{3,})[\s\S]*?^[ \t]*\1/gm;

/** True where laying out would take the parser longer than anyone waits: thousands of open brackets or stars. */
export function isKnotted(source: string): boolean {
  let open = 0;
  let marks = 0;
  for (const line of source.replace(fencedCode, '').split('\n')) {
    if (freshText.test(line)) open = marks = 0;
    // Each cell of a table row is a text of its own.
    if (line.includes('|') && line.length < longestFreshLine) continue;
    for (const sign of line.match(/[[\]]|[*~]+|(?<!\w)_+|_+(?!\w)/g) ?? []) {
      if (sign === '[') open += 1;
      else if (sign === ']') open = Math.max(0, open - 1);
      else marks += 1;
      if (open > mostOpenBrackets || marks > mostEmphasis) return true;
    }
  }
  return false;
}

/** Elements nested beyond any reading become the words they hold, so that nothing overflows. */
export function limitedDepth() {
  return (tree: TreeNode): void => {
    const waiting: { node: TreeNode; depth: number }[] = [{ node: tree, depth: 0 }];
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { node, depth } = one;
      if (!node.children) continue;
      if (depth >= deepestElement) {
        node.children = [{ type: 'text', value: wordsBelow(node) }];
        continue;
      }
      for (const child of node.children) waiting.push({ node: child, depth: depth + 1 });
    }
  };
}

function wordsBelow(node: TreeNode): string {
  const words: string[] = [];
  const waiting: TreeNode[] = [...(node.children ?? [])].reverse();
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    if (one.value !== undefined) words.push(one.value);
    for (const child of [...(one.children ?? [])].reverse()) waiting.push(child);
  }
  return words.join(' ');
}
