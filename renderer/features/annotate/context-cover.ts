import type { CommandContext } from './command-context.ts';

/** Makes the context seen: closes guidelines that lie over it and unfolds it. False when it was seen already. */
export function uncoverContext(context: CommandContext): boolean {
  const uncovered = closeCover(context);
  if (!context.choices.layout.folded) return uncovered;
  context.choices.fold(false);
  return true;
}

/** The guidelines close where they have taken the place of the context; false where they have not. */
export function closeCover({ layer, setOverlay }: CommandContext): boolean {
  const panel = layer()?.querySelector('[data-section="context"]');
  if (!panel || getComputedStyle(panel).visibility !== 'hidden') return false;
  setOverlay('guidelines');
  return true;
}
