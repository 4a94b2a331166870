/** How the physician likes the context panel; kept with the workspace. */
export type ContextLayout = { width: number; folded: boolean };

export const contextPreference = 'annotate.context';
export const narrowestContext = 240;
export const widestContext = 560;
export const railWidth = 40;
export const usualLayout: ContextLayout = { width: 300, folded: false };

export const clampWidth = (width: number) =>
  Math.round(Math.min(widestContext, Math.max(narrowestContext, width)));

/** Reads a stored choice; anything unreadable becomes the usual layout. */
export function parseLayout(stored: string | null): ContextLayout {
  if (stored === null) return usualLayout;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== 'object' || value === null) return usualLayout;
    const { width, folded } = value as Partial<Record<keyof ContextLayout, unknown>>;
    return {
      width: typeof width === 'number' ? clampWidth(width) : usualLayout.width,
      folded: folded === true,
    };
  } catch {
    return usualLayout;
  }
}
