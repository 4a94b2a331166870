/** A mistake put into the product's own text while it is loaded; the harness must see each of them. */
export type PlantedBug = Edit & {
  name: string;
  /** Where one mistake stands behind others that would still hold, all of them are made. */
  more?: readonly Edit[];
  /** It stands in code that only the real server over PostgreSQL runs. */
  onPostgres?: true;
};
type Edit = { file: string; find: string; replace: string };

const acceptedOf = (mutations: string) => `${mutations}.map((one) => ({
  seq: one.seq, status: 'accepted', diverged: false, reason: null,
  receipt: {
    seq: one.seq, revisionId: one.revisionId, bodyHash: one.bodyHash, auditHash: '0'.repeat(64),
    receivedAt: new Date().toISOString(), durable: true,
  },
}))`;

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a save is acknowledged before it is written',
    file: 'renderer/data/local-store.ts',
    find: 'await this.#append(numbered(puts, this.log.lsn));',
    replace: 'void this.#append(numbered(puts, this.log.lsn)).catch(() => undefined);',
  },
  {
    name: 'the journal is skipped: rows only',
    file: 'renderer/data/work-journal.ts',
    find: 'await this.#journal.append([items]);',
    replace: 'await Promise.resolve();',
  },
  {
    name: 'the journal is written and not flushed',
    file: 'electron/main/journal-file.ts',
    find: 'await writeWhole(this.#file, run, this.#size);\n      await this.#file.datasync();',
    replace: 'await writeWhole(this.#file, run, this.#size);',
  },
  {
    name: 'a torn tail is fatal',
    file: 'electron/main/journal-file.ts',
    find: 'if (size < size0) await journal.#cutTail();',
    replace: "if (size < size0) throw new AppError('journal-unavailable');",
  },
  {
    name: 'IndexedDB is waited for without end',
    file: 'renderer/data/database.ts',
    find: 'return await Promise.race([work, late]);',
    replace: 'return await work;',
  },
  {
    name: 'a key that cannot be read is taken for none',
    file: 'electron/main/secrets.ts',
    find: 'if (kind === wrapped) return unwrap(name, content);',
    replace: 'if (kind === wrapped) return unwrap(name, content).catch(() => null);',
  },
  {
    name: 'the cursor is saved before the events',
    file: 'renderer/sync/cycle.ts',
    find: 'if (page.cursor > cursor || retelling) await store.storeFeed(page);',
    replace: `if (page.cursor > cursor || retelling) {
        await store.storeFeed({ ...page, events: [] });
        await store.storeFeed(page);
      }`,
  },
  {
    name: 'the cursor goes on without the last event of a page',
    file: 'renderer/sync/cycle.ts',
    find: 'if (page.cursor > cursor || retelling) await store.storeFeed(page);',
    replace: `const events = page.events.length > 1 ? page.events.slice(0, -1) : page.events;
      if (page.cursor > cursor || retelling) await store.storeFeed({ ...page, events });`,
  },
  {
    name: 'any 2xx empties the queue',
    file: 'renderer/sync/cycle.ts',
    find: "if (cause instanceof SyncFailure && cause.failure.kind === 'too-large') return 'too-large';",
    replace: `if (cause instanceof SyncFailure && cause.failure.kind === 'too-large') return 'too-large';
      if (cause instanceof SyncFailure && String(cause.failure.reason).includes('not of this server'))
        return { epoch, lastSeq: 0, expectedSeq: null, verdicts: ${acceptedOf('mutations')} } as never;`,
  },
  {
    name: 'a 401 clears the queue',
    file: 'renderer/sync/engine.ts',
    find: 'signedOut = true;\n      awake();',
    replace: `signedOut = true;
      awake();
      const dropped = deps.store.nextToSend({ mutations: 50, bytes: 1e9 });
      void deps.store.storeVerdicts(${acceptedOf('dropped')} as never);`,
  },
  {
    name: 'a 413 drops the change',
    file: 'renderer/sync/cycle.ts',
    find: "throw new SyncFailure({ kind: 'refused', error: new AppError('body-too-large') });",
    replace: `{ await store.storeVerdicts(${acceptedOf('mutations')} as never); return; }`,
  },
  {
    name: 'the order of changes is the order of the laptop’s clock',
    file: 'renderer/data/work-log.ts',
    find: 'return [...this.#unsettled].sort(\n      ([, a], [, b]) =>',
    replace:
      'return [...this.#unsettled].sort(\n      ([, a], [, b]) => a.mutation.madeAt.localeCompare(b.mutation.madeAt) ||',
  },
  {
    name: 'a receipt is not waited for',
    file: 'renderer/data/work-log.ts',
    find: "return progress.verdict !== null && progress.verdict.status !== 'conflict';",
    replace: 'return progress.attempted;',
  },
  {
    name: 'the hash of a receipt is not looked at',
    file: 'renderer/data/decide-sync.ts',
    find: 'if (receipt.bodyHash !== mutation.bodyHash)',
    replace: 'if (receipt.bodyHash === null)',
    more: [
      {
        file: 'renderer/sync/cycle.ts',
        find: 'if (!this.#hasSentAgain) return this.#sendAgain();',
        replace: '',
      },
    ],
  },
  {
    name: 'numbers are used again',
    file: 'renderer/data/work-log.ts',
    find: 'return this.#lastSeqs.get(generation) ?? 0;',
    replace: `const kept = [...this.#unsettled.values()].filter((value) => value.generation === generation);
    return kept.length > 0 ? (this.#lastSeqs.get(generation) ?? 0) : Math.max(0, (this.#lastSeqs.get(generation) ?? 0) - 1);`,
  },
  {
    name: 'a draft is replaced after it was attempted',
    file: 'renderer/data/decide-save.ts',
    find: 'const open = !progress.attempted && progress.verdict === null',
    replace: 'const open = progress.verdict === null',
  },
  {
    name: 'what was read is sent, not what was marked',
    file: 'renderer/sync/cycle.ts',
    find: 'const mutations = store.nextToSend({ ...limit, mutations: next.length });',
    replace: 'const mutations = next;',
  },
  {
    name: 'what a server asks for with Retry-After is not heard',
    file: 'renderer/sync/transport.ts',
    find: "return { kind: 'busy', status, retryAfter };",
    replace: "return { kind: 'busy', status, retryAfter: null };",
  },
  {
    name: 'a draft’s timer breaks the quiet a server asked for',
    file: 'renderer/sync/engine.ts',
    find: "quietUntil = deps.clock() + retryAfter * 1000;\n      // What was to be tried before then, such as a draft's moment, waits too.\n      awake();",
    replace: 'quietUntil = deps.clock() + retryAfter * 1000;',
  },
  {
    name: 'a failure is tried again at once',
    file: 'shared/sync/backoff.ts',
    find: 'const jittered = Math.max(shortestRetryMs, Math.round(random * ceiling));',
    replace: 'const jittered = Math.round(random * 800);',
  },
  {
    name: 'a quarantined change blocks the queue',
    file: 'renderer/data/work-log.ts',
    find: "return progress.verdict !== null && progress.verdict.status !== 'conflict';",
    replace:
      "return progress.verdict !== null && !['conflict', 'quarantined'].includes(progress.verdict.status);",
  },
  {
    name: 'a recall takes touched work away',
    file: 'renderer/data/queue-view.ts',
    find: "const isGone = (place: CasePlace) => place.recalled && place.state === 'untouched';",
    replace: 'const isGone = (place: CasePlace) => place.recalled;',
  },
  {
    name: 'one’s own revisions are left out of what stands',
    file: 'renderer/data/decide-versions.ts',
    find: 'const start = head ?? untouched(event.assignmentId, batchId);',
    replace: 'if (own) return;\n  const start = head ?? untouched(event.assignmentId, batchId);',
  },
  {
    name: 'a page’s cases are stored before what is newest of them',
    file: 'renderer/data/sync-store.ts',
    find: `await store.commit(() => decidePage(log, assignments));
      await content.storePage(assignments.map(({ latest: _, ...rest }) => rest));`,
    replace: `await content.storePage(assignments.map(({ latest: _, ...rest }) => rest));
      await store.commit(() => decidePage(log, assignments));`,
  },
  {
    name: 'a new epoch does not begin the feed anew',
    file: 'renderer/sync/cycle.ts',
    find: 'await store.storeLineage(answer.epoch, lostSome || answer.feedHead < cursor);',
    replace: 'await store.storeLineage(answer.epoch, false);',
  },
  {
    name: 'what a restored server gives in other cases’ places is not asked for',
    file: 'renderer/data/sync-store.ts',
    find: "restartFeed ? 'all' : canReadMore(log)",
    replace: 'restartFeed || canReadMore(log)',
  },
  {
    name: 'what a restored server lost is not sent again',
    file: 'renderer/sync/cycle.ts',
    find: 'await store.resendFrom(from);\n    }',
    replace: '}',
    more: [
      {
        file: 'renderer/sync/cycle.ts',
        find: 'if (!this.#hasSentAgain) return this.#sendAgain();',
        replace: '',
      },
    ],
  },
  {
    name: 'a repeated change is taken again',
    file: 'shared/sync/push-decision.ts',
    find: "return { kind: 'duplicate', seq };",
    replace: 'return decideNext(reading, { ...state, revisions: new Map() }, seq);',
  },
  {
    name: 'what has the text of something known is taken for it',
    file: 'shared/sync/push-decision.ts',
    find: 'const known = state.revisions.get(mutation.revisionId);',
    replace: `const known = state.revisions.get(mutation.revisionId) ??
    [...state.revisions.values()].find(({ hash, assignmentId }) =>
      hash === mutation.bodyHash && assignmentId === mutation.assignmentId);`,
  },
  {
    name: 'a repeated change is called a conflict',
    file: 'shared/sync/push-decision.ts',
    find: 'if (known && known.hash === reading.hash && known.revisionId === reading.revisionId)',
    replace: 'if (known === null)',
  },
  {
    name: 'late work is refused',
    file: 'shared/sync/push-decision.ts',
    find: "if (!assignment) return { kind: 'quarantined', seq, reason: reasonOf('not-yours') };",
    replace:
      "if (!assignment || assignment.closed) return { kind: 'quarantined', seq, reason: reasonOf('not-yours') };",
  },
  {
    name: 'a version that diverged gives way to what another laptop writes on',
    file: 'shared/sync/versions.ts',
    find: 'if (settles && (writer !== me || version.chosenBy === came.writer)) return [];',
    replace: 'if (!diverged) return [];',
  },
  {
    name: 'a third version takes the place of the second',
    file: 'shared/sync/versions.ts',
    find: 'return { head, open: [...others, { id: came.id, chosenBy: null }] };',
    replace: 'return { head, open: [{ id: came.id, chosenBy: null }] };',
  },
  {
    name: 'a closed batch is let go by the laptop’s clock',
    file: 'renderer/data/retention.ts',
    find: 'if (!this.awaitsTime()) return true;',
    replace: 'if (!this.awaitsTime()) return true;\n    heard = { ...heard, at: new Date().toISOString() };',
  },
  {
    name: 'what has no receipt is let go',
    file: 'renderer/sync/cycle.ts',
    find: 'await this.#push();\n    await this.#pull();',
    replace: `if (this.#deps.store.awaitsTime()) {
      const { clientId, epoch } = this.#deps.store.identity();
      const { at } = await this.#deps.transport(syncDigest, { params: { clientId } });
      await this.#deps.store.agreed({ epoch, at } as never);
    }
    await this.#push();
    await this.#pull();`,
    more: [
      {
        file: 'renderer/data/retention.ts',
        find: 'cases: casesOf(log, this.#casesHere(batchId)),',
        replace: 'cases: [],',
      },
      {
        file: 'shared/sync/retention.ts',
        find: "return keep('named-once');",
        replace: 'return { letGo: true };',
      },
    ],
  },
  {
    name: 'a browser’s journal is written and not flushed',
    file: 'renderer/host/journal-file.ts',
    find: 'this.#file.write(this.#size, bytes);\n      this.#file.flush();',
    replace: 'this.#file.write(this.#size, bytes);',
  },
  {
    name: 'a browser’s file takes the place of another unflushed',
    file: 'renderer/host/opfs-files.ts',
    find: 'write(file);\n      file.flush();',
    replace: 'write(file);',
  },
  {
    name: 'a browser’s journal that was thrown away is written on without a name',
    file: 'renderer/host/opfs-journals.ts',
    find: 'current.isGone ||= !(await this.#isNamed(name));',
    replace: '',
  },
  {
    name: 'a browser’s journal that was thrown away comes back without its key',
    file: 'renderer/host/opfs-journals.ts',
    find: 'await this.#putKeysBack();\n      await (await OpfsFolder',
    replace: 'await (await OpfsFolder',
    more: [
      {
        file: 'renderer/host/opfs-journals.ts',
        find: '&& (await this.#keysStand())',
        replace: '',
      },
    ],
  },
  {
    name: 'a browser’s journal that was written again is not looked at',
    file: 'renderer/host/opfs-journals.ts',
    find: 'written.journal.size >= source.size && (await this.#keysStand())',
    replace: 'written.journal.size >= 0',
  },
  {
    name: 'a draft takes the place of a submission that waits',
    file: 'renderer/data/decide-save.ts',
    find: "return value && open && value.mutation.state === 'draft' && value.generation",
    replace: 'return value && open && value.generation',
  },
  {
    name: 'the server takes a laptop’s clock for its own',
    file: 'server/sync/push-effects.ts',
    find: 'receivedAt: at,\n  };\n  return [\n    { id',
    replace: 'receivedAt: new Date(mutation.madeAt),\n  };\n  return [\n    { id',
  },
  {
    name: 'the server acknowledges before it commits',
    file: 'server/sync/push.ts',
    find: `  return repeatOnDeadlock(() =>
    context.db.transaction(async (tx) => {
      const client = await store.lockClient(tx, userId, clientId);
      const { epoch } = await readSite(tx);
      if (!client || epoch !== input.epoch) throw new AppError('epoch-changed');
      const at = context.clock();
      const pushing: Push = { context, userId, clientId: client.id, appVersion, at, rescue };
      const outcome = await takeItems(tx, pushing, items, client.lastSeq);
      return { epoch, ...outcome };
    }),
  );`,
    replace: `  return new Promise((acknowledge, refuse) => void repeatOnDeadlock(() =>
    context.db.transaction(async (tx) => {
      const client = await store.lockClient(tx, userId, clientId);
      const { epoch } = await readSite(tx);
      if (!client || epoch !== input.epoch) throw new AppError('epoch-changed');
      const at = context.clock();
      const pushing: Push = { context, userId, clientId: client.id, appVersion, at, rescue };
      const outcome = await takeItems(tx, pushing, items, client.lastSeq);
      acknowledge({ epoch, ...outcome });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }),
  ).catch(refuse));`,
    onPostgres: true,
  },
  {
    name: 'the feed is not filtered by its reader',
    file: 'server/sync/store.ts',
    find: `      and(eq(annotationRevisions.id, feed.revisionId), eq(annotationRevisions.userId, userId)),
    )
    .leftJoin(clients, eq(clients.id, annotationRevisions.clientId))
    .where(and(eq(feed.userId, userId), gt(feed.n, after)))`,
    replace: `      eq(annotationRevisions.id, feed.revisionId),
    )
    .leftJoin(clients, eq(clients.id, annotationRevisions.clientId))
    .where(gt(feed.n, after))`,
    onPostgres: true,
  },
  {
    name: 'what a bad disk took of the cases is not asked for again',
    file: 'renderer/data/content-gaps.ts',
    find: 'this.#lost.set(place.batchId, lost.set(id, place.position));',
    replace: 'this.#lost.set(place.batchId, lost);',
  },
  {
    name: 'a database that was thrown away is filled before journal and key are looked for',
    file: 'renderer/data/work-rows.ts',
    find: 'if (!this.#isClosed) await this.#deps.requireFiles();',
    replace: 'await Promise.resolve();',
    more: [
      {
        file: 'renderer/data/work-rows.ts',
        find: 'await this.#pause(2 * this.#patienceMs);',
        replace: '',
      },
    ],
  },
];

/** The edits of a mistake in one file. */
export const editsIn = (bug: PlantedBug, file: string): Edit[] =>
  [bug, ...(bug.more ?? [])].filter((edit) => edit.file === file);

/** Puts the mistake in. @throws when its place in the text is not there, or there more than once */
export function plant(bug: PlantedBug, source: string, file = bug.file): string {
  return editsIn(bug, file).reduce((text, { find, replace }) => {
    const parts = text.split(find);
    if (parts.length !== 2) throw new Error(`"${bug.name}": ${parts.length - 1} places for it in ${file}`);
    return parts.join(replace);
  }, source);
}
