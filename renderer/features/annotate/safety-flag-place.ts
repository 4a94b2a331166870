/** A box in pixels, as getBoundingClientRect gives it. */
export type Box = { left: number; top: number; right: number; bottom: number };

const gap = 8;
const margin = 6;

/**
 * Where a small window goes beside a passage: under it, over it, or to a side of it, never on it while there is
 * room, and always within the frame. All in the same coordinates.
 */
export function placeBeside(
  passage: Box,
  frame: Box,
  size: { width: number; height: number },
): { left: number; top: number } {
  const clampLeft = (left: number) => clamp(left, frame.left + margin, frame.right - margin - size.width);
  const clampTop = (top: number) => clamp(top, frame.top + margin, frame.bottom - margin - size.height);
  const left = clampLeft(passage.left);
  if (passage.bottom + gap + size.height <= frame.bottom - margin) return { left, top: passage.bottom + gap };
  if (passage.top - gap - size.height >= frame.top + margin)
    return { left, top: passage.top - gap - size.height };
  const top = clampTop(passage.top);
  if (passage.right + gap + size.width <= frame.right - margin) return { left: passage.right + gap, top };
  if (passage.left - gap - size.width >= frame.left + margin)
    return { left: passage.left - gap - size.width, top };
  return { left: clampLeft(passage.right), top: clampTop(passage.bottom) };
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(value, high));
