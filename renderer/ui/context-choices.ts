import { createContext, useContext, useState } from 'react';

/** The parts of a chart, in the order they are shown. */
export const chartParts = [
  'patient',
  'problems',
  'medications',
  'allergies',
  'labs',
  'vitals',
  'notes',
  'text',
  'turns',
] as const;
export type ChartPart = (typeof chartParts)[number];

/** How the reader likes a chart: which parts are folded, and whether text repeated between notes is greyed. */
export type ContextChoices = {
  folded: Readonly<Partial<Record<ChartPart, boolean>>>;
  onFoldPart: (part: ChartPart, folded: boolean) => void;
  greyRepeated: boolean;
  onGreyRepeated: (on: boolean) => void;
};

/** Whoever keeps the choices gives them here; without it each chart keeps its own while it is on screen. */
export const ContextChoicesContext = createContext<ContextChoices | null>(null);

export function usePartFold(part: ChartPart, usually = false): [boolean, (folded: boolean) => void] {
  const kept = useContext(ContextChoicesContext);
  const [own, setOwn] = useState(usually);
  if (!kept) return [own, setOwn];
  return [kept.folded[part] ?? usually, (folded) => kept.onFoldPart(part, folded)];
}

export function useGreyRepeated(): [boolean, (on: boolean) => void] {
  const kept = useContext(ContextChoicesContext);
  const [own, setOwn] = useState(true);
  return kept ? [kept.greyRepeated, kept.onGreyRepeated] : [own, setOwn];
}
