import { render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passageOf } from '../../shared/schema/safety-flag.ts';
import { Markdown } from './markdown.tsx';
import { markdownRoot, rangeOfSource, sourceOfRange } from './text-offsets.ts';

function show(source: string): HTMLElement {
  const { container, unmount } = render(<Markdown source={source} />);
  cleanUp.push(unmount);
  const root = markdownRoot(container);
  if (!root) throw new Error('nothing was rendered');
  return root;
}
const cleanUp: (() => void)[] = [];

function textNodes(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node as Text);
  return nodes;
}

/** The range over the nth place of some words, which stand within one text node. */
function rangeOver(root: Node, words: string, nth = 0): Range {
  let left = nth;
  for (const node of textNodes(root))
    for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + 1)) {
      if (left-- > 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      return range;
    }
  throw new Error(`"${words}" is not shown`);
}

function quoteOf(source: string, words: string, nth = 0): string | null {
  const root = show(source);
  const span = sourceOfRange(root, source, rangeOver(root, words, nth));
  return span && source.slice(span.start, span.end);
}

describe('the source of selected words', () => {
  it.each([
    ['plain words', 'Give 25 mg daily.', '25 mg', '25 mg'],
    ['words in emphasis', 'Give **25 mg** *daily*.', '25 mg', '25 mg'],
    ['words after an escape', 'Give 5 \\* 5 mg now', '5 mg', '5 mg'],
    ['an escaped sign itself', 'a 5 \\* 5 b', '5 * 5', '5 \\* 5'],
    ['words after a reference', 'K &gt; 5 &amp; rising', 'rising', 'rising'],
    ['a reference itself', 'K &gt; 5 &amp; rising', '> 5 & r', '&gt; 5 &amp; r'],
    ['a reference by number', 'K&#43; and 5&#x20AC; now', 'now', 'now'],
    ['a written reference', 'write `&amp;` or &amp;amp; here', 'here', 'here'],
    ['words in a link', 'see [the label](https://a.example/label) and label', 'the label', 'the label'],
    ['words after a link', 'see [x](https://a.example/b) b', ' b', ' b'],
    ['an address', 'see www.c.example/d and <https://b.example> end', 'end', 'end'],
    ['an address itself', 'see www.c.example/d now', 'www.c.example/d', 'www.c.example/d'],
    ['a mail address', 'write to a@example.org today', 'today', 'today'],
    ['code in a line', 'run `` a`b `` now', 'a`b', 'a`b'],
    ['code in a fence', '```js\nlet x = 1;\n  y = "2";\n```', '  y = "2";', '  y = "2";'],
    ['code in a fence in a quote', '> ```\n> one\n>   two\n> ```', '  two', '  two'],
    ['a table cell', '| K | Then |\n|---|---|\n| 6 | stop \\| treat |', 'stop | treat', 'stop \\| treat'],
    ['a cell after a line break', '| K |\n|---|\n| 6<br>stop<br>now |', 'now', 'now'],
    ['a nested list', '- a\n  - b\n    1. take 5 mg\n', 'take 5 mg', 'take 5 mg'],
    ['a task', '- [x] stop it\n- [ ] go on', 'go on', 'go on'],
    ['lines in a quote', '> one\n> two\n> three', 'one\ntwo', 'one\n> two'],
    ['words after a soft line end', 'one   \n   two **three**\n four', 'four', 'four'],
    ['HTML shown as words', 'a <b>bold</b> <script>x</script> c', '<script>x</script>', '<script>x</script>'],
    ['right-to-left words', 'يجب إيقاف **الدواء** الآن', 'الدواء', 'الدواء'],
    ['astral characters', 'mark 👩‍⚕️ and 𝒙 then *here*', 'here', 'here'],
    ['an astral character', 'mark 𝒙 then', '𝒙', '𝒙'],
    ['Windows line ends', 'one\r\ntwo\r\n\r\n- three\r\n- four', 'four', 'four'],
    ['a heading', 'Plan\n====\n\n## Today ##\n', 'Today', 'Today'],
    ['a formula', 'with $a * b * c$ and \\(x_1 \\le 2\\) done', 'done', 'done'],
    ['words after a formula in lines', 'a\n\n$$\nx = 1\n- b\n$$\n\nlast', 'last', 'last'],
    ['words after a byte order mark', '\ufeffone **two**', 'two', 'two'],
    ['words after a footnote', 'a[^1] b\n\n[^1]: the *note*\n\nc', 'note', 'note'],
    ['words struck out', 'a ~~old dose~~ b', 'old dose', 'old dose'],
  ])('holds %s', (_, source, words, quote) => {
    expect(quoteOf(source, words)).toBe(quote);
  });

  it('tells two equal sentences apart', () => {
    const source = 'Stop it **now**.\n\n- Stop it now.\n- Stop it now.';
    const root = show(source);
    const starts = [0, 1].map(
      (nth) => sourceOfRange(root, source, rangeOver(root, 'Stop it now', nth))?.start,
    );
    expect(starts).toEqual([20, 35]);
  });

  it('counts characters nobody sees', () => {
    const source = 'po\u200btassium **5\u00ad.8** rising';
    expect(quoteOf(source, 'rising')).toBe('rising');
    const root = show(source);
    const [first, last] = [textNodes(root)[0], textNodes(root).at(-1)];
    const range = document.createRange();
    if (first && last) range.setStart(first, 0);
    if (last) range.setEnd(last, last.length);
    expect(sourceOfRange(root, source, range)).toEqual({ start: 0, end: source.length });
  });

  it('takes an image, shown as a placeholder, whole', () => {
    const source = 'see ![ECG](https://t.example/p.png) there';
    expect(quoteOf(source, 'Image not loaded')).toBe('![ECG](https://t.example/p.png)');
    expect(quoteOf(source, 'there')).toBe('there');
  });

  it('holds for a text that is too knotted to lay out', () => {
    const source = `${'['.repeat(200)} stop **it** ${'*a '.repeat(700)}`;
    expect(quoteOf(source, 'stop **it**')).toBe('stop **it**');
  });

  it('is nothing where nothing is selected', () => {
    const root = show('some words');
    const range = document.createRange();
    range.selectNodeContents(document.body);
    range.collapse();
    expect(sourceOfRange(root, 'some words', range)).toBeNull();
  });
});

