import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { openableAddress } from './address-dialog.tsx';
import { Markdown } from './markdown.tsx';
import { countDamaged } from './markdown-marks.ts';
import { countWords, harmlessText, shallowestHeading, stretches } from './markdown-source.ts';

describe('Markdown is inert', () => {
  it.each([
    ['a script', '<script>window.bad = 1</script>', 'script'],
    ['an image tag with a handler', '<img src=x onerror="window.bad = 1">', 'img'],
    ['an inline frame', 'before <iframe src="https://x.example"></iframe> after', 'iframe'],
    ['a form', '<form action="https://x.example"><input name="q"></form>', 'form'],
    ['a style sheet', '<style>body { display: none }</style>', 'style'],
    ['an svg', '<svg onload="window.bad = 1"><circle/></svg>', 'circle'],
  ])('shows %s as words', (_, source, element) => {
    const { container } = render(<Markdown source={source} />);
    expect(container.querySelector(element)).toBeNull();
    expect(container.textContent).toContain(source.slice(0, 5));
  });

  it('makes no element that navigates or fetches out of links and images', () => {
    const source = [
      '[web](https://a.example) [script](javascript:alert(1)) <https://b.example> www.c.example',
      '![photo](https://track.example/p.png "t") ![inline](data:image/png;base64,AAAA) [r][1]',
      '',
      '[1]: vbscript:x',
    ].join('\n');
    const { container } = render(<Markdown source={source} onAddress={vi.fn()} />);
    expect(container.querySelectorAll('a, img, [href], [src], [style], [onclick], [onerror]')).toHaveLength(
      0,
    );
  });

  it('shows an image as a placeholder with its words and address', () => {
    render(<Markdown source="![ECG of lead II](https://track.example/p.png)" />);
    expect(screen.getByText('Image not loaded: ECG of lead II')).toBeInTheDocument();
    expect(screen.getByText('https://track.example/p.png')).toBeInTheDocument();
  });

  it('tells the address of a link, as it was written, only when it is asked for', async () => {
    const onAddress = vi.fn();
    render(<Markdown source="See [the label](https://a.example/%0A?x=1#y)." onAddress={onAddress} />);
    expect(onAddress).not.toHaveBeenCalled();
    screen.getByRole('button', { name: 'the label' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(onAddress).toHaveBeenCalledWith('https://a.example/%0A?x=1#y');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'app://x', '/relative'])(
    'shows an address that is not of the web, %s, as text and never as a link',
    (address) => {
      const { container } = render(<Markdown source={`See [label](${address}).`} onAddress={vi.fn()} />);
      expect(screen.queryByRole('button')).toBeNull();
      expect(container).toHaveTextContent(`See label (${address}).`);
    },
  );

  it('shows the beginning and the length of a huge data: image, and never loads it', () => {
    const address = `data:image/png;base64,${'A'.repeat(1_000_000)}`;
    const { container } = render(<Markdown source={`![scan](${address})`} onAddress={vi.fn()} />);
    expect(container).toHaveTextContent(
      /Image not loaded: scandata:image\/png;base64,A+… \(1,000,022 characters\)/,
    );
    expect(container.innerHTML.length).toBeLessThan(3000);
  });

  it('makes one button of an image within a link', () => {
    render(<Markdown source="[![scan](https://a.example/i)](https://b.example)" onAddress={vi.fn()} />);
    expect(screen.getAllByRole('button')).toHaveLength(1);
    expect(document.querySelector('button button')).toBeNull();
  });

  it('drops ids and classes that a text could use to reach into the page', () => {
    const { container } = render(<Markdown source={'Note[^1]\n\n[^1]: the note\n\n```js\nx\n```'} />);
    expect(container.querySelectorAll('[id], .language-js')).toHaveLength(0);
  });
});

describe('Markdown is readable', () => {
  it('renders tables in a region the keyboard can scroll', () => {
    render(<Markdown source={'| K | Then |\n|---|---|\n| 6 | stop<br>treat |'} />);
    const region = screen.getByRole('group', { name: 'Table' });
    expect(region).toHaveAttribute('tabindex', '0');
    expect(within(region).getByRole('cell', { name: /stop/ }).querySelector('br')).not.toBeNull();
  });

  it('gives each block its own direction, and lists the side of their first letter', () => {
    const { container } = render(<Markdown source={'يجب إيقاف الدواء\n\n- غلوكونات\n\nEnglish'} />);
    expect(container.querySelector('p')).toHaveAttribute('dir', 'auto');
    expect(container.querySelector('ul')).toHaveAttribute('dir', 'rtl');
  });

  it('reads an indented line as text, not as code', () => {
    const { container } = render(
      <Markdown source={'Key points\n\n                  Leukaemia is a cancer.'} />,
    );
    expect(container.querySelector('pre')).toBeNull();
  });

  it('hangs the headings of a text below those of the page', () => {
    render(<Markdown source={'## Plan\n\n### Today'} headingLevel={3} />);
    expect(screen.getByRole('heading', { name: 'Plan', level: 3 })).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Today', level: 4 })).toBeInTheDocument();
    expect(shallowestHeading('Plan\n====\n\n### x')).toBe(1);
  });
});

describe('formulas', () => {
  it.each([
    ['$a_1 * b_2 * c_1$'],
    ['$$x_i^2 **y** z$$'],
    ['the clearance \\((140 - age) * w_{kg} \\times k_*\\) here'],
    ['\\[ CrCl = \\frac{(140-a) * w}{72 * S_{cr}} \\]'],
    ['| $a_1*b*c$ |'],
  ])('keeps %s as it is written', (formula) => {
    const { container } = render(<Markdown source={`_Before_ ${formula} *after*`} />);
    expect(container.textContent).toBe(`Before ${formula} after`);
    expect(container.querySelectorAll('em')).toHaveLength(2);
  });

  it('keeps formulas in the cells of a table', () => {
    render(<Markdown source={'| a |\n|---|\n| $x_1*y*z_2$ |'} />);
    expect(screen.getByRole('cell')).toHaveTextContent('$x_1*y*z_2$');
  });

  it.each(['$$', '\\['])('keeps a formula over several lines that opens with %s', (open) => {
    const close = open === '$$' ? '$$' : '\\]';
    const formula = `${open}\nx_1 = a\n- b * c * d\n=\n1. e\n${close}`;
    const { container } = render(<Markdown source={`Before\n${formula}\n\n- after`} />);
    expect(container.querySelector('pre')?.textContent).toBe(`${formula}\n`);
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
  });

  it('takes no money and no escaped bracket for a formula', () => {
    const { container } = render(
      <Markdown source={'From $5 *each* to $10 *each*, \\[sic\\] \\(so\\) and $20'} />,
    );
    expect(container.querySelectorAll('em')).toHaveLength(2);
    expect(container.textContent).toBe('From $5 each to $10 each, [sic] (so) and $20');
  });

  it('leaves an opening sign alone that nothing closes', () => {
    const { container } = render(<Markdown source={'$$\n\n- one\n- two\n\n\\[ **bold**'} />);
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
    expect(container.querySelector('strong')).not.toBeNull();
  });
});

describe('footnotes', () => {
  const source = 'Stop it[^b], says one[^a].\n\n[^a]: First *note*\n[^b]: Second\n[^c]: Never called';
  it('keep their names and their place, called or not', () => {
    const { container } = render(<Markdown source={source} />);
    expect(container).toHaveTextContent('Stop it[b], says one[a].');
    expect(container).toHaveTextContent('[a] First note');
    expect(container).toHaveTextContent('[c] Never called');
    expect(container.querySelectorAll('a, button, h2, h3')).toHaveLength(0);
  });

  it('are the same in a text long enough to be cut, and stand once', async () => {
    const long = `Begin[^a]\n\n${`${'word '.repeat(300)}\n\n`.repeat(20)}${source}\n\nEnd`;
    const { container } = render(<Markdown source={long} />);
    await screen.findByText('End');
    expect(container.textContent?.match(/\[a\] First note/g)).toHaveLength(1);
    expect(container).toHaveTextContent('Begin[a]');
    expect(container.textContent).not.toContain('elsewhere');
  });
});

describe('hostile texts', () => {
  const deep = 1000;
  it.each([
    ['quotes in one line', `${'>'.repeat(deep)} inside`],
    ['quotes in one line, apart', `${'> '.repeat(deep)}inside`],
    ['lists in one line', `${'- '.repeat(deep)}inside`],
    ['numbers in one line', `${'1. '.repeat(deep)}inside`],
    [
      'indented lists',
      `${Array.from({ length: deep }, (_, at) => `${' '.repeat(at * 2)}- x`).join('\n')}\ninside`,
    ],
    ['emphasis in emphasis', `${'*a '.repeat(deep)}inside${' b*'.repeat(deep)}`],
    ['open brackets', `${'['.repeat(20_000)} inside`],
    ['brackets in brackets', `${'['.repeat(5000)} inside ${']'.repeat(5000)}`],
    ['stars', `${'**a_b '.repeat(20_000)}inside`],
    ['images in images', `${'!['.repeat(5000)} inside`],
    ['quoted lists', Array.from({ length: 300 }, (_, at) => `> ${' '.repeat(at * 2)}- inside`).join('\n')],
  ])('%s are laid out within limits and lose no word', (_, source) => {
    const { container } = render(<Markdown source={source} />);
    expect(container.textContent).toContain('inside');
    expect(depthOf(container)).toBeLessThan(150);
  });

  it('shows a sign past the limit of nesting as that sign', () => {
    const { container } = render(<Markdown source={`${'>'.repeat(15)} inside`} />);
    expect(container.querySelectorAll('blockquote')).toHaveLength(12);
    expect(container).toHaveTextContent('>>> inside');
  });

  it('shows a part that cannot be laid out as it was written, and says so', () => {
    const source = `${'['.repeat(200)} <b>inside</b>`;
    const { container } = render(<Markdown source={source} />);
    expect(container).toHaveTextContent('This part is shown as it was written, without layout.');
    expect(container.textContent).toContain(source);
  });

  it('lays out long ordinary texts: a list of bold terms, code with underscores, a table of links', () => {
    const list = '- **Term**: words\n'.repeat(400);
    const code = `\`\`\`\n${'snake_case *p[0]\n'.repeat(400)}\`\`\`\n`;
    const table = `| a |\n|---|\n${'| [x](https://a.example) **b** |\n'.repeat(400)}`;
    const { container } = render(<Markdown source={`${list}\n${code}\n${table}`} />);
    expect(container).not.toHaveTextContent('as it was written');
    expect(container.querySelectorAll('strong').length).toBeGreaterThan(400);
  });

  it('keeps an emphasis the words say, however deep, down to a limit', () => {
    const { container } = render(<Markdown source={'*a **b *c **d** c* b** a*'} />);
    expect(container.textContent).toBe('a b c d c b a');
  });
});

const depthOf = (root: Element): number => {
  let deepest = 0;
  for (const element of root.querySelectorAll('*')) {
    let depth = 0;
    for (let up: Element | null = element; up && up !== root; up = up.parentElement) depth += 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
};

describe('tables and code', () => {
  it('names a long table with its rows, and lets it scroll inside itself', () => {
    render(<Markdown source={`| K | Then |\n|---|---|\n${'| 6 | stop |\n'.repeat(400)}`} />);
    const region = screen.getByRole('group', { name: 'Table, 400 rows' });
    expect(region).toHaveAttribute('data-long');
    expect(region).toHaveAttribute('tabindex', '0');
  });

  it('mirrors a table whose first letter is right to left', () => {
    render(<Markdown source={'| دواء | mg |\n|---|---|\n| غلوكونات | 10 |'} />);
    expect(screen.getByRole('group', { name: 'Table' })).toHaveAttribute('dir', 'rtl');
  });

  it('lets a word no cell can hold break, and no other', () => {
    render(<Markdown source={`| a | b |\n|---|---|\n| ${'x'.repeat(5000)} | potassium |`} />);
    const [long, short] = screen.getAllByRole('cell');
    expect(long).toHaveAttribute('data-long');
    expect(short).not.toHaveAttribute('data-long');
  });

  it('lets code scroll, and wraps code that is really prose', () => {
    render(<Markdown source={`\`\`\`\na = 1\n\`\`\`\n\n\`\`\`\n${'word '.repeat(60)}\n\`\`\``} />);
    const [code, prose] = screen.getAllByRole('group', { name: 'Code' });
    expect(code).not.toHaveAttribute('data-wrap');
    expect(prose).toHaveAttribute('data-wrap');
    expect(code).toHaveAttribute('tabindex', '0');
  });

  it('shows tasks as done or not, and makes no control of them', () => {
    render(<Markdown source={'- [x] ECG\n- [ ] Potassium'} />);
    expect(screen.getByRole('img', { name: 'Done' })).toBeInTheDocument();
    expect(screen.getByRole('img', { name: 'Not done' })).toBeInTheDocument();
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});

describe('what nobody sees', () => {
  const labels = (source: string) => {
    const { container } = render(<Markdown source={source} />);
    return [...container.querySelectorAll('[data-label]')].map((one) => one.getAttribute('data-label'));
  };

  it('becomes a small labelled mark beside the words, which stay one text', () => {
    const { container } = render(<Markdown source={'give \u202e52\u202c mg, pot\u200bassium, `a\u2066b`'} />);
    expect(container.textContent).toBe('give 52 mg, potassium, ab');
    expect(
      screen.getByRole('img', { name: /hidden mark \(right-to-left override\).*switched off/ }),
    ).toBeInTheDocument();
    expect(screen.getByRole('img', { name: /hidden character \(zero-width space\)/ })).toBeInTheDocument();
    expect(container.querySelectorAll('[data-turning]')).toHaveLength(3);
  });

  it('marks controls, fillers and tags, and a run of them once', () => {
    expect(labels('a\u0007b')).toEqual(['U+0007']);
    expect(labels('a\u3164b\u180ec')).toEqual(['U+3164', 'U+180E']);
    expect(labels(`a${'\u200b'.repeat(500)}b`)).toEqual(['U+200B ×500']);
    expect(labels('a\u{e0061}\u{e0062}b')).toEqual(['U+E0061… ×2']);
  });

  it('leaves joiners and breaks where scripts and emoji need them', () => {
    expect(
      labels('👩‍⚕️ می‌خواهم 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} ไทย\u200bไทย क्‍ष'),
    ).toEqual([]);
    expect(labels('dose\u200d 5')).toEqual(['U+200D']);
  });

  it('writes marks past the three hundredth out as words', () => {
    const { container } = render(<Markdown source={'a\u200b'.repeat(2000)} />);
    expect(container.querySelectorAll('[data-label]')).toHaveLength(300);
    expect(container.textContent).toContain('a[U+200B]a[U+200B]');
  });
});

describe('damaged characters', () => {
  it('are counted and shown as they came', () => {
    const source = 'Creatinine 90 \ufffdmol, cafÃ© 37 Â°C donâ€™t';
    expect(countDamaged(source)).toBe(4);
    render(<Markdown source={source} />);
    expect(screen.getByText(source)).toBeInTheDocument();
  });

  it('are not seen where a language writes such letters', () => {
    expect(countDamaged('SÃO PAULO, NÃO, Ângela, être, naïve, 5 € – „so“ 37 °C ≥ 3')).toBe(0);
    expect(countDamaged('lost half \ud83d of a pair, nul \0')).toBe(2);
  });
});

it('shows a long text to its last word', async () => {
  const source = Array.from({ length: 60 }, (_, part) => `Part ${part}: ${'word '.repeat(100)}`).join('\n\n');
  const { container, rerender } = render(<Markdown source={source} />);
  await screen.findByText(/^Part 59:/);
  expect(countWords(container.textContent ?? '')).toBeGreaterThan(6000);
  rerender(<Markdown source={source.replaceAll('Part', 'Chapter')} />);
  await screen.findByText(/^Chapter 59:/);
});

describe('the source of a text', () => {
  it('shows override marks that could turn a dose around, and drops invisible ones', () => {
    expect(harmlessText('give \u202e52\u202c mg, pot\u200bassium')).toBe(
      'give [U+202E]52\u202c mg, potassium',
    );
    expect(harmlessText('👩‍⚕️ می‌خواهم')).toBe('👩‍⚕️ می‌خواهم');
  });

  it('cuts a long text at blank lines outside fenced code and loses nothing', () => {
    const part = `Paragraph ${'word '.repeat(200)}\n\n\`\`\`\ncode\n\nmore code\n\`\`\`\n\n`;
    const source = part.repeat(60);
    const parts = stretches(source);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.join('\n')).toBe(source);
    for (const one of parts) expect((one.match(/```/g)?.length ?? 0) % 2).toBe(0);
  });

  it('gives every stretch the link definitions', () => {
    const source = `${`${'word '.repeat(300)}\n\n`.repeat(20)}[1]: https://a.example\n`;
    for (const one of stretches(source)) expect(one).toContain('[1]: https://a.example');
  });

  it('counts words', () => {
    expect(countWords('  Not now.\n\nK is 5.8 ')).toBe(5);
    expect(countWords('')).toBe(0);
  });
});

it('opens only web and mail addresses outside', () => {
  expect(openableAddress('https://a.example/x')).toBe('https://a.example/x');
  expect(openableAddress('mailto:a@example.org')).toBe('mailto:a@example.org');
  for (const bad of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    '//a.example',
    'app://x',
    '',
  ])
    expect(openableAddress(bad)).toBeNull();
});
