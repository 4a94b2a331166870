import {
  type CasePlace,
  type ExpertFeedback,
  type Guidelines,
  type LoadedCase,
  type LocalHealth,
  type OtherVersion,
  type QueueBatch,
  type SyncSummary,
  type WorkState,
  type Workspace,
  wholeHealth,
} from '../../renderer/data/types.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import { emptyAnnotation } from '../../shared/schema/annotation.ts';
import {
  type AssignmentId,
  assignmentIdSchema,
  type BatchId,
  batchIdSchema,
  userIdSchema,
} from '../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../shared/schema/rubric.ts';

export type FakeCase = Partial<LoadedCase['assignment']> & {
  state?: WorkState;
  body?: AnnotationBody;
  /** Its newest change is not at the server yet. */
  waiting?: boolean;
  savedAt?: string | null;
  receivedAt?: string | null;
} & Partial<
    Pick<
      LoadedCase,
      | 'otherVersion'
      | 'moreVersions'
      | 'changedSinceSubmit'
      | 'returned'
      | 'feedback'
      | 'locked'
      | 'practice'
      | 'rubricVersion'
    >
  >;

export type Saved = { id: AssignmentId; body: AnnotationBody; state: RevisionState };

export type FakeWorkspace = Workspace & {
  readonly ids: readonly AssignmentId[];
  readonly batchId: BatchId;
  /** Every accepted save, oldest first. */
  readonly saved: Saved[];
  readonly preferences: Map<string, string>;
  /** Makes each next save wait until its promise settles, or fail with its rejection; null: at once. */
  holdSaves: (() => Promise<void>) | null;
  setSync: (sync: Partial<SyncSummary>) => void;
  setDiskLow: (low: boolean) => void;
  setHealth: (health: Partial<LocalHealth>) => void;
  recall: (id: AssignmentId) => void;
  /** The lead gives the batch another rubric. */
  changeRubric: (rubric: Rubric, rubricVersion: number) => void;
  /** Answers of another laptop come, as a sync brings them. */
  meetOther: (id: AssignmentId, other: OtherVersion) => void;
  /** A new version of the guidelines comes, as a sync brings it. */
  publishGuidelines: (markdown: string) => void;
  /** A reviewer returns a case, as a sync brings it. */
  returnCase: (id: AssignmentId, comment: string, at?: string) => void;
  /** What experts said comes for a case. */
  giveFeedback: (id: AssignmentId, feedback: ExpertFeedback) => void;
  /** The receipts of everything saved so far come. */
  receive: () => void;
  /** The batch becomes another one: locked, opened, its practice told. */
  setBatch: (batch: Partial<QueueBatch>) => void;
};

type Options = {
  cases: readonly FakeCase[];
  rubric?: Rubric;
  batchName?: string;
  /** One text, or the versions this laptop has; null: the study has none. */
  guidelines?: string | null | Guidelines;
  /** What the queue says of the batch beyond its cases: kind, gate, practice, deadline, pace. */
  batch?: Partial<QueueBatch>;
  /** More batches of the queue; they hold no cases. */
  others?: readonly QueueBatch[];
};

type Row = LoadedCase & Required<Pick<FakeCase, 'waiting' | 'savedAt' | 'receivedAt'>> & { seen: boolean };

const uuid = (kind: number, n: number) => `00000000-0000-4000-8${kind}00-${String(n).padStart(12, '0')}`;

