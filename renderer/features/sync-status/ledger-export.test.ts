import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../data/types.ts';
import { csvCell, ledgerCsv, ledgerJson } from './ledger-export.ts';

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  seq: 1,
  assignmentId: '0190f0f0-0000-7000-8000-000000000001' as LedgerEntry['assignmentId'],
  batch: 'Cardio-renal 7',
  position: 3,
  title: 'Potassium, rising',
  state: 'submitted',
  madeAt: '2026-11-21T09:00:00.000Z',
  bodyHash: 'a'.repeat(64),
  status: 'accepted',
  receivedAt: '2026-11-21T09:00:02.000Z',
  auditHash: 'b'.repeat(64),
  reason: null,
  ...over,
});

describe('the exported ledger', () => {
  it.each(['=1+1', '+31 6', '-2', '@sum', '\tx', '\rx', '  =cmd()'])(
    'never lets a spreadsheet run %j',
    (text) => {
      expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );
  it('quotes commas, quotes and line breaks', () => {
    expect(csvCell('a, "b"\nc')).toBe('"a, ""b""\nc"');
  });
  it('has one row for each change and leaves what is not there empty', () => {
    const csv = ledgerCsv([entry({ receivedAt: null, auditHash: null, status: 'waiting' })]);
    const [head, row, rest] = csv.split('\r\n');
    expect(head?.split(',')).toHaveLength(12);
    expect(row).toContain('"Potassium, rising"');
    expect(row?.endsWith('waiting,,,')).toBe(true);
    expect(rest).toBe('');
  });
  it('is the same list as JSON, with the whole hashes', () => {
    const [first] = JSON.parse(ledgerJson([entry({ title: '=1+1' })]));
    expect(first).toMatchObject({ seq: 1, title: '=1+1', bodyHash: 'a'.repeat(64) });
  });
});
