import type { Random } from './random.ts';

/** One file as programs see it, and what of it a power cut would leave. */
export class SimFile {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  size = 0;
  /** So many bytes from the start have been on the platter since the last sync. */
  #safe = 0;
  /** What the platter holds, once bytes of it were changed or cut and not synced again. */
  #before: Uint8Array<ArrayBuffer> | null = null;

  content(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.size);
  }

  #keepBefore(from: number): void {
    if (from < this.#safe && this.#before === null) this.#before = this.bytes.slice(0, this.#safe);
  }

  write(at: number, more: Uint8Array): void {
    this.#keepBefore(at);
    const end = Math.max(this.size, at + more.byteLength);
    if (end > this.bytes.byteLength) {
      const grown = new Uint8Array(Math.max(end, 2 * this.bytes.byteLength, 4096));
      grown.set(this.bytes.subarray(0, this.size));
      this.bytes = grown;
    }
    if (at > this.size) this.bytes.fill(0, this.size, at);
    this.bytes.set(more, at);
    this.size = end;
  }

  truncate(size: number): void {
    this.#keepBefore(size);
    if (size > this.size) this.write(size, new Uint8Array(0));
    this.size = size;
  }

  sync(): void {
    this.#safe = this.size;
    this.#before = null;
  }

  /** A few bytes are others, on the platter as well. */
  rot(random: Random): void {
    const length = Math.min(8 + random.below(60), this.size);
    const from = random.below(this.size - length + 1);
    for (let at = from; at < from + length; at++) this.bytes[at] = random.below(256);
    this.#before?.set(this.bytes.subarray(from, Math.min(from + length, this.#before.byteLength)), from);
  }

  copy(): SimFile {
    const copy = new SimFile();
    copy.bytes = this.content();
    copy.size = this.size;
    copy.#safe = Math.min(this.#safe, this.size);
    copy.#before = this.#before;
    return copy;
  }

  /** Of what was not synced any part may be there: nothing, a piece, a piece with zeros behind it. */
  losePower(random: Random): void {
    if (this.#before !== null && random.chance(0.5)) {
      this.bytes = this.#before.slice();
      this.size = this.#before.byteLength;
    } else if (this.size > this.#safe) {
      const kept = this.#safe + random.below(this.size - this.#safe + 1);
      const grew = random.chance(0.3);
      if (grew) this.bytes.fill(0, kept, this.size);
      else this.size = kept;
    }
    this.sync();
  }
}

type NameChange = (names: Map<string, SimFile>) => void;

/** What a full disk still takes: enough to tear a record, not to hold it. */
const scraps = 200;
export const reserveSize = 64 * 1024;
const roomy = 20 * 1024 ** 3;

/** A laptop's disk: files, names, and how much of both a crash leaves. */
export class SimDisk {
  #names = new Map<string, SimFile>();
  /** Names as the platter has them, and the changes it does not have yet. */
  #safeNames = new Map<string, SimFile>();
  #changes: NameChange[] = [];
  free = roomy;
  reserveStands = true;

  find(path: string): SimFile | null {
    return this.#names.get(path) ?? null;
  }

  list(folder: string): string[] {
    const prefix = `${folder}/`;
    return [...this.#names.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((n) => n.slice(prefix.length));
  }

  #rename(change: NameChange): void {
    change(this.#names);
    this.#changes.push(change);
  }

  create(path: string): SimFile {
    const file = new SimFile();
    this.#rename((names) => names.set(path, file));
    return file;
  }

  rename(from: string, to: string): void {
    const file = this.#names.get(from);
    if (!file) return;
    this.#rename((names) => {
      names.delete(from);
      names.set(to, file);
    });
  }

  remove(path: string): void {
    if (this.#names.has(path)) this.#rename((names) => names.delete(path));
  }

  /** Every name that begins so goes, at once and for good; who has such a file open has it still. */
  removeAll(prefix: string): void {
    for (const path of [...this.#names.keys()]) if (path.startsWith(prefix)) this.remove(path);
    this.syncNames();
  }

  bytesUnder(prefix: string): number {
    return [...this.#names].reduce((sum, [path, { size }]) => sum + (path.startsWith(prefix) ? size : 0), 0);
  }

  hasName(file: SimFile): boolean {
    return [...this.#names.values()].includes(file);
  }

  syncNames(): void {
    this.#safeNames = new Map(this.#names);
    this.#changes = [];
  }

  /** @throws ENOSPC, after as much as fitted was written */
  write(file: SimFile, at: number, more: Uint8Array): number {
    const growth = Math.max(0, at + more.byteLength - file.size);
    if (growth > 0 && this.free <= 0)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const fits = growth <= this.free ? more.byteLength : more.byteLength - (growth - this.free);
    file.write(at, more.subarray(0, fits));
    this.free -= Math.min(growth, this.free);
    return fits;
  }

  fill(): void {
    this.free = scraps;
  }
  clear(): void {
    this.free = roomy;
  }

  /** Bytes of the named files go bad where they lie. */
  rot(isMeant: (path: string) => boolean, random: Random): void {
    for (const [path, file] of this.#names) if (isMeant(path)) file.rot(random);
  }

  losePower(random: Random): void {
    const names = this.#safeNames;
    for (const change of this.#changes.slice(0, random.below(this.#changes.length + 1))) change(names);
    this.#names = names;
    for (const file of new Set(names.values())) file.losePower(random);
    this.syncNames();
  }

  copy(): SimDisk {
    const copy = new SimDisk();
    const files = new Map([...this.#names.values()].map((file) => [file, file.copy()]));
    for (const [name, file] of this.#names) copy.#names.set(name, files.get(file) as SimFile);
    copy.syncNames();
    copy.reserveStands = this.reserveStands;
    return copy;
  }
}
