import { createHash } from 'node:crypto';
import type { LogEntry, StoredRevision } from '../simulated/server-port.ts';

/** A save as it was asked for. Its text stands in no other save of its state: what was drafted may be submitted. */
export type Save = {
  id: number;
  laptop: number;
  physician: number;
  assignmentId: string;
  state: string;
  /** Canonical text of the body, spelled by the judge. */
  text: string;
  /** Of its text and its state. */
  marker: string;
  /** The workstation said that it is saved. */
  acknowledged: boolean;
  acknowledgedAt: number;
  /** The laptop's disk was put back to before it, or another disk put in: nobody can ask for it. */
  excused: boolean;
  /** It was at the server when its laptop's disk was put back: asked of the server only. */
  leftLaptop: boolean;
  /** Its laptop let its text go, rightly: only the server has it. */
  letGo: boolean;
};

export type Violation = { rule: string; what: string };

/** The judge's own spelling of JSON: members in order of their names. It shares no line with the product. */
export function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).filter((name) => members[name] !== undefined);
  return `{${names
    .sort((a, b) => (a === b ? 0 : a < b ? -1 : 1))
    .map((name) => `${JSON.stringify(name)}:${spell(members[name])}`)
    .join()}}`;
}

export const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/** The workstation adds under which guidelines it saved; the rest must be what was typed. */
export function spellTyped(body: Record<string, unknown>): string {
  const { guidelinesVersion: _, ...typed } = body;
  return spell(typed);
}

export const textMarkerOf = (text: string): string | null => /MARK-[\d-]+-/.exec(text)?.[0] ?? null;
/** Of a text that was saved in that state. */
export function markerOf(text: string, state: string): string | null {
  const marker = textMarkerOf(text);
  return marker && `${marker}${state}`;
}
export const canaryOf = (physician: number) => `CANARY-${physician === 0 ? 'ONE' : 'TWO'}`;

/** What was typed, what was promised, and what the two sides hold. It knows nothing of how the product decides. */
export class Judge {
  readonly saves: Save[] = [];
  readonly violations: Violation[] = [];
  readonly #byMarker = new Map<string, Save>();
  readonly #byText = new Map<string, Save>();
  readonly #textOfHash = new Map<string, string>();
  /** Markers of changes that were at the server at any time, also before it was restored. */
  readonly everAtServer = new Set<string>();

  blame(rule: string, what: string): void {
    if (this.violations.length < 20) this.violations.push({ rule, what });
  }

  issue(save: Pick<Save, 'laptop' | 'physician' | 'assignmentId' | 'state'>, body: object): Save {
    const unsettled = {
      acknowledged: false,
      acknowledgedAt: 0,
      excused: false,
      leftLaptop: false,
      letGo: false,
    };
    const text = spell(body);
    const marker = markerOf(text, save.state) ?? '';
    const issued = { ...save, ...unsettled, id: this.saves.length, text, marker };
    this.saves.push(issued);
    this.#byMarker.set(marker, issued);
    this.#byText.set(textMarkerOf(text) ?? '', issued);
    for (const guidelinesVersion of [undefined, 1, 2])
      this.#textOfHash.set(sha256(spell({ ...body, guidelinesVersion })), text);
    return issued;
  }

