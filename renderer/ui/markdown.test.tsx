import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { openableAddress } from './address-dialog.tsx';
import { Markdown } from './markdown.tsx';
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
    render(<Markdown source="See [the label](javascript:alert(1))." onAddress={onAddress} />);
    expect(onAddress).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'the label' }));
    expect(onAddress).toHaveBeenCalledWith('javascript:alert(1)');
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
