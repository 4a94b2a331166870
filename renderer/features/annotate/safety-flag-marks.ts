import type { SafetyFlagSeverity } from '../../../shared/schema/annotation.ts';

type MarkName = SafetyFlagSeverity | 'picked';

/** What is marked, per owner: several cases are laid out at once, and share the names of the page. */
const owners = new Map<unknown, Partial<Record<MarkName, readonly Range[]>>>();
const order: readonly MarkName[] = ['low', 'moderate', 'severe', 'picked'];

export const markName = (name: MarkName) => `flag-${name}`;

/** Marks ranges by the CSS Custom Highlight API, which changes no element of the text; null takes them away. */
export function markPassages(owner: unknown, name: MarkName, ranges: readonly Range[] | null): void {
  const marks = { ...owners.get(owner), [name]: ranges ?? [] };
  if (order.every((one) => (marks[one]?.length ?? 0) === 0)) owners.delete(owner);
  else owners.set(owner, marks);
  draw(name);
}

function draw(name: MarkName): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  const ranges = [...owners.values()].flatMap((marks) => marks[name] ?? []);
  const known = CSS.highlights.get(markName(name));
  if (ranges.length === 0 && !known) return;
  const highlight = new Highlight(...ranges);
  highlight.priority = order.indexOf(name) + 1;
  CSS.highlights.set(markName(name), highlight);
}
