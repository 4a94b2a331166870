/** How far one answer can scroll, how tall it is, and how much of it shows; in pixels. */
export type Extent = { height: number; view: number };
/** The upper edges of two matching parts, from the top of their answers; in pixels. */
export type Anchor = { a: number; b: number };
/** Scroll places of A and B that belong together, both rising. */
export type ScrollMap = readonly { a: number; b: number }[];

/** Closer than this, two anchors would make one answer rush past the other. */
const leastStep = 28;

const room = ({ height, view }: Extent) => Math.max(0, height - view);

/**
 * Where both answers must stand so that matching parts are level. The line on which they meet moves from the
 * upper edge of the view to its lower edge as one reads, so that both ends reach their ends together.
 */
export function scrollMap(a: Extent, b: Extent, anchors: readonly Anchor[]): ScrollMap {
  const end = { a: room(a), b: room(b) };
  const points = [{ a: 0, b: 0 }];
  for (const anchor of anchors) {
    const share = (anchor.a / a.height + anchor.b / b.height) / 2;
    const line = share * Math.min(a.view, b.view);
    const point = { a: anchor.a - line, b: anchor.b - line };
    const last = points.at(-1) ?? { a: 0, b: 0 };
    const clear = (side: 'a' | 'b') =>
      point[side] >= last[side] + leastStep && point[side] <= end[side] - leastStep;
    if (clear('a') && clear('b')) points.push(point);
  }
  return [...points, end];
}

/** Where the other answer belongs when this one stands at `top`; straight between two points of the map. */
export function placeOpposite(map: ScrollMap, from: 'a' | 'b', top: number): number {
  const to = from === 'a' ? 'b' : 'a';
  let index = 1;
  while (index < map.length - 1 && (map[index]?.[from] ?? 0) < top) index += 1;
  const before = map[index - 1] ?? { a: 0, b: 0 };
  const after = map[index] ?? before;
  const span = after[from] - before[from];
  if (span <= 0) return top <= before[from] ? before[to] : after[to];
  const share = Math.min(1, Math.max(0, (top - before[from]) / span));
  return before[to] + share * (after[to] - before[to]);
}
