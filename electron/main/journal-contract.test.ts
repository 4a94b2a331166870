import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalContractSuite } from '../../test/contract/journal-contract.ts';
import { filesIn } from '../../test/contract/node-file-host.ts';
import { openJournals } from './journal.ts';

journalContractSuite('Electron’s main process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'journal-contract-'));
  const host = openJournals(folder);
  return {
    host,
    tamper: async (name, change) => {
      const bytes = new Uint8Array(await readFile(join(folder, name)));
      await writeFile(join(folder, name), change(bytes));
    },
    files: () => filesIn(folder),
    // A second process is refused by the single-instance lock (test/security/electron.test.ts).
    secondHost: null,
    end: async () => {
      await host.closeAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
