import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** Inodes of the sockets that listen on a port, from a table of /proc/net. */
async function listeningInodes(table: string, port: number): Promise<string[]> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = '0A';
  const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === listening)
    .map((fields) => fields[9] ?? '');
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const handle of handles) {
    const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

/** The program and, of an interpreter, its script; further arguments may hold secrets. */
async function programName(pid: string): Promise<string> {
  const [program = '', script = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
    '\0',
  );
  const name = basename(program);
  return /^(node|python|ruby|perl|java)/.test(name) && script !== '' && !script.startsWith('-')
    ? `${name} ${script}`
    : name;
}

/** Name and number of the program that listens on a port; null where the system does not tell. */
export async function findPortHolder(port: number): Promise<{ name: string; pid: number } | null> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'];
  const inodes = new Set((await Promise.all(tables.map((table) => listeningInodes(table, port)))).flat());
  if (inodes.size === 0) return null;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids)
    if (await holdsSocket(pid, inodes)) {
      return { name: await programName(pid), pid: Number(pid) };
    }
  return null;
}
