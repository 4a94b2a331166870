import type { ImportProblem, ImportReport } from '../../shared/contract/imports.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { pairIndices } from '../../shared/selection/pairs.ts';
import type { Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { caseRow, nativeSha256 } from './case-rows.ts';
import type { Chunk, ReadRecord } from './record-chunks.ts';
import {
  addModels,
  findCases,
  findPairs,
  findResponses,
  insertCases,
  insertComparisons,
  insertResponses,
  type NewComparison,
  type NewResponse,
  noteSeenLines,
  pairKey,
} from './store.ts';

const listedProblems = 200;
/** Only to name them when a baseline is not found. */
const rememberedModels = 1000;

export type ChunkWriter = {
  write: (chunk: Chunk) => Promise<void>;
  report: () => ImportReport;
  modelsSeen: ReadonlySet<string>;
};

type Settings = {
  studyId: StudyId;
  importId: string;
  pairs: string;
  dryRun: boolean;
  badLines: 'stop' | 'skip';
};
type Pair = { one: number; two: number; identical: boolean };
type Known = ReadRecord & { caseId: string };
type Sorted = { fresh: ReadRecord[]; known: Known[]; repeated: number; refused: ImportProblem[] };

const sameIdProblem = (line: number, problem: string): ImportProblem => ({
  line,
  field: 'id',
  problem,
  fix: 'give this record a new id, or bring back the content it had',
});

/** Tells new records from those the study has, those the file had before, and those that changed under their id. */
async function sortRecords(tx: Tx, studyId: StudyId, records: readonly ReadRecord[]): Promise<Sorted> {
  const sorted: Sorted = { fresh: [], known: [], repeated: 0, refused: [] };
  const firsts = new Map<string, ReadRecord>();
  for (const read of records) if (!firsts.has(read.record.id)) firsts.set(read.record.id, read);
  if (firsts.size === 0) return sorted;
  const inFile = await noteSeenLines(
    tx,
    [...firsts.values()].map(({ record, contentHash, line }) => ({
      externalId: record.id,
      contentHash,
      line,
    })),
  );
  const inStudy = await findCases(tx, studyId, [...firsts.keys()]);
  for (const read of records) {
    const { id } = read.record;
    const first = firsts.get(id);
    const earlier = inFile.get(id) ?? (first !== read ? first : undefined);
    const stored = inStudy.get(id);
    if (earlier && earlier.contentHash === read.contentHash) sorted.repeated++;
    else if (earlier)
      sorted.refused.push(
        sameIdProblem(read.line, `repeats the id "${id}" of line ${earlier.line} with another content`),
      );
    else if (!stored) sorted.fresh.push(read);
    else if (stored.contentHash === read.contentHash) sorted.known.push({ ...read, caseId: stored.id });
    else
      sorted.refused.push(
        sameIdProblem(read.line, `has the id "${id}" of a case in the study, but another content`),
      );
  }
  return sorted;
}

/** Writes chunks of records inside the import's transaction and counts what it did. */
export function startChunkWriter(tx: Tx, settings: Settings): ChunkWriter {
  const { studyId, importId, pairs } = settings;
  const modelIds = new Map<string, string>();
  const modelsSeen = new Set<string>();
  const report: ImportReport = {
    studyId,
    dryRun: settings.dryRun,
    lines: 0,
    cases: 0,
    unchangedCases: 0,
    responses: 0,
    comparisons: 0,
    identicalPairs: 0,
    emptyResponses: 0,
    refused: 0,
    problems: [],
  };
  // After the first bad line nothing will stay, so the rest is only checked.
  const isWriting = () => !settings.dryRun && (report.refused === 0 || settings.badLines === 'skip');

  function refuse(problems: readonly ImportProblem[]): void {
    report.refused++;
    report.problems.push(...problems.slice(0, listedProblems - report.problems.length));
  }

  /** The record's pairs as indices, and whether the two texts are the same. */
  function pairsOf({ record }: ReadRecord): Pair[] {
    const texts = record.responses.map(({ text }) => text.trim());
    const models = record.responses.map(({ model }) => model);
    const all = pairIndices(pairs, models).map(([one, two]) => ({
      one,
      two,
      identical: texts[one] === texts[two],
    }));
    report.identicalPairs += all.filter(({ identical }) => identical).length;
    report.emptyResponses += texts.filter((text) => text === '').length;
    return all;
  }

  async function resolveModels(records: readonly ReadRecord[]): Promise<void> {
    const names = new Set(records.flatMap(({ record }) => record.responses.map(({ model }) => model)));
    for (const name of names)
      if (modelsSeen.size < rememberedModels || pairs === `baseline:${name}`) modelsSeen.add(name);
    const unresolved = [...names].filter((name) => !modelIds.has(name));
    if (!isWriting() || unresolved.length === 0) return;
    for (const [name, id] of await addModels(tx, unresolved, newId)) modelIds.set(name, id);
  }

  function responseRows(caseId: string, { record }: ReadRecord): NewResponse[] {
    return record.responses.map(({ id, text, model, ...meta }) => {
      const modelId = modelIds.get(model);
      if (!modelId) throw new Error(`model ${model} was not stored`);
      return { id: newId(), caseId, externalId: id, modelId, text, textHash: nativeSha256(text), meta };
    });
  }

  async function writeFresh(fresh: readonly ReadRecord[]): Promise<void> {
    const writing = isWriting();
    const rows = fresh.map((read) => {
      const kept = pairsOf(read);
      report.cases++;
      report.responses += read.record.responses.length;
      report.comparisons += kept.length;
      const caseId = newId();
      const responses = writing ? responseRows(caseId, read) : [];
      const comparisons =
        responses.length === 0
          ? []
          : kept.map(({ one, two, identical }) =>
              comparisonRow(caseId, responses[one]?.id, responses[two]?.id, identical),
            );
      return { case: caseRow(caseId, read.record, read.contentHash), responses, comparisons };
    });
    if (!writing) return;
    await insertCases(
      tx,
      studyId,
      importId,
      rows.map((row) => row.case),
    );
    await insertResponses(
      tx,
      rows.flatMap((row) => row.responses),
    );
    await insertComparisons(
      tx,
      studyId,
      rows.flatMap((row) => row.comparisons),
    );
  }

  /** A wider rule than last time adds the pairs that are missing; nothing else of a known case changes. */
  async function widenKnown(known: readonly Known[]): Promise<void> {
    report.unchangedCases += known.length;
    if (known.length === 0) return;
    const caseIds = known.map((read) => read.caseId);
    const responseIds = await findResponses(tx, caseIds);
    const present = await findPairs(tx, caseIds);
    const missing = known.flatMap((read) => {
      const idOf = (index: number) =>
        responseIds.get(read.caseId)?.get(read.record.responses[index]?.id ?? '');
      return pairsOf(read)
        .map(({ one, two, identical }) => comparisonRow(read.caseId, idOf(one), idOf(two), identical))
        .filter(({ one, two }) => !present.has(pairKey(one, two)));
    });
    report.comparisons += missing.length;
    if (isWriting()) await insertComparisons(tx, studyId, missing);
  }

  return {
    modelsSeen,
    report: () => report,
    async write(chunk) {
      report.lines += chunk.lines;
      for (const problems of chunk.refused) refuse(problems);
      const sorted = await sortRecords(tx, studyId, chunk.records);
      for (const problem of sorted.refused) refuse([problem]);
      report.problems.sort((a, b) => a.line - b.line);
      report.unchangedCases += sorted.repeated;
      await resolveModels([...sorted.fresh, ...sorted.known]);
      await writeFresh(sorted.fresh);
      await widenKnown(sorted.known);
    },
  };
}

function comparisonRow(
  caseId: string,
  one: string | undefined,
  two: string | undefined,
  identical: boolean,
): NewComparison {
  if (!one || !two) throw new Error(`a response of case ${caseId} was not stored`);
  return { id: newId(), caseId, one, two, identical };
}
