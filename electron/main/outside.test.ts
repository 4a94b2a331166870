import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { safeFileName, saveFile } from './files.ts';
import { openLink } from './links.ts';

describe('links that leave the app', () => {
  const doors = (yes: boolean) => ({ confirm: vi.fn(async () => yes), open: vi.fn(async () => undefined) });

  test('the address that is shown is the one that is opened', async () => {
    const yes = doors(true);
    expect(await openLink('HTTPS://Example.org/a b?c#d', yes)).toBe(true);
    expect(yes.confirm).toHaveBeenCalledWith('https://example.org/a%20b?c#d');
    expect(yes.open).toHaveBeenCalledWith('https://example.org/a%20b?c#d');
  });

  test('a look-alike host is shown by its real name', async () => {
    const no = doors(false);
    await openLink('https://ex\u0430mple.org/', no);
    expect(no.confirm).toHaveBeenCalledWith('https://xn--exmple-4nf.org/');
  });

  test('nothing is opened without a yes', async () => {
    const no = doors(false);
    expect(await openLink('mailto:lead@example.org', no)).toBe(false);
    expect(no.open).not.toHaveBeenCalled();
  });

  test.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'app://workstation/',
    'smb://host/share',
    'ms-msdt:/id x',
    'C:\\Windows\\system32\\cmd.exe',
    'no address',
    '',
  ])('%j is refused without asking', async (address) => {
    const yes = doors(true);
    await expect(openLink(address, yes)).rejects.toMatchObject({ code: 'bad-request' });
    expect(yes.confirm).not.toHaveBeenCalled();
    expect(yes.open).not.toHaveBeenCalled();
  });
});

describe('files the person saves', () => {
  test.each([
    ['ledger.csv', 'ledger.csv'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\run.bat', 'run.bat'],
    ['.bashrc', 'bashrc'],
    ['a:b*c?.txt', 'a-b-c-.txt'],
    ['name. ', 'name'],
    ['', 'second-opinion'],
    ['..', 'second-opinion'],
  ])('the suggestion %j becomes %j', (suggested, name) => {
    expect(safeFileName(suggested)).toBe(name);
  });

  test('are written where the person says, whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'save-'));
    const path = join(folder, 'mine.csv');
    const ask = vi.fn(async () => path);
    const file = { suggestedName: 'ledger.csv', bytes: new Uint8Array([1, 2, 3]) };
    expect(await saveFile('/downloads', file, ask)).toBe(path);
    expect(ask).toHaveBeenCalledWith(join('/downloads', 'ledger.csv'));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual(['mine.csv']);
    rmSync(folder, { recursive: true });
  });

  test('are not written when no place was chosen, and a bad place is one clear sentence', async () => {
    const file = { suggestedName: 'a', bytes: new Uint8Array() };
    expect(await saveFile('/downloads', file, async () => null)).toBeNull();
    const nowhere = join(tmpdir(), 'no-such-folder', 'deeper', 'a');
    await expect(saveFile('/downloads', file, async () => nowhere)).rejects.toMatchObject({
      message: 'The file could not be saved there. Choose another place.',
    });
  });
});
