import { type Random, seededRandom } from '../../shared/selection/random.ts';
import { bradleyTerry } from '../../shared/stats/bradley-terry.ts';
import { davidson } from '../../shared/stats/davidson.ts';
import { normalQuantile } from '../../shared/stats/distributions.ts';
import type { PairCount } from '../../shared/stats/pairwise-counts.ts';
import type { Simulation } from './agreement.ts';
import { type Cell, grid, Tally } from './cell.ts';

/** Abilities of four models, each pair compared equally often. */
export function abilityCells({ replicates, seed }: Simulation): Cell[] {
  return grid({ games: [10, 50, 200], spread: [0, 1], ties: [0, 0.3] }).map((conditions) => {
    const { games, spread, ties } = conditions;
    const random = seededRandom(`${seed} ability ${JSON.stringify(conditions)}`);
    const ability = [0, 1, 2, 3].map((item) => (spread * item) / 2);
    const nu = ties === 0 ? 0 : (2 * ties) / (1 - ties);
    const tally = new Tally();
    for (let i = 0; i < replicates; i++) {
      const pairs: PairCount[] = [];
      for (let first = 0; first < 4; first++)
        for (let second = first + 1; second < 4; second++)
          pairs.push(
            played({ first, second, games }, (ability[first] ?? 0) - (ability[second] ?? 0), nu, random),
          );
      const z = normalQuantile(0.975);
      const simple = bradleyTerry(pairs, 4, { ties: 'without' });
      const of = (value: number, error: number) => [value - z * error, value + z * error] as const;
      tally.interval(
        'Bradley-Terry',
        simple.defined ? of(simple.ability[3] ?? 0, simple.standardError[3] ?? 0) : null,
        ability[3] ?? 0,
      );
      const halved = bradleyTerry(pairs, 4, { ties: 'half' });
      // A tie as half a win is another model: without ties it is this one, with them it shrinks what it estimates.
      if (ties === 0 || spread === 0)
        tally.interval(
          'Bradley-Terry, half ties',
          halved.defined ? of(halved.ability[3] ?? 0, halved.standardError[3] ?? 0) : null,
          ability[3] ?? 0,
        );
      tally.interval(
        'Bradley-Terry, centred',
        simple.defined ? of(simple.centred[3] ?? 0, simple.centredStandardError[3] ?? 0) : null,
        (ability[3] ?? 0) / 2,
      );
      const turned = pairs.map((pair, at) => (at % 2 === 0 ? pair : turnedRound(pair)));
      const ordered = bradleyTerry(turned, 4, { ties: 'without', orderEffect: true });
      const order = ordered.defined ? ordered.orderEffect : null;
      tally.interval('order effect', order && of(order.value, order.standardError), 0);
      const tied = davidson(pairs, 4);
      if (ties > 0) {
        const logNu = tied.defined ? tied.logNu : null;
        tally.interval('Davidson, nu', logNu && of(logNu.value, logNu.standardError), Math.log(nu));
      }
      tally.interval(
        'Davidson',
        tied.defined ? of(tied.logWorth[3] ?? 0, tied.logWorthStandardError[3] ?? 0) : null,
        ability[3] ?? 0,
      );
    }
    return { family: 'abilities', conditions, rates: tally.rates() };
  });
}

const turnedRound = ({ first, second, wins, losses, ties }: PairCount): PairCount => ({
  first: second,
  second: first,
  wins: losses,
  losses: wins,
  ties,
});

function played(
  { first, second, games }: { first: number; second: number; games: number },
  distance: number,
  nu: number,
  random: Random,
): PairCount {
  const pair = { first, second, wins: 0, losses: 0, ties: 0 };
  const [win, lose, tie] = [Math.exp(distance / 2), Math.exp(-distance / 2), nu];
  const total = win + lose + tie;
  for (let game = 0; game < games; game++) {
    const at = random() * total;
    pair[at < win ? 'wins' : at < win + lose ? 'losses' : 'ties']++;
  }
  return pair;
}
