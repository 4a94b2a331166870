import { expect, it } from 'vitest';
import { placeBeside } from './safety-flag-place.ts';

const frame = { left: 0, top: 48, right: 1280, bottom: 800 };
const size = { width: 340, height: 260 };
const box = (left: number, top: number, width: number, height: number) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

it.each([
  ['under a passage near the top', box(320, 100, 300, 24), { left: 320, top: 132 }],
  ['over a passage near the foot', box(320, 700, 300, 24), { left: 320, top: 432 }],
  ['to the right of a tall one', box(320, 60, 430, 720), { left: 758, top: 60 }],
  ['to the left of a tall one on the right', box(810, 60, 430, 720), { left: 462, top: 60 }],
  ['within the window beside its edge', box(1100, 100, 170, 24), { left: 934, top: 132 }],
])('stands %s', (_, passage, place) => {
  expect(placeBeside(passage, frame, size)).toEqual(place);
});

it('stays within the window when the passage fills it', () => {
  const { left, top } = placeBeside(box(0, 48, 1280, 752), frame, size);
  expect(left).toBeLessThanOrEqual(1280 - 340);
  expect(top).toBeLessThanOrEqual(800 - 260);
});
