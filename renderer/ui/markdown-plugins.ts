import { partsAtUnseen, type TextPart } from './markdown-marks.ts';
import { mathsInText } from './markdown-maths.ts';
import { elsewhere } from './markdown-source.ts';
import type { TreeNode } from './markdown-tree.ts';

/** What unified hands a plugin as `this`. */
type Processor = { data: () => { micromarkExtensions?: unknown[] } };

/** HTML is read as plain words, and an indented line is no code: imported texts are indented for no reason. */
export function plainWords(this: unknown): void {
  const data = (this as Processor).data();
  data.micromarkExtensions ??= [];
  data.micromarkExtensions.push({ disable: { null: ['htmlFlow', 'htmlText', 'codeIndented'] } }, mathsInText);
}

const lineBreak = /<br\s*\/?>/i;

/** The one tag writers use inside table cells: `<br>` becomes the line break it means. */
export function wordedLineBreaks() {
  return (tree: TreeNode): void => breakLines(tree);
}

function breakLines(node: TreeNode): void {
  if (!node.children) return;
  node.children = node.children.flatMap((child): TreeNode[] => {
    if (child.type !== 'text' || !lineBreak.test(child.value ?? '')) return [child];
    return (child.value ?? '')
      .split(lineBreak)
      .flatMap((value, index): TreeNode[] =>
        index === 0 ? [{ type: 'text', value }] : [{ type: 'break' }, { type: 'text', value }],
      );
  });
  for (const child of node.children) breakLines(child);
}

/** Footnotes keep the name and the place the writer gave them: nothing is renumbered, none is dropped. */
export function footnotesInPlace() {
  return (tree: TreeNode): void => placeFootnotes(tree);
}

const raised = (label: string): TreeNode => ({
  type: 'footnoteMark',
  data: { hName: 'sup' },
  children: [{ type: 'text', value: `[${label}]` }],
});

function placeFootnotes(node: TreeNode): void {
  node.children = node.children?.flatMap((child): TreeNode[] => {
    const label = child.label ?? child.identifier ?? '';
    if (child.type === 'footnoteReference') return [raised(label)];
    if (child.type !== 'footnoteDefinition') return [child];
    const [first, ...rest] = child.children ?? [];
    const words = first?.type === 'paragraph' ? (first.children ?? []) : [];
    if (words[0]?.value === elsewhere) return [];
    const lead: TreeNode = {
      type: 'paragraph',
      children: [raised(label), { type: 'text', value: ' ' }, ...words],
    };
    const body = first?.type === 'paragraph' || !first ? rest : [first, ...rest];
    return [{ type: 'footnoteNote', data: { hName: 'div' }, children: [lead, ...body] }];
  });
  for (const child of node.children ?? []) placeFootnotes(child);
}

/** More marks than this in one part say nothing more; the rest is written out as words. */
const mostMarks = 300;

/** Characters nobody sees become small labelled marks; the text around them stays as it is. */
export function markedUnseen() {
  return (tree: TreeNode): void => markUnseen(tree, { left: mostMarks });
}

function markUnseen(node: TreeNode, budget: { left: number }): void {
  node.children = node.children?.flatMap((child): TreeNode[] => {
    if (child.type !== 'text') return [child];
    const parts = partsAtUnseen(child.value ?? '');
    return parts.length === 1 && 'text' in (parts[0] ?? {})
      ? [child]
      : parts.map((part) => markedPart(part, budget));
  });
  for (const child of node.children ?? []) markUnseen(child, budget);
}

function markedPart(part: TextPart, budget: { left: number }): TreeNode {
  if ('text' in part) return { type: 'text', value: part.text };
  budget.left -= 1;
  if (budget.left < 0) return { type: 'text', value: `[${part.mark.label}]` };
  const { label, words, turning } = part.mark;
  return {
    type: 'element',
    tagName: 'mark',
    properties: { dataLabel: label, dataWords: words, dataTurning: turning ? 'true' : 'false' },
    children: [],
  };
}

const blocks = new Set(['p', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'td', 'th', 'pre']);
/** These take their side (bullets, quote bar, order of columns) from the first letter inside them. */
const containers = new Set(['ul', 'ol', 'blockquote', 'table']);
const kept = new Set([
  'href',
  'src',
  'alt',
  'start',
  'align',
  'checked',
  'type',
  'dataLabel',
  'dataWords',
  'dataTurning',
]);
/** A word no line can hold: it may be broken anywhere. */
const unbroken = /[^\s\u0e00-\u0eff\u1780-\u17ff\u3000-\u9fff\uac00-\ud7ff\uff00-\uffef]{36}/u;

/** Keeps only attributes that carry meaning (no id, class, style) and lets every block find its own direction. */
export function bareElements() {
  return (tree: TreeNode): void => bare(tree, false);
}

function bare(node: TreeNode, inLink: boolean): void {
  if (node.type === 'element') {
    const entries = Object.entries(node.properties ?? {}).filter(([name]) => kept.has(name));
    node.properties = Object.fromEntries(entries);
    if (node.tagName === 'img' && inLink) node.properties.dataInLink = 'true';
    if ((node.tagName === 'td' || node.tagName === 'th') && unbroken.test(wholeText(node)))
      node.properties.dataLong = 'true';
    if (node.tagName === 'table') node.properties.dataRows = countRows(node);
    // A head without words is no head for a screen reader.
    if (node.tagName === 'th' && textOf(node).trim() === '') node.tagName = 'td';
    if (containers.has(node.tagName ?? '')) node.properties.dir = directionOf(textOf(node));
    else if (blocks.has(node.tagName ?? '')) node.properties.dir = 'auto';
  }
  for (const child of node.children ?? []) bare(child, inLink || node.tagName === 'a');
}

const countRows = (node: TreeNode): number =>
  (node.children ?? []).reduce((sum, child) => sum + (child.tagName === 'tr' ? 1 : countRows(child)), 0);

const wholeText = (node: TreeNode): string =>
  node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(wholeText).join('');

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The direction of the first letter of a text. */
export function directionOf(text: string): 'rtl' | 'ltr' {
  const letter = /\p{L}/u.exec(text)?.[0] ?? '';
  return rightToLeft.test(letter) ? 'rtl' : 'ltr';
}

/** The first words below a node; enough to find its first letter. */
function textOf(node: TreeNode): string {
  if (node.type === 'text') return node.value ?? '';
  let text = '';
  for (const child of node.children ?? []) {
    text += textOf(child);
    if (/\p{L}/u.test(text)) break;
  }
  return text;
}
