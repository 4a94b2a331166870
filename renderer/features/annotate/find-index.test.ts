import { expect, it } from 'vitest';
import { findBelow, indexText, rangeOfPlace } from './find-index.ts';
import { findInText } from './text-search.ts';

function page(html: string): HTMLElement {
  const root = document.createElement('div');
  root.innerHTML = html;
  return root;
}

it('finds words that change their dress half way', () => {
  const ranges = findInText(page('<p>Give <b>25</b> m<i>g</i> dai<code>ly</code>.</p>'), '25 mg daily');
  expect(ranges.map(String)).toEqual(['25 mg daily']);
});

it('joins no cells, items or paragraphs', () => {
  const root = page(
    '<table><tr><td>K</td><td>5.8</td></tr></table><ul><li>stop<ul><li>it</li></ul></li></ul>',
  );
  expect(findInText(root, 'K5.8')).toEqual([]);
  expect(findInText(root, 'stopit')).toEqual([]);
  expect(findInText(root, 'stop it')).toEqual([]);
  expect(indexText(root).blocks.map(({ element }) => element.tagName)).toEqual(['TD', 'TD', 'LI', 'LI']);
});

it('finds words over a line break, and never what only a screen reader gets', () => {
  const root = page('<p>one<br>\ntwo</p><p><span class="visually-hidden">secret</span>seen</p>');
  expect(findInText(root, 'one two')).toHaveLength(1);
  expect(findInText(root, 'secret')).toEqual([]);
  expect(findInText(root, 'seen')).toHaveLength(1);
});

it('gives the very part of the page for every place', () => {
  const root = page('<p>ab <b>cd</b></p><p>ab cd</p>');
  const { index, places } = findBelow(root, 'B C');
  expect(places.map((place) => rangeOfPlace(index, place)?.toString())).toEqual(['b c', 'b c']);
  expect(rangeOfPlace(index, places[1] ?? { start: 0, end: 0 })?.startContainer).toBe(
    root.lastChild?.firstChild,
  );
});

it('reads the page again once it has changed', () => {
  const root = page('<p>one</p>');
  expect(findInText(root, 'two')).toEqual([]);
  root.append(page('<p>two</p>'));
  expect(findInText(root, 'two')).toHaveLength(1);
});
