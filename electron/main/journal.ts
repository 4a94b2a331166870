import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { IpcResult } from '../../shared/ipc.ts';
import { type DiskReserve, openDiskReserve } from './disk-reserve.ts';
import { JournalFile, journalFailure, removeJournal } from './journal-file.ts';
import { Lane } from './lane.ts';

export type Journals = {
  open: (name: string) => Promise<IpcResult<'journal:open'>>;
  read: (name: string, offset: number) => Promise<IpcResult<'journal:read'>>;
  append: (name: string, payloads: readonly Uint8Array[]) => Promise<IpcResult<'journal:append'>>;
  replace: (name: string, payloads: readonly Uint8Array[]) => Promise<IpcResult<'journal:replace'>>;
  /** Copies an open one as it stands to a file beside it, once for the same bytes. */
  setAside: (name: string) => Promise<void>;
  close: (name: string) => Promise<void>;
  /** Deletes one that is not open, with what was ever cut from it or set aside. @throws AppError `already-open` */
  remove: (name: string) => Promise<void>;
  /** Ends all that are open, after what they were doing: the page is gone or the app quits. */
  closeAll: () => Promise<void>;
};

/** The journals of this laptop, one file each under `folder`. One lane per name keeps their calls in order. */
export function openJournals(folder: string, reserve: DiskReserve = openDiskReserve(folder)): Journals {
  const opened = new Map<string, JournalFile>();
  const lanes = new Map<string, Lane>();

  const inLane = <T>(name: string, job: () => Promise<T>): Promise<T> => {
    const lane = lanes.get(name) ?? new Lane();
    lanes.set(name, lane);
    return lane.run(job).catch((cause: unknown) => {
      throw journalFailure(cause);
    });
  };
  const openedOne = (name: string): JournalFile => {
    const journal = opened.get(name);
    if (!journal) throw new AppError('journal-unavailable', { details: { reason: 'not open' } });
    return journal;
  };
  const disk = async () => ({ freeBytes: await reserve.freeBytes() });
  const close = (name: string) =>
    inLane(name, async () => {
      const journal = opened.get(name);
      opened.delete(name);
      await journal?.close();
    });

  return {
    open: (name) =>
      inLane(name, async () => {
        if (opened.has(name)) throw new AppError('already-open');
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const journal = await JournalFile.open(join(folder, name), reserve);
        opened.set(name, journal);
        await reserve.ensure();
        return { size: journal.size, cutBytes: journal.cutBytes, disk: await disk() };
      }),
    read: (name, offset) => inLane(name, () => openedOne(name).read(offset)),
    append: (name, payloads) =>
      inLane(name, async () => {
        const journal = openedOne(name);
        await journal.append(payloads);
        return { size: journal.size, disk: await disk() };
      }),
    replace: (name, payloads) =>
      inLane(name, async () => {
        const journal = openedOne(name);
        await journal.replace(payloads);
        return { size: journal.size };
      }),
    setAside: (name) => inLane(name, () => openedOne(name).setAside()),
    close,
    remove: (name) =>
      inLane(name, async () => {
        if (opened.has(name)) throw new AppError('already-open');
        await removeJournal(join(folder, name));
      }),
    closeAll: async () => {
      await Promise.all([...lanes.keys()].map(close));
    },
  };
}