/** Words found nowhere else, in every dress Markdown knows; none of the dresses holds a word of its own. */
const dress = fc.constantFrom<(one: string) => string>(
  (one) => one,
  (one) => `**${one}**`,
  (one) => `*${one}*`,
  (one) => `~~${one}~~`,
  (one) => `\`${one}\``,
  (one) => `[${one}](https://e.example/x_y "t")`,
  (one) => `\\*${one}\\_`,
  (one) => `&lt;${one}&gt;&nbsp;&amp;`,
  (one) => `<i>${one}</i>`,
  (one) => `😀${one}`,
  (one) => `\u200b${one}\u00ad`,
  (one) => `"${one}" – 5 < 6 & 7`,
);
const frame = fc.constantFrom<(line: string) => string>(
  (line) => `${line}\n\n`,
  (line) => `## ${line}\n\n`,
  (line) => `- ${line}\n  - ${line.replace(/w/g, 'v')}\n`,
  (line) => `> ${line}\n> ${line.replace(/w/g, 'u')}\n\n`,
  (line) => `| ${line.replace(/\|/g, '')} | x |\n|---|---|\n| ${line.replace(/w/g, 't')} | y |\n\n`,
  (line) => `1. ${line}  \n   ${line.replace(/w/g, 's')}\n\n`,
  (line) => `\`\`\`\n${line}\n  ${line.replace(/w/g, 'r')}\n\`\`\`\n\n`,
  (line) => `${line}\r\n   ${line.replace(/w/g, 'q')}\r\n\r\n`,
);

const text = fc
  .array(fc.tuple(frame, fc.array(dress, { minLength: 1, maxLength: 6 })), { minLength: 1, maxLength: 8 })
  .map((lines) => {
    let count = 0;
    return lines.map(([put, words]) => put(words.map((wear) => wear(`w${++count}z`)).join(' '))).join('');
  });

const marker = /[q-w]\d+z/g;

it('holds, between any two words of any text, exactly those words, there and back', () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (source, one, other) => {
      const root = show(source);
      const words = [...(root.textContent ?? '').matchAll(marker)].map(([word]) => word);
      const [first, last] = [one % words.length, other % words.length].sort((a, b) => a - b);
      const begin = rangeOver(root, words[first ?? 0] ?? '');
      const finish = rangeOver(root, words[last ?? 0] ?? '');
      const range = document.createRange();
      range.setStart(begin.startContainer, begin.startOffset);
      range.setEnd(finish.endContainer, finish.endOffset);
      const span = sourceOfRange(root, source, range);
      const passage = span && passageOf(source, span.start, span.end);
      expect(passage?.quote.match(marker)).toEqual(words.slice(first, (last ?? 0) + 1));
      expect(passage?.quote.startsWith(words[first ?? 0] ?? '?')).toBe(true);
      expect(passage?.quote.endsWith(words[last ?? 0] ?? '?')).toBe(true);
      const back = passage && rangeOfSource(root, source, passage);
      expect(back?.toString()).toBe(range.toString());
      for (const undo of cleanUp.splice(0)) undo();
    }),
    { numRuns: 200 },
  );
}, 120_000);

it('finds its place in a long text, in parts that were laid out later, and only where they are laid out', async () => {
  const source = Array.from({ length: 80 }, (_, n) => `Part ${n}: ${'*word* &amp; '.repeat(60)}[end${n}][1]`)
    .join('\n\n')
    .concat('\n\n[1]: https://a.example\n');
  const root = show(source);
  await screen.findByText(/^Part 79:/);
  const range = rangeOver(root, 'end71');
  const span = sourceOfRange(root, source, range);
  expect(span && source.slice(span.start, span.end)).toBe('end71');
  expect(span && rangeOfSource(root, source, span)?.toString()).toBe('end71');
  const across = document.createRange();
  across.setStart(rangeOver(root, 'end10').startContainer, 0);
  across.setEnd(range.endContainer, range.endOffset);
  const long = sourceOfRange(root, source, across);
  expect(long && source.slice(long.start, long.end)).toMatch(/^end10\b.*\bend71$/s);
  root.lastElementChild?.remove();
  const last = source.indexOf('end79');
  expect(rangeOfSource(root, source, { start: last, end: last + 5 })).toBeNull();
});
