export type Pair = { id: string; a: string; b: string };
export type Fault = { id: string; what: string };
export type WalkReport = { pairs: number; faults: Fault[] };
/** A wrong that is done to the page on purpose, to see that it is seen. */
export type Planted = 'image' | 'script' | 'overflow' | 'page-overflow' | 'width' | 'console' | 'lost-word';

/** What no text may become. */
const acting =
  'img, script, iframe, object, embed, video, audio, source, link, form, base, meta, a[href], [src], [srcset], [onclick], [onerror], [onload]';

const round = (value: number) => Math.round(value * 100) / 100;

/** Everything that is wrong with the pair of columns on the page. */
export function faultsOf({ id, a, b }: Pair, looked: { words: boolean }): Fault[] {
  const faults: Fault[] = [];
  const found = (what: string) => faults.push({ id, what });
  const answers = [...document.querySelectorAll<HTMLElement>('[data-answer]')];
  if (answers.length !== 2) found(`${answers.length} columns`);
  const widths = answers.map((answer) => round(answer.getBoundingClientRect().width));
  const half = (window.innerWidth - 300) / 2;
  if (widths.some((width) => Math.abs(width - half) > 1)) found(`column widths ${widths.join(' and ')}`);
  answers.forEach((answer, index) => {
    const side = answer.dataset.answer ?? '';
    if (answer.scrollWidth > answer.clientWidth)
      found(`answer ${side} overflows by ${answer.scrollWidth - answer.clientWidth} px`);
    for (const element of answer.querySelectorAll(acting)) found(`answer ${side} holds ${element.tagName}`);
    const lost = looked.words ? lostWord(index === 0 ? a : b, answer.textContent ?? '') : null;
    if (lost !== null) found(`answer ${side} lost the word ${lost}`);
  });
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth)
    found(`the page overflows by ${page.scrollWidth - page.clientWidth} px`);
  return faults;
}

/** The first word of a source that its layout does not show; addresses of links are shown only when asked for. */
function lostWord(source: string, shown: string): string | null {
  const there = new Set(shown.match(/[\p{L}\p{N}]{3,}/gu));
  const words = source.replace(/\]\([^)]*\)|&\w+;|^\s*`{3,}\w*/gm, ' ').match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return words.find((word) => !there.has(word)) ?? null;
}

export function plant(planted: Planted): void {
  const text = document.querySelector('[data-answer=a] p') ?? document.querySelector('[data-answer=a]');
  if (!text) throw new Error('nothing to plant in');
  plants[planted](text as HTMLElement);
}

const plants: Record<Planted, (text: HTMLElement) => void> = {
  image: (text) => text.append(Object.assign(new Image(), { src: '/planted.png' })),
  script: (text) => {
    const script = document.createElement('script');
    script.textContent = 'window.planted = 1';
    text.append(script);
  },
  overflow: (text) => text.append(wide(document.createElement('div'))),
  'page-overflow': () => document.body.append(wide(document.createElement('div'))),
  width: (text) => {
    const section = text.closest<HTMLElement>('section');
    if (section) section.style.marginInlineEnd = '20px';
  },
  console: () => console.error('planted'),
  'lost-word': (text) => {
    text.textContent = '';
  },
};

function wide(element: HTMLElement): HTMLElement {
  element.style.width = '5000px';
  element.style.height = '1px';
  return element;
}
