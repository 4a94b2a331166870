import { describe, expect, it } from 'vitest';
import {
  type CaseStanding,
  type ChangeStanding,
  decideRetention,
  type KeepReason,
  keepReasons,
  type RetentionQuestion,
} from './retention.ts';

const epoch = 'e1';
const day = (n: number, ms = 0) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000 + ms).toISOString();

const change: ChangeStanding = {
  status: 'accepted',
  problem: false,
  isCurrent: true,
  openlyDiverged: false,
  receivedAt: day(0),
};
const oneCase: CaseStanding = {
  recalled: false,
  twoVersions: false,
  returned: false,
  changes: [change],
  toldUnder: [epoch],
};
const sure: RetentionQuestion = {
  closedAt: day(1),
  isWhole: true,
  isInUse: false,
  isDamaged: false,
  epoch,
  heard: { epoch, at: day(32) },
  before: { epoch, at: day(31) },
  firstNamed: { epoch, at: day(31), closedAt: day(1) },
  cases: [oneCase, { ...oneCase, changes: [] }],
};

const withCase = (over: Partial<CaseStanding>): Partial<RetentionQuestion> => ({
  cases: [oneCase, { ...oneCase, ...over }],
});
const withChange = (over: Partial<ChangeStanding>) => withCase({ changes: [change, { ...change, ...over }] });

/** One thing that is not as it must be, all else being sure. */
const doubts: [what: string, over: Partial<RetentionQuestion>, reason: KeepReason][] = [
  ['the batch is open, or the server does not say', { closedAt: null }, 'open'],
  ['something of it is still to be fetched', { isWhole: false }, 'not-whole'],
  ['a case of it was opened since the start', { isInUse: true }, 'in-use'],
  ['something on this laptop could not be read', { isDamaged: true }, 'damaged'],
  ['the server does not hold the same, or says no time', { heard: null }, 'not-agreed'],
  ['another lineage answered', { heard: { epoch: 'e2', at: day(40) } }, 'not-agreed'],
  ['this laptop shook hands with nobody yet', { epoch: null }, 'not-agreed'],
  ['the server says an earlier time than it did', { before: { epoch, at: day(33) } }, 'clock-went-back'],
  ['the server is behind its own receipt', withChange({ receivedAt: day(33) }), 'clock-went-back'],
  ['the server says a time that is none', { heard: { epoch, at: 'soon' } }, 'clock-went-back'],
  ['a moment of the 30 days is left', { closedAt: day(2, 1), firstNamed: null }, 'too-early'],
  ['the day of closing is none', { closedAt: 'some day' }, 'too-early'],
  ['a change waits for its receipt', withChange({ status: null }), 'not-received'],
  ['a change was taken for another', withChange({ status: 'conflict' }), 'not-received'],
  ['a change was set aside', withChange({ status: 'quarantined' }), 'set-aside'],
  ['a change came late', withChange({ status: 'late' }), 'late'],
  ['a receipt was none', withChange({ problem: true }), 'unproved'],
  ['a receipt is of an earlier client id', withChange({ isCurrent: false }), 'other-numbering'],
  ['a version that diverged was not chosen about', withChange({ openlyDiverged: true }), 'two-versions'],
  ['two versions stand side by side', withCase({ twoVersions: true }), 'two-versions'],
  ['touched work was recalled', withCase({ recalled: true }), 'recalled'],
  ['a return is not answered', withCase({ returned: true }), 'returned'],
  ['this lineage never told of another laptop’s version', withCase({ toldUnder: [null] }), 'not-told-again'],
  ['an earlier lineage told of another laptop’s version', withCase({ toldUnder: ['e0'] }), 'not-told-again'],
  ['the end was never named before', { firstNamed: null }, 'named-once'],
  [
    'the end was named less than a day ago',
    { firstNamed: { epoch, at: day(31, 1), closedAt: day(1) } },
    'named-once',
  ],
  [
    'the end was named for an earlier closing',
    { firstNamed: { epoch, at: day(31), closedAt: day(0) } },
    'named-once',
  ],
  [
    'the end was named by another lineage',
    { firstNamed: { epoch: 'e0', at: day(31), closedAt: day(1) } },
    'named-once',
  ],
];

describe('what a laptop lets go', () => {
  it('[S13] is a batch closed for 30 days, twice said, with every change received', () => {
    expect(decideRetention(sure)).toEqual({ letGo: true });
    expect(decideRetention({ ...sure, before: null })).toEqual({ letGo: true });
    expect(decideRetention({ ...sure, before: { epoch: 'e0', at: day(99) } })).toEqual({ letGo: true });
    expect(decideRetention({ ...sure, cases: [] })).toEqual({ letGo: true });
  });

  it.each(doubts)('[S16] is nothing while %s', (_what, over, reason) => {
    expect(decideRetention({ ...sure, ...over })).toEqual({ letGo: false, reason });
  });

  it('[S16] is nothing for each reason there is', () => {
    expect([...new Set(doubts.map(([, , reason]) => reason))].sort()).toEqual([...keepReasons].sort());
  });
});