  markerOfHash(hash: string, state: string): string | null {
    return markerOf(this.#textOfHash.get(hash) ?? '', state);
  }

  saveOf(marker: string | null): Save | undefined {
    return marker === null ? undefined : this.#byMarker.get(marker);
  }

  /** The newest save of what is shown, whatever its state. */
  saveShown(body: unknown): Save | undefined {
    return this.#byText.get(textMarkerOf(JSON.stringify(body ?? null)) ?? '');
  }

  /** The draft that was saved last of a case on a laptop, where nothing was saved of it since. */
  lastDraft(laptop: number, assignmentId: string): Save | null {
    const last = this.saves.findLast((one) => one.laptop === laptop && one.assignmentId === assignmentId);
    return last?.state === 'draft' && !last.leftLaptop ? last : null;
  }

  /** Later saves of the same case on the same laptop may take a draft's place; nothing takes the place of the rest. */
  heirsOf(save: Save): Save[] {
    if (save.state !== 'draft') return [save];
    return this.saves.filter(
      ({ id, laptop, assignmentId }) =>
        id >= save.id && laptop === save.laptop && assignmentId === save.assignmentId,
    );
  }

  /** What was promised and cannot be found among these markers. */
  missing(found: ReadonlySet<string>, laptop?: number): Save[] {
    return this.saves.filter(
      (save) =>
        save.acknowledged &&
        !save.excused &&
        (laptop === undefined || (save.laptop === laptop && !save.leftLaptop)) &&
        !this.heirsOf(save).some(({ marker }) => found.has(marker)),
    );
  }

  describe(save: Save): string {
    return `save ${save.id} (${save.state} of ${save.assignmentId} on L${save.laptop})`;
  }

  /** Every stored revision is what somebody typed, on a case of their own, and stands once. */
  checkRevisions(revisions: readonly StoredRevision[], physicianIds: readonly string[]): void {
    const met = new Set<string>();
    const times = revisions.map(({ receivedAt }) => receivedAt);
    // Clocks of laptops are days off, and no order of anything.
    if (times.some((at, i) => at < (times[i - 1] ?? 0)))
      this.blame('clock', 'what came later is said to have come earlier');
    for (const revision of revisions) {
      const body = JSON.parse(revision.body) as Record<string, unknown>;
      const save = this.saveOf(markerOf(revision.body, revision.state));
      if (!save) {
        this.blame('altered', `revision ${revision.id} was typed by nobody`);
        continue;
      }
      const name = this.describe(save);
      if (spellTyped(body) !== save.text) this.blame('altered', `${name} has another text at the server`);
      if (sha256(spell(body)) !== revision.bodyHash)
        this.blame('hash', `${name} has another hash than its text`);
      if (revision.state !== save.state) this.blame('altered', `${name} is ${revision.state} at the server`);
      if (revision.assignmentId !== save.assignmentId) this.blame('altered', `${name} is on another case`);
      const owner = physicianIds[save.physician];
      if (revision.userId !== owner || revision.ownerId !== owner || revision.clientUserId !== owner)
        this.blame('cross-user', `${name} is stored as somebody else's`);
      if (met.has(save.marker)) this.blame('twice', `${name} has two effects`);
      met.add(save.marker);
    }
  }

  /** Numbers of each client run 1, 2, 3... and each stands once. */
  checkLog(log: readonly LogEntry[]): void {
    const seqs = new Map<string, number[]>();
    for (const { clientId, seq } of log) seqs.set(clientId, [...(seqs.get(clientId) ?? []), seq]);
    for (const [clientId, numbers] of seqs)
      for (const [i, seq] of numbers.sort((a, b) => a - b).entries())
        if (seq !== i + 1) this.blame('log', `client ${clientId} has ${numbers.join()}`);
  }

  checkFeed(numbers: readonly number[]): void {
    if (numbers.some((n, i) => n !== i + 1)) this.blame('feed', `a feed runs ${numbers.join()}`);
  }

  /** Rule S10 in the judge's words: what was written on the newest stands; finished work is never hidden by a draft. */
  checkHeads(revisions: readonly StoredRevision[]): Map<string, StoredRevision> {
    const heads = new Map<string, StoredRevision>();
    for (const revision of revisions) {
      const head = heads.get(revision.assignmentId);
      const isOnHead = !head || revision.baseRevisionId === head.id;
      if (revision.diverged === isOnHead)
        this.blame('diverged', `revision ${revision.id} is marked diverged=${revision.diverged}`);
      if (isOnHead || (head.state === 'draft' && revision.state !== 'draft'))
        heads.set(revision.assignmentId, revision);
    }
    for (const revision of revisions)
      if (revision.headId !== heads.get(revision.assignmentId)?.id) {
        this.blame('head', `case ${revision.assignmentId} has the head ${revision.headId}`);
        break;
      }
    return heads;
  }

  checkExport(
    revisions: readonly StoredRevision[],
    lines: readonly { revisionId: string; bodyHash: string; body: unknown }[],
  ): void {
    const exported = new Map(lines.map((line) => [line.revisionId, line]));
    if (exported.size !== lines.length || lines.length !== revisions.length)
      this.blame('export', `${lines.length} lines for ${revisions.length} revisions`);
    for (const { id, bodyHash, body } of revisions) {
      const line = exported.get(id);
      if (line?.bodyHash !== bodyHash || sha256(spell(line.body)) !== bodyHash)
        this.blame('export', `revision ${id} leaves the server with another text or hash`);
      else if (spell(JSON.parse(body)) !== spell(line.body))
        this.blame('export', `revision ${id} leaves the server with another text`);
    }
  }
}
