import type { LoadedCase, QueueBatch, SyncSummary, WorkState, Workspace } from '../../renderer/data/types.ts';
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
} & Partial<
    Pick<LoadedCase, 'otherVersion' | 'changedSinceSubmit' | 'returned' | 'feedback' | 'locked' | 'practice'>
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
  recall: (id: AssignmentId) => void;
};

type Options = {
  cases: readonly FakeCase[];
  rubric?: Rubric;
  batchName?: string;
  guidelines?: string | null;
};

const uuid = (kind: number, n: number) => `00000000-0000-4000-8${kind}00-${String(n).padStart(12, '0')}`;

/** A physician's workspace in memory, with the behaviour the types promise and none of the disk. */
export function fakeWorkspace(options: Options): FakeWorkspace {
  const {
    cases,
    rubric = defaultRubric,
    batchName = 'Cardio-renal 7',
    guidelines = 'Judge as for your own patient.',
  } = options;
  const batchId = batchIdSchema.parse(uuid(1, 1));
  const listeners = new Set<() => void>();
  const rows = new Map<AssignmentId, LoadedCase>();
  cases.forEach((one, index) => {
    const row = loadedCase(one, index, batchId, rubric);
    rows.set(row.assignment.id, row);
  });
  const saved: Saved[] = [];
  const preferences = new Map<string, string>();
  let sync: SyncSummary = { state: 'synced', waiting: 0, lastSyncedAt: null, message: null };
  let low = false;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const rowOf = (id: AssignmentId): LoadedCase => {
    const row = rows.get(id);
    if (!row) throw new Error(`no case ${id}`);
    return row;
  };
  const workspace: FakeWorkspace = {
    user: { id: userIdSchema.parse(uuid(2, 1)), email: 'ada@example.org', name: 'Ada', roles: ['physician'] },
    ids: [...rows.keys()],
    batchId,
    saved,
    preferences,
    holdSaves: null,
    queue: async () => [queueBatch(batchId, batchName, [...rows.values()], sync.waiting)],
    places: async () =>
      [...rows.values()].map(({ assignment, state, returned, feedback }) => ({
        id: assignment.id,
        position: assignment.position,
        state,
        waiting: false,
        recalled: assignment.recalled,
        title: assignment.title,
        returned: returned !== null && !returned.answered,
        feedback: feedback !== null,
      })),
    loadCase: async (id) => structuredClone(rowOf(id)),
    guidelines: async () =>
      guidelines === null ? null : { version: 1, markdown: guidelines, earlier: [], seenVersion: 1 },
    seeGuidelines: async () => {},
    save: async (id, body, state) => {
      const copy = structuredClone(body);
      await workspace.holdSaves?.();
      rows.set(id, { ...rowOf(id), body: copy, state });
      saved.push({ id, body: copy, state });
      changed();
    },
    syncSummary: async () => sync,
    ledger: async () => ({ entries: [], total: 0 }),
    disk: () => ({ freeBytes: null, low }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loadPreference: async (key) => preferences.get(key) ?? null,
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
    recall: (id) => {
      const row = rowOf(id);
      rows.set(id, { ...row, assignment: { ...row.assignment, recalled: true } });
      changed();
    },
  };
  return workspace;
}

function loadedCase(one: FakeCase, index: number, batchId: BatchId, rubric: Rubric): LoadedCase {
  const {
    state = 'untouched',
    body = emptyAnnotation(),
    otherVersion = null,
    changedSinceSubmit = false,
    returned = null,
    feedback = null,
    locked = false,
    practice = false,
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
    locked,
    practice,
  };
}

function queueBatch(id: BatchId, name: string, rows: readonly LoadedCase[], waiting: number): QueueBatch {
  const count = (state: WorkState) => rows.filter((row) => row.state === state).length;
  const open = rows.find(({ state }) => state === 'draft') ?? rows.find(({ state }) => state === 'untouched');
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
    returned: rows.filter(({ returned }) => returned !== null && !returned.answered).length,
    feedback: rows.filter(({ feedback }) => feedback !== null).length,
    total: rows.length,
    downloaded: rows.length,
    untouched: count('untouched'),
    drafts: count('draft'),
    submitted: count('submitted'),
    skipped: count('skipped'),
    waiting,
    continueAt: open?.assignment.id ?? null,
    paceMs: null,
  };
}
