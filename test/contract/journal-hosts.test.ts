import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformOf } from '../../renderer/platform.ts';
import { journalContractSuite } from './journal-contract.ts';
import { createMemoryHost } from './memory-host.ts';
import { createNodeFileHost, filesIn } from './node-file-host.ts';

journalContractSuite('memory', async () => {
  const host = createMemoryHost();
  return {
    host: platformOf(host).journal,
    tamper: async (name, change) =>
      void host.disk.files.set(name, change(host.disk.files.get(name) ?? new Uint8Array(0))),
    files: async () => host.disk.files,
    secondHost: null,
    end: async () => undefined,
  };
});

journalContractSuite('the browser host’s journal on real files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'so-journal-'));
  return {
    host: createNodeFileHost(folder),
    tamper: async (name, change) => {
      const bytes = new Uint8Array(await readFile(join(folder, name)));
      await writeFile(join(folder, name), change(bytes));
    },
    files: () => filesIn(folder),
    secondHost: null,
    end: () => rm(folder, { recursive: true, force: true }),
  };
});
