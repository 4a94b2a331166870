import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeServer, fakeServer } from '../../../test/support/desk.tsx';
import { type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { LedgerEntry, LedgerGroup } from '../../data/types.ts';
import { setPlatform } from '../../platform.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { attentionSentence, summaryWords } from './summary-words.ts';
import { SyncStatusScreen } from './sync-status-screen.tsx';

// jsdom lays nothing out: without a height no row of a long list would be in view.
vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);

const entry = (seq: number, over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  seq,
  assignmentId: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}` as LedgerEntry['assignmentId'],
  batch: 'Cardio-renal 7',
  position: seq,
  title: `Case title ${seq}`,
  state: 'submitted',
  madeAt: '2026-11-21T09:00:00.000Z',
  bodyHash: 'ab'.repeat(32),
  status: 'accepted',
  receivedAt: '2026-11-21T09:00:02.000Z',
  auditHash: 'cd'.repeat(32),
  reason: null,
  ...over,
});

let server: FakeServer;
let saved: { suggestedName: string; bytes: Uint8Array }[];

beforeEach(() => {
  saved = [];
  server = fakeServer();
  const { host } = server;
  setPlatform({
    ...host,
    invoke: async (channel, ...args) => {
      if (channel !== 'files:save') return host.invoke(channel, ...args);
      const [file] = args as [{ suggestedName: string; bytes: Uint8Array }];
      saved.push(file);
      return { ok: true, value: { savedAs: file.suggestedName } as never };
    },
  });
});

function withLedger(entries: readonly LedgerEntry[]): FakeWorkspace {
  const workspace = fakeWorkspace({ cases: [{}] });
  const groupOf = ({ status }: LedgerEntry): LedgerGroup =>
    status === 'waiting'
      ? 'waiting'
      : status === 'quarantined' || status === 'conflict'
        ? 'attention'
        : 'synced';
  workspace.ledger = async ({ offset, limit, show }) => {
    const shown = entries.filter((one) => show === undefined || groupOf(one) === show);
    const count = (group: LedgerGroup) => entries.filter((one) => groupOf(one) === group).length;
    return {
      entries: shown.slice(offset, offset + limit),
      total: shown.length,
      counts: { waiting: count('waiting'), attention: count('attention'), synced: count('synced') },
    };
  };
  return workspace;
}

function show(workspace: FakeWorkspace) {
  const onSyncNow = vi.fn();
  const onOpenCase = vi.fn();
  render(
    <UiProvider env="test">
      <SyncStatusScreen
        workspace={workspace}
        onSyncNow={onSyncNow}
        onOpenCase={onOpenCase}
        signInAgain={<p>the form</p>}
        back={null}
      />
    </UiProvider>,
  );
  return { user: userEvent.setup(), onSyncNow, onOpenCase };
}

describe('the sync screen', () => {
  it('says what waits, when the last contact was, and tries at once when asked', async () => {
    const workspace = withLedger([]);
    workspace.setSync({
      state: 'offline',
      waiting: 3,
      lastSyncedAt: new Date(Date.now() - 5 * 60_000).toISOString(),
    });
    const { user, onSyncNow } = show(workspace);
    expect(await screen.findByRole('heading', { name: 'Offline' })).toBeVisible();
    expect(screen.getByText(/3 cases saved on this laptop, to be sent/)).toBeVisible();
    expect(screen.getByText('Last contact 5 min ago.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Sync now' }));
    expect(onSyncNow).toHaveBeenCalled();
  });

  it('says where the journal cannot be read, what that means and what to do, also after it was read of', async () => {
    const workspace = withLedger([]);
    const damage = { places: 3, foundAt: '2026-11-21T08:00:00.000Z', seen: true } as const;
    workspace.setHealth({ damage: { ...damage, missing: 'nothing' } });
    show(workspace);
    expect(await screen.findByText(/cannot be read at 3 places; .*so nothing is missing/)).toBeVisible();
    workspace.setHealth({ damage: { ...damage, missing: 'perhaps' } });
    await waitFor(() =>
      expect(screen.getByRole('alert')).toHaveTextContent(/may be missing.*tell your administrator/),
    );
    workspace.setHealth({ damage: { ...damage, missing: 'unknown' }, journalAlone: true, damagedCases: 1 });
    expect(await screen.findByText(/does not answer yet/)).toBeVisible();
    expect(screen.getByText(/journal of the downloaded cases cannot be read at one place/)).toBeVisible();
    expect(screen.getAllByRole('alert')).toHaveLength(3);
  });

  it('says quietly where the browser may clear its files', async () => {
    const workspace = withLedger([]);
    show(workspace);
    const said = /has not promised to keep the files of this site/;
    expect(screen.queryByText(said)).toBeNull();
    workspace.setHealth({ mayBeCleared: true });
    expect(await screen.findByText(said)).toBeVisible();
    expect(screen.queryAllByRole('alert')).toHaveLength(0);
  });

  it('lists every change with its receipt and lays out only those in view', async () => {
    show(withLedger(Array.from({ length: 5000 }, (_, index) => entry(5000 - index))));
    const table = await screen.findByRole('table', { name: 'Changes and receipts' });
    await waitFor(() => expect(table).toHaveAttribute('aria-rowcount', '5001'));
    expect(await screen.findByText('Case title 5000')).toBeVisible();
    expect(screen.getAllByText('ababababab')[0]).toBeVisible();
    expect(screen.getAllByText('cdcdcdcdcd')[0]).toBeVisible();
    expect(screen.getAllByRole('row').length).toBeLessThan(80);
  });

  it('[S13] keeps the receipt of a change whose text is no longer here, and says so', async () => {
    show(withLedger([entry(1), entry(2, { title: '', letGo: true })]));
    const row = (await screen.findByText('Case 3')).closest('tr');
    expect(row).toHaveTextContent('No longer kept on this laptop · Cardio-renal 7, case 3');
    expect(row).toHaveTextContent('cdcdcdcdcd');
    expect(screen.getByText('Case title 1').closest('tr')).not.toHaveTextContent('no longer kept');
  });

  it('saves the whole ledger as CSV and JSON, with no cell a spreadsheet would run', async () => {
    const entries = Array.from({ length: 1200 }, (_, index) =>
      entry(index + 1, { title: index === 7 ? '=cmd()' : 'Case' }),
    );
    const { user } = show(withLedger(entries));
    await user.click(screen.getByRole('button', { name: 'Save as CSV' }));
    await screen.findByText(/^Saved as receipts-.*\.csv\.$/);
    const csv = new TextDecoder().decode(saved[0]?.bytes);
    expect(csv.trim().split('\r\n')).toHaveLength(1201);
    expect(csv).toContain("'=cmd()");
    expect(csv).not.toMatch(/(^|,)=cmd/m);
    await user.click(screen.getByRole('button', { name: 'Save as JSON' }));
    await screen.findByText(/\.json\.$/);
    expect(JSON.parse(new TextDecoder().decode(saved[1]?.bytes))).toHaveLength(1200);
  });

  it('asks for a sign-in only when the session has ended', async () => {
    const workspace = withLedger([]);
    show(workspace);
    await screen.findByRole('heading', { name: 'All synced' });
    expect(screen.queryByText('the form')).toBeNull();
    workspace.setSync({ state: 'sign-in', waiting: 2 });
    expect(await screen.findByText('the form')).toBeVisible();
  });

  it('puts what needs a look on top, each with its sentence', async () => {
    const workspace = withLedger([
      entry(3),
      entry(2, { status: 'quarantined', reason: 'rating outside the scale' }),
      entry(1, { status: 'conflict' }),
    ]);
    workspace.setSync({ state: 'attention', message: 'One case could not be read by the server.' });
    show(workspace);
    expect(await screen.findByText('One case could not be read by the server.')).toBeVisible();
    expect(await screen.findByText(/cannot read it: rating outside the scale/)).toBeVisible();
    expect(await screen.findByText(/another change under this number; both are kept/)).toBeVisible();
  });
});

describe('the list', () => {
  it('shows what waits, what needs a look or what was received, with how many there are of each', async () => {
    const workspace = withLedger([
      entry(3, { status: 'waiting', receivedAt: null }),
      entry(2, { status: 'quarantined' }),
      entry(1),
    ]);
    const { user } = show(workspace);
    await user.click(await screen.findByRole('radio', { name: 'Waiting 1' }));
    expect(await screen.findByText('Case title 3')).toBeVisible();
    expect(screen.queryByText('Case title 1')).toBeNull();
    await user.keyboard('{ArrowRight}');
    expect(await screen.findByText('set aside')).toBeVisible();
    await user.click(screen.getByRole('radio', { name: 'Received 1' }));
    expect(await screen.findByText('Case title 1')).toBeVisible();
    expect(screen.getByRole('radio', { name: 'All 3' })).toBeInTheDocument();
  });

  it('leads to a case that needs a look, and to one answered on two laptops', async () => {
    const workspace = fakeWorkspace({ cases: [{ state: 'submitted', otherVersion: {} as never }] });
    workspace.setSync({
      state: 'attention',
      message: 'One case answered on more than one laptop.',
      about: 'versions',
    });
    const { user, onOpenCase } = show(workspace);
    expect(await screen.findByText(/All versions are kept; open it and choose/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /^Open Case 1/ }));
    expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[0]);
  });

  it('says how much of a batch that is still being downloaded is here', async () => {
    const workspace = withLedger([]);
    workspace.setBatch({ downloaded: 250, total: 1000 });
    show(workspace);
    expect(await screen.findByText(/250 of 1,000 cases are on this laptop/)).toBeVisible();
    expect(screen.getByRole('progressbar', { name: /Downloaded of/ })).toHaveAttribute(
      'aria-valuenow',
      '250',
    );
  });
});

describe('the words for a state', () => {
  it.each(['synced', 'waiting', 'syncing', 'offline', 'sign-in', 'attention'] as const)(
    'exist for %s',
    (state) => {
      const { title, text } = summaryWords({ state, waiting: 2, lastSyncedAt: null, message: null });
      expect(title.length).toBeGreaterThan(3);
      expect(text).toMatch(/\.$/);
    },
  );
  it('leave an entry alone that is as it should be', () => {
    expect(attentionSentence(entry(1))).toBeNull();
    expect(attentionSentence(entry(1, { status: 'late' }))).toBeNull();
    expect(attentionSentence(entry(1, { status: 'waiting' }))).toBeNull();
  });
});
