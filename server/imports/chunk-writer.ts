import type { ImportProblem, ImportReport } from '../../shared/contract/imports.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { atLine } from '../../shared/schema/record-line.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import { pairIndices } from '../../shared/selection/pairs.ts';
import type { Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { caseRow, nativeSha256 } from './case-rows.ts';
import { answerProblems, type FindPair, newAnswers } from './known-answers.ts';
import type { Chunk, ReadRecord } from './record-chunks.ts';
import {
  addModels,
  findCases,
  findNewestRubric,
  findPairs,
  findResponses,
  insertCases,
  insertComparisons,
  insertKnownAnswers,
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
    [...firsts.values()].map(({ record, wholeHash, line }) => ({
      externalId: record.id,
      wholeHash,
      line,
    })),
  );
  const inStudy = await findCases(tx, studyId, [...firsts.keys()]);
  for (const read of records) {
    const { id } = read.record;
    const first = firsts.get(id);
    const earlier = inFile.get(id) ?? (first !== read ? first : undefined);
    const stored = inStudy.get(id);
    if (earlier && earlier.wholeHash === read.wholeHash) sorted.repeated++;
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
    knownAnswers: 0,
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
  function pairsOf(read: ReadRecord): Pair[] {
    const texts = read.record.responses.map(({ text }) => text.trim());
    const all = indicesOf(read).map(([one, two]) => ({
      one,
      two,
      identical: texts[one] === texts[two],
    }));
    report.identicalPairs += all.filter(({ identical }) => identical).length;
    report.emptyResponses += texts.filter((text) => text === '').length;
    return all;
  }

  const indicesOf = ({ record }: ReadRecord) =>
    pairIndices(
      pairs,
      record.responses.map(({ model }) => model),
    );

  let rubric: Rubric | null | undefined;
  /** Those of the records whose known answers, if any, can stay; the others are refused. */
  async function withSoundAnswers<R extends ReadRecord>(reads: readonly R[], findOf: (read: R) => FindPair) {
    if (!reads.some((read) => read.record.expert !== undefined)) return [...reads];
    rubric ??= await findNewestRubric(tx, studyId);
    return reads.filter((read) => {
      const problems = answerProblems(read, rubric ?? null, findOf(read));
      if (problems.length > 0) refuse(problems.map((problem) => atLine(read.line, problem)));
      return problems.length === 0;
    });
  }

  const findFresh =
    (read: ReadRecord): FindPair =>
    (one, two) =>
      indicesOf(read).some(([a, b]) => a === one && b === two) ? { answer: null } : undefined;

  /** Known answers that are new, at the comparisons they are about. */
  function answerRows(
    read: ReadRecord,
    find: FindPair,
    idOf: (one: number, two: number) => string | undefined,
  ) {
    return newAnswers(read, find).map(({ one, two, answer }) => {
      report.knownAnswers++;
      const comparisonId = idOf(one, two);
      if (isWriting() && !comparisonId) throw new Error('a comparison with a known answer was not stored');
      return { comparisonId: comparisonId ?? '', answer };
    });
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

  async function writeFresh(given: readonly ReadRecord[]): Promise<void> {
    const fresh = await withSoundAnswers(given, findFresh);
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
      const idOf = (one: number, two: number) =>
        comparisons.find((row) => row.one === responses[one]?.id && row.two === responses[two]?.id)?.id;
      const answers = answerRows(read, findFresh(read), idOf);
      return { case: caseRow(caseId, read.record, read.contentHash), responses, comparisons, answers };
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
    await insertKnownAnswers(
      tx,
      rows.flatMap((row) => row.answers),
    );
  }

  /**
   * A wider rule than last time adds the pairs that are missing, and known answers are added where there was
   * none; nothing else of a known case changes.
   */
  async function widenKnown(given: readonly Known[]): Promise<void> {
    if (given.length === 0) return;
    const caseIds = given.map((read) => read.caseId);
    const responseIds = await findResponses(tx, caseIds);
    const present = await findPairs(tx, caseIds);
    const idOf = (read: Known, index: number) =>
      responseIds.get(read.caseId)?.get(read.record.responses[index]?.id ?? '');
    const keyOf = (read: Known, one: number, two: number) =>
      pairKey(idOf(read, one) ?? '', idOf(read, two) ?? '');
    const findKnown =
      (read: Known): FindPair =>
      (one, two) =>
        present.get(keyOf(read, one, two)) ?? findFresh(read)(one, two);
    const known = await withSoundAnswers(given, findKnown);
    report.unchangedCases += known.length;
    const missing = known.flatMap((read) =>
      pairsOf(read)
        .map(({ one, two, identical }) =>
          comparisonRow(read.caseId, idOf(read, one), idOf(read, two), identical),
        )
        .filter(({ one, two }) => !present.has(pairKey(one, two))),
    );
    report.comparisons += missing.length;
    const made = new Map(missing.map((row) => [pairKey(row.one, row.two), row.id]));
    const answers = known.flatMap((read) =>
      answerRows(read, findKnown(read), (one, two) => {
        const key = keyOf(read, one, two);
        return present.get(key)?.id ?? made.get(key);
      }),
    );
    if (!isWriting()) return;
    await insertComparisons(tx, studyId, missing);
    await insertKnownAnswers(tx, answers);
  }

  return {
    modelsSeen,
    report: () => report,
    async write(chunk) {
      report.lines += chunk.lines;
      for (const problems of chunk.refused) refuse(problems);
      const sorted = await sortRecords(tx, studyId, chunk.records);
      for (const problem of sorted.refused) refuse([problem]);
      report.unchangedCases += sorted.repeated;
      await resolveModels([...sorted.fresh, ...sorted.known]);
      await writeFresh(sorted.fresh);
      await widenKnown(sorted.known);
      report.problems.sort((a, b) => a.line - b.line);
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
