import { type ChartPart, chartParts } from '../../ui/context-choices.ts';

/** How the physician likes the context panel; kept with the workspace, per study. */
export type ContextLayout = {
  width: number;
  folded: boolean;
  /** Beside the answers, or above them over the whole width; a narrow window has it above in any case. */
  place: 'side' | 'above';
  /** Parts of the chart that were folded, or opened where they are usually folded. */
  parts: Readonly<Partial<Record<ChartPart, boolean>>>;
  /** Text that a note only repeats from an older one is greyed. */
  greyRepeated: boolean;
};

/** The newest choice in any study: a new study begins with it. */
export const contextPreference = 'annotate.context';
export const contextPreferenceOf = (study: string) => `${contextPreference}.${study}`;
export const narrowestContext = 240;
export const widestContext = 560;
export const railWidth = 40;
/** A large screen has room for a wider chart. */
const usualWidth = () => (window.innerWidth >= 2000 ? 400 : 300);
export const usualLayout: ContextLayout = {
  width: usualWidth(),
  folded: false,
  place: 'side',
  parts: {},
  greyRepeated: true,
};

export const clampWidth = (width: number) =>
  Math.round(Math.min(widestContext, Math.max(narrowestContext, width)));

/** Reads a stored choice; anything unreadable becomes the usual layout. */
export function parseLayout(stored: string | null): ContextLayout {
  const value = readObject(stored);
  if (value === null) return usualLayout;
  const { width, folded, place, parts, greyRepeated } = value;
  return {
    width: typeof width === 'number' && Number.isFinite(width) ? clampWidth(width) : usualLayout.width,
    folded: folded === true,
    place: place === 'above' ? 'above' : 'side',
    parts: parseParts(parts),
    greyRepeated: greyRepeated !== false,
  };
}

function parseParts(stored: unknown): ContextLayout['parts'] {
  if (typeof stored !== 'object' || stored === null) return {};
  const value = stored as Record<string, unknown>;
  const known = chartParts.filter((part) => typeof value[part] === 'boolean');
  return Object.fromEntries(known.map((part) => [part, value[part] === true]));
}

/** The object a stored preference holds, or null when there is none or it cannot be read. */
export function readObject(stored: string | null): Record<string, unknown> | null {
  if (stored === null) return null;
  try {
    const value: unknown = JSON.parse(stored);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