/** A physician's workspace in memory, with the behaviour the types promise and none of the disk. */
export function fakeWorkspace(options: Options): FakeWorkspace {
  const { cases, rubric = defaultRubric, batchName = 'Cardio-renal 7', others = [] } = options;
  let told = options.batch ?? {};
  const batchId = batchIdSchema.parse(uuid(1, 1));
  const listeners = new Set<() => void>();
  const rows = new Map<AssignmentId, Row>();
  cases.forEach((one, index) => {
    const practice = one.practice ?? told.kind === 'practice';
    const row = rowFrom({ ...one, practice }, index, batchId, rubric);
    rows.set(row.assignment.id, row);
  });
  const saved: Saved[] = [];
  const preferences = new Map<string, string>();
  let sync: SyncSummary = { state: 'synced', waiting: 0, lastSyncedAt: null, message: null };
  let low = false;
  let health: LocalHealth = wholeHealth;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const rowOf = (id: AssignmentId): Row => {
    const row = rows.get(id);
    if (!row) throw new Error(`no case ${id}`);
    return row;
  };
  const put = (id: AssignmentId, over: Partial<Row>) => {
    rows.set(id, { ...rowOf(id), ...over });
    changed();
  };
  let { guidelines = 'Judge as for your own patient.' } = options;
  let seenVersion = typeof guidelines === 'string' ? 1 : (guidelines?.seenVersion ?? null);
  const loaded = (id: AssignmentId): LoadedCase => {
    const { waiting: _, savedAt: __, receivedAt: ___, seen: ____, ...row } = rowOf(id);
    const feedback = isAnswered(row) ? row.feedback : null;
    return structuredClone({ ...row, feedback, locked: row.locked || told.locked === true });
  };
  const workspace: FakeWorkspace = {
    user: { id: userIdSchema.parse(uuid(2, 1)), email: 'ada@example.org', name: 'Ada', roles: ['physician'] },
    ids: [...rows.keys()],
    batchId,
    saved,
    preferences,
    holdSaves: null,
    queue: async () => [
      { ...queueBatch(batchId, batchName, [...rows.values()], sync.waiting), ...told },
      ...others,
    ],
    places: async (id) => (id === batchId ? [...rows.values()].map(placeFrom) : []),
    loadCase: async (id) => loaded(id),
    news: async (id) => {
      const { otherVersion, moreVersions, changedSinceSubmit, returned, feedback, locked, assignment } =
        loaded(id);
      const { recalled } = assignment;
      const { waiting, rubricVersion } = rowOf(id);
      const under = rubricVersion === undefined ? {} : { rubricVersion };
      const more = moreVersions === undefined ? {} : { moreVersions };
      return {
        ...under,
        ...more,
        otherVersion,
        changedSinceSubmit,
        returned,
        feedback,
        locked,
        recalled,
        waiting,
      };
    },
    seeFeedback: async (id) => put(id, { seen: true }),
    guidelines: async () => {
      if (guidelines === null) return null;
      const one = { version: 1, markdown: '', earlier: [] };
      return {
        ...one,
        ...(typeof guidelines === 'string' ? { markdown: guidelines } : guidelines),
        seenVersion,
      };
    },
    seeGuidelines: async (_, version) => {
      seenVersion = Math.max(seenVersion ?? 0, version);
      changed();
    },
    save: async (id, body, state) => {
      const copy = structuredClone(body);
      await workspace.holdSaves?.();
      const { returned, changedSinceSubmit, state: before } = rowOf(id);
      const isFinished = state !== 'draft';
      saved.push({ id, body: copy, state });
      put(id, {
        body: copy,
        state,
        waiting: true,
        savedAt: new Date().toISOString(),
        changedSinceSubmit: !isFinished && (changedSinceSubmit || before === 'submitted'),
        returned: returned && { ...returned, answered: returned.answered || isFinished },
        ...(isFinished || body.resolutions ? stillBeside(rowOf(id), body) : {}),
      });
    },
    syncSummary: async () => sync,
    ledger: async () => ({ entries: [], total: 0 }),
    disk: () => ({ freeBytes: null, low }),
    health: () => health,
    seeDamage: async () => {
      health = { ...health, damage: health.damage && { ...health.damage, seen: true } };
      changed();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadPreference: async (key) => preferences.get(key) ?? null,
    rebuiltAt: () => null,
    savePreference: async (key, value) => {
      preferences.set(key, value);
    },
    close: async () => {},
    setSync: (next) => {
      sync = { ...sync, ...next };
      changed();
    },
    setDiskLow: (next) => {
      low = next;
      changed();
    },
    setHealth: (next) => {
      health = { ...health, ...next };
      changed();
    },
    publishGuidelines: (markdown) => {
      const last = typeof guidelines === 'string' ? { version: 1, markdown: guidelines } : guidelines;
      guidelines = {
        version: (last?.version ?? 0) + 1,
        markdown,
        earlier: last
          ? [{ version: last.version, markdown: last.markdown }, ...('earlier' in last ? last.earlier : [])]
          : [],
        seenVersion,
      };
      changed();
    },
    recall: (id) => {
      put(id, { assignment: { ...rowOf(id).assignment, recalled: true } });
    },
    changeRubric: (next, rubricVersion) => {
      for (const [id, row] of rows) rows.set(id, { ...row, rubric: next, rubricVersion });
      changed();
    },
    meetOther: (id, otherVersion) => put(id, { otherVersion }),
    returnCase: (id, comment, at = '2026-11-21T08:30:00.000Z') =>
      put(id, { returned: { comment, at, answered: false } }),
    giveFeedback: (id, feedback) => put(id, { feedback, seen: false }),
    receive: () => {
      for (const [id, row] of rows)
        if (row.waiting) rows.set(id, { ...row, waiting: false, receivedAt: new Date().toISOString() });
      changed();
    },
    setBatch: (batch) => {
      told = { ...told, ...batch };
      changed();
    },
  };
  return workspace;
}

const isAnswered = ({ state, changedSinceSubmit }: LoadedCase) => state === 'submitted' || changedSinceSubmit;

function placeFrom(row: Row): CasePlace {
  const { assignment, state, returned, feedback, waiting, savedAt, receivedAt, seen } = row;
  const isReturned = returned !== null && !returned.answered;
  const hasFeedback = feedback !== null && isAnswered(row);
  return {
    id: assignment.id,
    position: assignment.position,
    state,
    waiting,
    recalled: assignment.recalled,
    title: assignment.title,
    savedAt,
    receivedAt,
    returned: isReturned,
    returnedWith: isReturned ? { comment: returned.comment, at: returned.at } : null,
    feedback: hasFeedback,
    feedbackIsNew: hasFeedback && !seen,
    conflict: row.otherVersion !== null,
  };
}

/** Versions no choice was made about, once one was; a submission without any settles all of them. */
function stillBeside(row: Row, body: AnnotationBody): Pick<LoadedCase, 'otherVersion' | 'moreVersions'> {
  const { otherVersion, moreVersions } = row;
  if (moreVersions === undefined || !body.resolutions) return { otherVersion: null };
  const named = body.resolutions.flatMap(({ revisions }) => revisions);
  const all = [...(otherVersion ? [otherVersion] : []), ...moreVersions];
  const [first = null, ...more] = all.filter(({ revisionId }) => !named.includes(revisionId));
  return { otherVersion: first, moreVersions: more };
}

function rowFrom(one: FakeCase, index: number, batchId: BatchId, rubric: Rubric): Row {
  const {
    waiting = false,
    savedAt = null,
    receivedAt = null,
    state = 'untouched',
    body = emptyAnnotation(),
    otherVersion = null,
    moreVersions,
    changedSinceSubmit = false,
    returned = null,
    feedback = null,
    locked = false,
    practice = false,
    rubricVersion,
    ...assignment
  } = one;
  return {
    assignment: {
      id: assignmentIdSchema.parse(uuid(3, index + 1)),
      batchId,
      position: index,
      title: `Case ${index + 1}`,
      specialty: null,
      prompt: [{ role: 'user', content: `Question ${index + 1}?` }],
      contextText: '',
      context: null,
      a: `Left answer ${index + 1}.`,
      b: `Right answer ${index + 1}.`,
      recalled: false,
      ...assignment,
    },
    rubric,
    state,
    body,
    otherVersion,
    changedSinceSubmit,
    returned,
    feedback,
    guidelinesVersion: 1,
    ...(rubricVersion !== undefined && { rubricVersion }),
    ...(moreVersions !== undefined && { moreVersions }),
    locked,
    practice,
    waiting,
    savedAt,
    receivedAt,
    seen: false,
  };
}

function queueBatch(id: BatchId, name: string, rows: readonly Row[], waiting: number): QueueBatch {
  const count = (state: WorkState) => rows.filter((row) => row.state === state).length;
  const places = rows.map(placeFrom);
  const open =
    places.find(({ state }) => state === 'draft') ??
    places.find(({ returned }) => returned) ??
    places.find(({ state }) => state === 'untouched');
  return {
    id,
    name,
    study: 'Study',
    specialty: null,
    deadline: null,
    kind: 'work',
    locked: rows.some(({ locked }) => locked),
    gate: 'open',
    practice: null,
    returned: places.filter(({ returned }) => returned).length,
    feedback: places.filter(({ feedbackIsNew }) => feedbackIsNew).length,
    total: rows.length,
    downloaded: rows.length,
    untouched: count('untouched'),
    drafts: count('draft'),
    submitted: count('submitted'),
    skipped: count('skipped'),
    waiting,
    continueAt: open?.id ?? null,
    paceMs: null,
  };
}
