import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followScroll, pageAnswers, scrollAlone } from './linked-scroll.ts';
import { placeOpposite, scrollMap } from './linked-scroll-map.ts';
import { type Block, matchBlocks } from './linked-scroll-match.ts';

const block = (text: string, heading = false): Block => ({ text, heading });

describe('matching parts of two answers', () => {
  const a = [
    block('Potassium', true),
    block('Repeat the potassium today and exclude haemolysis.'),
    block('Medication', true),
    block('Stop spironolactone; consider halving sacubitril/valsartan.'),
    block('Follow-up', true),
    block('Call back in one week with a fresh sample.'),
  ];

  it('are each part with itself where the answers are the same', () => {
    expect(matchBlocks(a, a)).toEqual(a.map((_, at) => [at, at]));
  });

  it('are found across what only one answer says', () => {
    const b = [
      block('Some words of greeting and a caution.'),
      ...a.slice(0, 2),
      block('A digression.'),
      ...a.slice(2),
    ];
    expect(matchBlocks(a, b)).toEqual([
      [0, 1],
      [1, 2],
      [2, 4],
      [3, 5],
      [4, 6],
      [5, 7],
    ]);
  });

  it('are found where words were changed, and in scripts without blanks', () => {
    expect(
      matchBlocks(
        [block('Nothing of the kind here.'), block('应立即停用螺内酯并复查血钾')],
        [block('应立即停用螺内酯，明天复查血钾'), block('Quite another matter.')],
      ),
    ).toEqual([[1, 0]]);
  });

  it('are none where nothing is alike', () => {
    expect(matchBlocks([block('alpha beta gamma')], [block('one two three')])).toEqual([]);
    expect(matchBlocks([], a)).toEqual([]);
  });

  it('never cross and never share a part', () => {
    const words = fc.array(fc.constantFrom('potassium', 'stop', 'today', 'dose', 'week', 'call'), {
      minLength: 1,
      maxLength: 6,
    });
    const blocks = fc.array(
      words.map((some) => block(some.join(' '))),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(blocks, blocks, (one, other) => {
        const matches = matchBlocks(one, other);
        for (let at = 1; at < matches.length; at++) {
          expect(matches[at]?.[0]).toBeGreaterThan(matches[at - 1]?.[0] ?? -1);
          expect(matches[at]?.[1]).toBeGreaterThan(matches[at - 1]?.[1] ?? -1);
        }
      }),
    );
  });

  it('are found among thousands of blocks', () => {
    const many = Array.from({ length: 3000 }, (_, at) => block(`Line ${at} says potassium ${at * 7} mmol`));
    expect(matchBlocks(many, many.slice(100)).length).toBeGreaterThan(2500);
  });
});

describe('the map of places', () => {
  const view = 400;
  const extent = (height: number) => ({ height, view });

  it('brings a matching part level on the line that moves from the upper to the lower edge', () => {
    const map = scrollMap(extent(1400), extent(2400), [{ a: 700, b: 1700 }]);
    const line = view * ((700 / 1400 + 1700 / 2400) / 2);
    expect(placeOpposite(map, 'a', 700 - line)).toBeCloseTo(1700 - line, 5);
    expect(placeOpposite(map, 'b', 1700 - line)).toBeCloseTo(700 - line, 5);
  });

  it('brings ends to ends, with and without matching parts', () => {
    for (const anchors of [
      [],
      [
        { a: 10, b: 900 },
        { a: 1390, b: 1000 },
      ],
    ]) {
      const map = scrollMap(extent(1400), extent(2400), anchors);
      expect([placeOpposite(map, 'a', 0), placeOpposite(map, 'a', 1000)]).toEqual([0, 2000]);
      expect([placeOpposite(map, 'b', 0), placeOpposite(map, 'b', 2000)]).toEqual([0, 1000]);
    }
  });

  it('goes by the share of the length where nothing matches, and rests where there is nothing to scroll', () => {
    expect(placeOpposite(scrollMap(extent(1400), extent(2400), []), 'a', 500)).toBe(1000);
    expect(placeOpposite(scrollMap(extent(300), extent(2400), []), 'b', 500)).toBe(0);
  });

  it('only ever rises, and there and back again is where one was', () => {
    const anchors = fc.array(fc.record({ a: fc.nat(4000), b: fc.nat(9000) }), { maxLength: 30 });
    fc.assert(
      fc.property(anchors, fc.array(fc.nat(3600), { minLength: 2, maxLength: 20 }), (some, tops) => {
        const sorted = some.sort((one, other) => one.a - other.a || one.b - other.b);
        const map = scrollMap(extent(4000), extent(9000), sorted);
        const places = tops.sort((one, other) => one - other).map((top) => placeOpposite(map, 'a', top));
        places.forEach((place, at) => {
          expect(place).toBeGreaterThanOrEqual(places[at - 1] ?? 0);
          expect(placeOpposite(map, 'b', place)).toBeCloseTo(tops[at] ?? 0, 3);
        });
      }),
    );
  });
});

describe('two answers on the screen', () => {
  function layer(): { layer: HTMLElement; a: HTMLElement; b: HTMLElement } {
    document.body.innerHTML = '<div id="l"><div data-answer="a"></div><div data-answer="b"></div></div>';
    const find = (query: string) => document.querySelector(query) as HTMLElement;
    const size = (element: HTMLElement, height: number) => {
      Object.defineProperty(element, 'scrollHeight', { value: height });
      Object.defineProperty(element, 'clientHeight', { value: 400 });
      return element;
    };
    return {
      layer: find('#l'),
      a: size(find('[data-answer=a]'), 1400),
      b: size(find('[data-answer=b]'), 2400),
    };
  }

  it('follow each other by their share until they are matched', () => {
    const { layer: here, a, b } = layer();
    a.scrollTop = 500;
    followScroll(here, a);
    expect(b.scrollTop).toBe(1000);
  });

  it('do not answer an echo', () => {
    const { layer: here, a, b } = layer();
    scrollAlone(b, 700);
    followScroll(here, b);
    expect(a.scrollTop).toBe(0);
  });

  it('are paged one by one when they are not linked', () => {
    const { layer: here, a, b } = layer();
    pageAnswers(here, 'both', 1);
    expect([a.scrollTop, b.scrollTop]).toEqual([340, 340]);
    pageAnswers(here, 'b', -1);
    expect([a.scrollTop, b.scrollTop]).toEqual([340, 0]);
  });
});
