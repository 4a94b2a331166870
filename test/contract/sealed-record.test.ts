import { expect, it } from 'vitest';
import { openJournal } from '../../renderer/data/journal.ts';
import type { DataKey } from '../../renderer/data/sealed-box.ts';
import { sealRecord } from '../../renderer/host/sealed-record.ts';
import { platformOf } from '../../renderer/platform.ts';
import { createMemoryHost, memoryDisk } from './memory-host.ts';

const name = 'so-test.work';
const newKey = async (id: string): Promise<DataKey> => ({
  id,
  key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
});

/** A host that seals, as the browser's worker does. */
function sealingHost(disk = memoryDisk()) {
  const host = createMemoryHost(disk);
  return platformOf({
    ...host,
    appendSealed: async (file, key, records) =>
      host.invoke(
        'journal:append',
        file,
        await Promise.all(records.map((record) => sealRecord(key, record))),
      ),
  });
}

it('a record that the host sealed opens as one sealed on the page, and beside it', async () => {
  const disk = memoryDisk();
  const key = await newKey('0123456789abcdef');
  const sealing = await openJournal<string>(sealingHost(disk), name, key);
  await sealing.append(['sealed by the host', 'grüße, 漢字']);
  await sealing.close();
  const plain = await openJournal<string>(platformOf(createMemoryHost(disk)), name, key);
  await plain.append(['sealed on the page']);
  expect(await plain.readAll()).toEqual({
    values: ['sealed by the host', 'grüße, 漢字', 'sealed on the page'],
    damaged: 0,
    damagedBytes: 0,
  });
  await plain.close();
});

it('nothing of what the host sealed stands in clear, and no two records have the same bytes', async () => {
  const disk = memoryDisk();
  const key = await newKey('0123456789abcdef');
  const journal = await openJournal<string>(sealingHost(disk), name, key);
  await journal.append(['canary', 'canary']);
  const bytes = disk.files.get(name) ?? new Uint8Array(0);
  expect(new TextDecoder().decode(bytes)).not.toContain('canary');
  const half = bytes.byteLength / 2;
  expect(bytes.subarray(0, half)).not.toEqual(bytes.subarray(half));
});

it('a record that the host sealed for one journal does not open as another one’s', async () => {
  const disk = memoryDisk();
  const key = await newKey('0123456789abcdef');
  const journal = await openJournal<string>(sealingHost(disk), name, key);
  await journal.append(['kept']);
  disk.files.set('so-other.work', new Uint8Array(disk.files.get(name) ?? []));
  const other = await openJournal<string>(sealingHost(disk), 'so-other.work', key);
  expect(await other.readAll()).toMatchObject({ values: [], damaged: 1 });
});
