import { type TimedSection, timedSections } from '../../../shared/schema/annotation.ts';

const isTimed = (name: string | undefined): name is TimedSection =>
  timedSections.some((section) => section === name);

/** The section of the screen an event was in, by the nearest `data-section`; null outside all of them. */
export function sectionOf(target: EventTarget | null): TimedSection | null {
  if (!(target instanceof Element)) return null;
  const name = target.closest<HTMLElement>('[data-section]')?.dataset.section;
  return isTimed(name) ? name : null;
}
