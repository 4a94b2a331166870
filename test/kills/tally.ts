/** What a part of the kills came to. "Acknowledged" is what a server's receipt, a settled save or the screen vouched for. */
export type Tally = {
  part: string;
  rounds: number;
  kills: number;
  acknowledged: number;
  lost: number;
  altered: number;
  doubled: number;
  /** What else was counted, such as torn tails. */
  notes: Record<string, number>;
  /** The first things that went wrong, for whoever looks into them. */
  faults: string[];
};

export const newTally = (part: string): Tally => ({
  part,
  rounds: 0,
  kills: 0,
  acknowledged: 0,
  lost: 0,
  altered: 0,
  doubled: 0,
  notes: {},
  faults: [],
});

export function note(tally: Tally, what: string, count = 1): void {
  tally.notes[what] = (tally.notes[what] ?? 0) + count;
}

export function blame(tally: Tally, kind: 'lost' | 'altered' | 'doubled', what: string): void {
  tally[kind] += 1;
  if (tally.faults.length < 20) tally.faults.push(`${kind}: ${what}`);
}

export const isClean = ({ lost, altered, doubled }: Tally) => lost + altered + doubled === 0;

export function tallyLines(tally: Tally): string[] {
  const { part, rounds, kills, acknowledged, lost, altered, doubled, notes, faults } = tally;
  const counted = Object.entries(notes).map(([what, count]) => `${what} ${count}`);
  return [
    `${part}: rounds ${rounds}, kills ${kills}, acknowledged ${acknowledged}, lost ${lost}, altered ${altered}, doubled ${doubled}`,
    ...(counted.length > 0 ? [`  ${counted.join(', ')}`] : []),
    ...faults.map((fault) => `  ${fault}`),
  ];
}

export type Random = () => number;
export const wholeBelow = (random: Random, below: number) => Math.floor(random() * below);

/** A part's options: how many rounds, and where its randomness comes from. */
export type PartOptions = { rounds: number; random: Random; progress: (tally: Tally) => void };
export type Part = (options: PartOptions) => Promise<Tally>;
