import { type Random, randomFrom } from './random.ts';

export const laptopCount = 3;
/** The first two laptops are one physician's and the third another's; in every fifth history all three are the first's. */
export const physiciansOf = (seed: number): readonly number[] => (seed % 5 === 3 ? [0, 0, 0] : [0, 0, 1]);

export const networkFaults = [
  'request-lost',
  'reply-lost',
  'doubled',
  'reordered',
  'request-truncated',
  'reply-truncated',
  'garbled',
  'replayed',
  'error-500',
  'portal-502',
  'portal-200',
  'busy-503',
  'signed-out-401',
  'too-large-413',
  'too-many-429',
  'stalled',
  'absent-404',
  'empty',
  'wrong-receipt',
  'poisoned',
  'slept-in-request',
  'server-killed',
] as const;
export type NetworkFaultKind = (typeof networkFaults)[number];
/** What happens to the nth request of a laptop; `p` chooses where, how long or how much. */
export type NetworkFault = { laptop: number; nth: number; kind: NetworkFaultKind; p: number };

export const stepKinds = ['disk', 'rows', 'crypto', 'net'] as const;
export type StepKind = (typeof stepKinds)[number];
/**
 * The laptop's program or power ends at the nth step of a kind: before it, in the middle of it, or behind it. With
 * `save` or `page` the steps are counted from that save on, or from that page of a download.
 */
export type Crash = {
  laptop: number;
  kind: StepKind;
  nth: number;
  save?: number;
  page?: number;
  when: 'before' | 'inside' | 'after';
  power: boolean;
};

/** What people and the world do, and how often beside each other. */
const actionWeights = {
  draft: 30,
  drafts: 6,
  submit: 22,
  skip: 3,
  correct: 5,
  choose: 4,
  read: 3,
  restart: 4,
  kill: 3,
  offline: 4,
  sleep: 3,
  night: 1,
  'sign-out': 2,
  'clock-jump': 3,
  'take-image': 2,
  'put-image': 1,
  'copy-laptop': 0.5,
  'new-laptop': 2,
  'wipe-rows': 2,
  'rows-stuck': 2,
  'disk-full': 2,
  'keyring-down': 2,
  'server-backup': 3,
  'server-restore': 3,
  recall: 2,
  reassign: 2,
  'change-rubric': 1,
  lock: 0.7,
  close: 1.2,
  reopen: 0.8,
  'new-batch': 1,
  // Drawn apart, so that what else a seed means stays as it was.
  'rot-cases': 0,
  'throw-away': 0,
} as const;
export type ActionKind = keyof typeof actionWeights;
export const actionKinds = Object.keys(actionWeights) as ActionKind[];
/** `at` in milliseconds of true time; `p` and `q` choose the case, the length, the amount. */
export type Action = { at: number; kind: ActionKind; laptop: number; p: number; q: number };

/** A whole history: nothing else is drawn but latencies and ids. */
export type Plan = {
  seed: number;
  actions: Action[];
  faults: NetworkFault[];
  crashes: Crash[];
  /** Laptops on which the workstation runs in a browser; on the others it is the desktop app. */
  browsers?: number[];
};

const totalWeight = Object.values<number>(actionWeights).reduce((sum, weight) => sum + weight, 0);

