import { expect, it } from 'vitest';
import { fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { countBatch, neighbour, nextOpenCase, numberOf } from './batch-order.ts';

const states = ['submitted', 'untouched', 'skipped', 'draft', 'untouched'] as const;
const workspace = fakeWorkspace({ cases: states.map((state) => ({ state })) });
const places = [...(await workspace.places(workspace.batchId))].reverse();
const [one, two, , four, five] = workspace.ids;

it('goes on to the next open case, then to open ones before, then ends', () => {
  if (!one || !two || !four || !five) throw new Error('five cases expected');
  expect(nextOpenCase(places, two, new Set())).toBe(four);
  expect(nextOpenCase(places, five, new Set([five]))).toBe(two);
  expect(nextOpenCase(places, five, new Set([two, four, five]))).toBeNull();
});

it('knows neighbours and numbers by position, not by the order of the list', () => {
  if (!one || !two || !five) throw new Error('five cases expected');
  expect(neighbour(places, two, -1)).toBe(one);
  expect(neighbour(places, five, 1)).toBeNull();
  expect(numberOf(places, five)).toBe(5);
});

it('counts', () => {
  expect(countBatch(places)).toEqual({
    total: 5,
    submitted: 1,
    skipped: 1,
    drafts: 1,
    recalled: 0,
    returned: 0,
  });
});

it('takes a returned case for open again, until it is submitted again', () => {
  if (!one || !two || !four || !five) throw new Error('five cases expected');
  const returned = places.map((place) => (place.id === one ? { ...place, returned: true } : place));
  expect(nextOpenCase(returned, five, new Set([two, four, five]))).toBe(one);
  expect(countBatch(returned).returned).toBe(1);
});

it('passes over cases whose texts are missing for now', () => {
  if (!one || !two || !four || !five) throw new Error('five cases expected');
  const missing = places.map((place) => (place.id === four ? { ...place, missing: true } : place));
  expect(nextOpenCase(missing, two, new Set())).toBe(five);
  expect(neighbour(missing, five, -1)).toBe(places.find(({ position }) => position === 2)?.id);
  const onlyFirst = missing.map((place) => (place.position > 0 ? { ...place, missing: true } : place));
  expect(neighbour(onlyFirst, one, 1)).toBeNull();
  expect(nextOpenCase(onlyFirst, one, new Set())).toBeNull();
});
