/** The parts of a syntax tree these plugins touch; both trees (Markdown and HTML) have them. */
type TreeNode = {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: TreeNode[];
};

/** What unified hands a plugin as `this`. */
type Processor = { data: () => { micromarkExtensions?: unknown[] } };

/** HTML is read as plain words, and an indented line is no code: imported texts are indented for no reason. */
export function plainWords(this: unknown): void {
  const data = (this as Processor).data();
  data.micromarkExtensions ??= [];
  data.micromarkExtensions.push({ disable: { null: ['htmlFlow', 'htmlText', 'codeIndented'] } });
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

const blocks = new Set(['p', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'td', 'th', 'pre']);
/** These take their side (bullets, quote bar, order of columns) from the first letter inside them. */
const containers = new Set(['ul', 'ol', 'blockquote', 'table']);
const kept = new Set(['href', 'src', 'alt', 'start', 'align', 'checked', 'type']);

/** Keeps only attributes that carry meaning (no id, class, style) and lets every block find its own direction. */
export function bareElements() {
  return (tree: TreeNode): void => bare(tree);
}

function bare(node: TreeNode): void {
  if (node.type === 'element') {
    const entries = Object.entries(node.properties ?? {}).filter(([name]) => kept.has(name));
    node.properties = Object.fromEntries(entries);
    // A head without words is no head for a screen reader.
    if (node.tagName === 'th' && textOf(node).trim() === '') node.tagName = 'td';
    if (containers.has(node.tagName ?? '')) node.properties.dir = directionOf(textOf(node));
    else if (blocks.has(node.tagName ?? '')) node.properties.dir = 'auto';
  }
  for (const child of node.children ?? []) bare(child);
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

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
