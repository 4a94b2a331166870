import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { userInfo } from 'node:os';
import { AppError } from '../../../shared/errors.ts';
import { openRescueFile } from '../../../shared/rescue/rescue-file.ts';
import { type RescuedFile, type RescuedWork, readRescuedFile } from '../../../shared/rescue/rescued-work.ts';
import { importRescued, inspectRescued, type RescueReport } from '../../sync/rescue.ts';
import { plural, table } from '../output.ts';
import { recoveryKeyFinder } from '../recovery-keys.ts';
import { sealTools } from '../seal-tools.ts';
import { callersPath, type Session } from '../session.ts';

export type RescueOptions = { key?: string[] };

async function* hashed(path: string, hash: Hash): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(callersPath(path)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new AppError('file-unreadable', {
      message: `The file "${path}" cannot be read (${'code' in cause ? String(cause.code) : cause.message}). Check the path.`,
      cause,
    });
  }
}

/** Reads a copy to its end before anything is done with it. */
async function readFile(
  session: Session,
  path: string,
  { key }: RescueOptions,
): Promise<{ file: RescuedFile; hash: string }> {
  const keyFor = await recoveryKeyFinder(session, key);
  const hash = createHash('sha256');
  const opened = await openRescueFile(sealTools, hashed(path, hash), keyFor);
  return { file: await readRescuedFile(sealTools, opened, keyFor), hash: hash.digest('hex') };
}

const countOf = (work: RescuedWork, state: string) =>
  work.changes.filter(({ mutation }) => mutation.state === state).length;

const kinds = {
  opened: 'opened work, sealed on the laptop while it was unlocked',
  sealed: 'locked work: the laptop’s own bytes, opened here with the recovery key',
};

function originLines({ head, madeAt, deviceName, troubles }: RescuedFile, hash: string): string[] {
  return [
    `An emergency copy: ${kinds[head.kind]}.`,
    `Made ${madeAt} on "${deviceName}" with version ${head.appVersion}; SHA-256 ${hash}.`,
    ...troubles.map((trouble) => `The laptop said: ${trouble}`),
  ];
}

const unreadableLine = (count: number): string[] =>
  count === 0 ? [] : [`${plural(count, 'record')} of it could not be opened. Keep the file, and the laptop.`];

/** What is in an emergency copy, for whoever decides about it. */
export async function rescueInspect(session: Session, path: string, options: RescueOptions): Promise<void> {
  const { file, hash } = await readFile(session, path, options);
  const works = [];
  for (const work of file.works) {
    const { account, known } = await inspectRescued(session.context, work);
    works.push({
      account,
      clientId: work.client?.clientId ?? null,
      changes: work.changes.length,
      submitted: countOf(work, 'submitted'),
      skipped: countOf(work, 'skipped'),
      drafts: countOf(work, 'draft'),
      withoutReceipt: work.changes.filter(({ receipted, moved }) => !receipted && !moved).length,
      atServer: known,
      unreadable: work.unreadable,
    });
  }
  const { head, madeAt, deviceName, troubles } = file;
  const about = { kind: head.kind, madeAt, deviceName, appVersion: head.appVersion, sha256: hash, troubles };
  session.output.result({ ...about, works }, [
    ...originLines(file, hash),
    ...works.flatMap((work) => [
      `${plural(work.changes, 'change')} by ${work.account.email}: ${work.submitted} submitted, ${work.skipped} skipped, ${work.drafts} drafts.`,
      `${work.withoutReceipt} of them had no receipt on the laptop; this server holds ${work.atServer} of them.`,
      ...unreadableLine(work.unreadable),
    ]),
    'Nothing was changed. Next: rescue import',
  ]);
}

function summaryOf(reports: readonly RescueReport[]) {
  const lines = reports.flatMap((report) => report.lines);
  const fresh = lines.filter(({ known }) => !known);
  const count = (status: string) => fresh.filter((line) => line.status === status).length;
  return {
    changes: lines.length,
    accepted: count('accepted'),
    late: count('late'),
    quarantined: count('quarantined'),
    conflict: count('conflict'),
    known: lines.length - fresh.length,
    unreadable: reports.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

function reportLines(reports: readonly RescueReport[]): string[] {
  const head = ['NO.', 'CASE', 'STATE', 'VERDICT', 'NEW', 'REMARK'];
  return reports.flatMap(({ account, lines }) => [
    `Work of ${account.email}:`,
    ...table(
      head,
      lines.map((line) => [
        line.seq,
        line.assignmentId,
        line.state,
        line.diverged ? `${line.status}, diverged` : line.status,
        line.known ? 'no' : 'yes',
        line.reason?.message ?? null,
      ]),
    ),
  ]);
}

/** Takes the work of an emergency copy in, by the way and under the rules of a push. */
export async function rescueImport(
  session: Session,
  path: string,
  { dryRun, ...options }: RescueOptions & { dryRun: boolean },
): Promise<void> {
  const { file, hash } = await readFile(session, path, options);
  const { head, deviceName } = file;
  const origin = { file: hash, by: userInfo().username, appVersion: head.appVersion, deviceName };
  const reports = await importRescued(session.context, file.works, origin, { dryRun });
  const summary = summaryOf(reports);
  const taken = summary.accepted + summary.late;
  session.output.result({ dryRun, sha256: hash, summary, works: reports }, [
    ...reportLines(reports),
    `${dryRun ? 'A dry run, nothing was changed. It would take in' : 'Took in'} ${plural(taken, 'change')}, ${summary.late} of them late; ${summary.quarantined} quarantined, ${summary.conflict} in conflict, ${summary.known} were here already.`,
    ...unreadableLine(summary.unreadable),
  ]);
}