function drawKind(random: Random): ActionKind {
  let at = random.next() * totalWeight;
  for (const kind of actionKinds) {
    at -= actionWeights[kind];
    if (at < 0) return kind;
  }
  return 'draft';
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;

const drawAction = (random: Random, at: number, kind: ActionKind): Action => ({
  at: Math.round(at),
  kind,
  laptop: random.below(laptopCount),
  p: round(random.next()),
  q: round(random.next()),
});

function drawActions(random: Random): Action[] {
  const actions: Action[] = [];
  let at = 3000;
  for (let i = 0; i < 42; i++) {
    // Much falls into one another, and now and then there is quiet.
    at += random.chance(0.35) ? random.between(0, 300) : -Math.log(1 - random.next()) * 5000;
    actions.push(drawAction(random, at, drawKind(random)));
  }
  if (random.chance(0.25)) actions.push(...drawLoss(random, at + 5000));
  return actions;
}

/** What a lead does after a backup reaches the laptops, is lost with the database, and is done again at once. */
function drawLoss(random: Random, at: number): Action[] {
  const [backup, restore] = [at, at + random.between(60_000, 240_000)];
  const kinds = (['reassign', 'reassign', 'new-batch', 'recall'] as const).filter(() => random.chance(0.6));
  const done = kinds.map((kind) => drawAction(random, backup + 1000, kind));
  const again = done.map((action) => ({ ...action, at: Math.round(restore) }));
  return [
    drawAction(random, backup, 'server-backup'),
    ...done,
    drawAction(random, restore, 'server-restore'),
    ...again,
  ];
}

const requestsDrawn = 400;

/** Faults come in spells: a network is bad for a while, then good. */
function drawFaults(random: Random, laptop: number): NetworkFault[] {
  const faults: NetworkFault[] = [];
  let rate = 0.5;
  for (let nth = 1; nth <= requestsDrawn; nth++) {
    if (random.chance(0.12)) rate = random.oneOf([0.3, 0.6, 0.8, 0.95]);
    const hit = random.chance(rate);
    const kind = random.oneOf(networkFaults);
    const p = round(random.next());
    if (hit) faults.push({ laptop, nth, kind, p });
  }
  return faults;
}

/** About as many steps of a kind as a laptop takes in one history. */
const usualSteps: Record<StepKind, number> = { disk: 250, rows: 300, crypto: 500, net: 80 };

function drawPageCrash(random: Random, laptop: number): Crash {
  const kind = random.oneOf(['disk', 'rows'] as const);
  const when = random.oneOf(['before', 'inside', 'after'] as const);
  return {
    laptop,
    kind,
    when,
    power: random.chance(0.6),
    nth: 2 + random.below(3),
    page: 1 + random.below(2),
  };
}

function drawCrashes(random: Random, actions: readonly Action[]): Crash[] {
  const crashes: Crash[] = [];
  // Nothing is ever downloaded so much anew as on a new laptop.
  for (const { kind, laptop } of actions)
    if (kind === 'new-laptop' && random.chance(0.8)) crashes.push(drawPageCrash(random, laptop));
  for (let laptop = 0; laptop < laptopCount; laptop++)
    for (let i = random.below(5); i > 0; i--) {
      const kind = random.oneOf(['disk', 'disk', 'disk', 'rows', 'rows', 'crypto', 'net'] as const);
      const when = random.oneOf(['before', 'inside', 'after'] as const);
      const power = random.chance(0.6);
      const crash = { laptop, kind, when, power };
      // The moments around a save are where a promise is made.
      if (random.chance(0.4)) crashes.push({ ...crash, nth: 1 + random.below(4), save: 1 + random.below(6) });
      else if (random.chance(0.1)) crashes.push(drawPageCrash(random, laptop));
      else crashes.push({ ...crash, nth: 1 + random.below(usualSteps[kind]) });
    }
  return crashes;
}

/** Before a batch is closed for months, often enough, somebody's clock goes wrong by more than a year. */
function withWrongClocks(random: Random, actions: readonly Action[]): Action[] {
  return actions.flatMap((action) => {
    if (action.kind !== 'close' || !random.chance(0.4)) return [action];
    const laptop = random.below(laptopCount);
    return [{ ...action, kind: 'clock-jump', laptop, p: 0.9 } satisfies Action, action];
  });
}

/** Puts an action among the others where its time is. */
function putIn(actions: Action[], action: Action): void {
  const later = actions.findIndex(({ at }) => at > action.at);
  actions.splice(later < 0 ? actions.length : later, 0, action);
}

/** Now and then a failing disk spoils what a laptop has of its cases, once or twice. */
function withRot(random: Random, actions: readonly Action[]): Action[] {
  const last = actions.at(-1)?.at ?? 0;
  const rotten = [...actions];
  for (let left = random.chance(0.4) ? 1 + random.below(2) : 0; left > 0; left--)
    putIn(rotten, drawAction(random, random.between(0, last), 'rot-cases'));
  return rotten;
}

/**
 * Now and then a browser throws away all that the site has, mostly under an open page; half of these times somebody saves
 * right then, all of it goes once more or not, and the page ends before or after the next look at the files.
 */
function withThrownAway(random: Random, actions: readonly Action[], browsers: readonly number[]): Action[] {
  const last = actions.at(-1)?.at ?? 0;
  const all = [...actions];
  for (let left = browsers.length > 0 && random.chance(0.6) ? 1 + random.below(3) : 0; left > 0; left--) {
    const thrown = {
      ...drawAction(random, random.between(0, last), 'throw-away'),
      laptop: random.oneOf(browsers),
    };
    putIn(all, thrown);
    if (random.chance(0.5)) continue;
    const { at, laptop } = thrown;
    const saved = { ...drawAction(random, at + random.between(0, 150), 'draft'), laptop };
    putIn(all, saved);
    if (random.chance(0.4))
      putIn(all, { ...drawAction(random, saved.at + random.between(1, 90), 'throw-away'), laptop });
    putIn(all, { ...drawAction(random, at + random.between(100, 900), 'kill'), laptop });
  }
  return all;
}

export function drawPlan(seed: number): Plan {
  const random = randomFrom('plan', seed);
  const drawn = drawActions(random);
  const faults = Array.from({ length: laptopCount }, (_, laptop) => drawFaults(random, laptop)).flat();
  const crashes = drawCrashes(random, drawn);
  // One physician's disks are put into one another's laptops, so both are of a kind.
  const browsers = [0, 1].flatMap((physician) =>
    random.chance(0.35)
      ? physiciansOf(seed).flatMap((owner, laptop) => (owner === physician ? laptop : []))
      : [],
  );
  const rotten = withRot(randomFrom('rot', seed), withWrongClocks(random, drawn));
  const actions = withThrownAway(randomFrom('thrown away', seed), rotten, browsers);
  return { seed, actions, faults, crashes, browsers };
}
