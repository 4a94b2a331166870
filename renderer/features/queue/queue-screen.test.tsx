import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { type FakeCase, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { QueueBatch, Workspace } from '../../data/types.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { downloadWords, stateWords } from './batch-words.ts';
import { QueueScreen } from './queue-screen.tsx';

// jsdom lays nothing out: without a height no row of a long list would be in view.
vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);

const now = new Date(2026, 10, 21, 9, 0);
const cases: FakeCase[] = [{ state: 'submitted' }, { state: 'draft' }, { state: 'skipped' }, {}, {}];

async function show(workspace: Workspace = fakeWorkspace({ cases })) {
  const onOpenCase = vi.fn();
  const onOpenSync = vi.fn();
  render(
    <UiProvider env="test">
      <QueueScreen workspace={workspace} onOpenCase={onOpenCase} onOpenSync={onOpenSync} now={now} />
    </UiProvider>,
  );
  await waitFor(() =>
    expect(
      screen.queryAllByRole('tab').length + screen.queryAllByRole('heading', { level: 2 }).length,
    ).toBeGreaterThan(0),
  );
  return { user: userEvent.setup(), onOpenCase, onOpenSync };
}

/** The fake's one batch, and a second one that has nothing open any more. */
function twoBatches(): Workspace & { second: QueueBatch } {
  const base = fakeWorkspace({ cases });
  const second: QueueBatch = {
    ...({} as QueueBatch),
    id: '00000000-0000-4000-8100-000000000009' as QueueBatch['id'],
    name: 'Cardio-renal 8',
    study: 'Cardio-renal',
    specialty: 'Nephrology',
    deadline: '2026-11-24',
    total: 20,
    downloaded: 5,
    untouched: 5,
    drafts: 0,
    submitted: 0,
    skipped: 0,
    waiting: 0,
    continueAt: base.ids[4] ?? null,
    paceMs: null,
  };
  return {
    ...base,
    second,
    queue: async () => [...(await base.queue()), second],
    places: async (id) => (id === second.id ? [] : base.places(id)),
  };
}

describe('the queue', () => {
  it('continues at the open draft when Enter is pressed at once, with the focus on the button', async () => {
    const workspace = fakeWorkspace({ cases });
    const { user, onOpenCase } = await show(workspace);
    expect(await screen.findByRole('button', { name: /^Continue Cardio-renal 7/ })).toHaveFocus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[1]));
    expect(onOpenCase).toHaveBeenCalledTimes(1);
  });

  it('moves the mark with j, k and the arrows, and Enter goes where it stands', async () => {
    const workspace = twoBatches();
    const { user, onOpenCase } = await show(workspace);
    await screen.findByRole('button', { name: /^Continue Cardio-renal 7/ });
    await user.keyboard('j');
    expect(screen.getByRole('button', { name: /^Continue Cardio-renal 8/ })).toBeVisible();
    await user.keyboard('{ArrowUp}k');
    expect(screen.getByRole('button', { name: /^Continue Cardio-renal 7/ })).toBeVisible();
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() =>
      expect(onOpenCase).toHaveBeenCalledWith(workspace.second.id, workspace.second.continueAt),
    );
  });

  it('says of each batch how far it is, when it is due and whether it is here', async () => {
    await show(twoBatches());
    const row = screen.getByRole('button', { name: /Cardio-renal 8.*0 of 20/ });
    expect(row).toHaveTextContent('due in 3 days, about 1 h of work');
    expect(row).toHaveTextContent('5 of 20 downloaded');
    expect(row).toHaveTextContent('Nephrology');
  });

  it('lists drafts, what is to be sent and what is sent, with their counts, and opens any of them', async () => {
    const workspace = fakeWorkspace({ cases });
    const places = workspace.places;
    const { user, onOpenCase } = await show({
      ...workspace,
      places: async (id) =>
        (await places(id)).map((place) => ({ ...place, waiting: place.state === 'skipped' })),
    });
    expect(screen.getByRole('tab', { name: 'Drafts 1' })).toBeVisible();
    expect(screen.getByRole('tab', { name: 'Ready to send 1' })).toBeVisible();
    await user.click(screen.getByRole('tab', { name: 'Sent 1' }));
    const line = await screen.findByRole('button', { name: /Case 1 of 5.*submitted · at the server/ });
    await user.click(line);
    expect(onOpenCase).toHaveBeenCalledWith(workspace.batchId, workspace.ids[0]);
    await user.keyboard('3');
    expect(await screen.findByRole('button', { name: /Case 3.*skipped · waiting to be sent/ })).toBeVisible();
  });

  it('shows its keys with ?, and they rest while the list is open', async () => {
    const { user, onOpenSync } = await show();
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keys on this screen' });
    expect(within(sheet).getByText('Continue with the marked batch')).toBeVisible();
    await user.keyboard('s');
    expect(onOpenSync).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.keyboard('s');
    expect(onOpenSync).toHaveBeenCalled();
  });

  it.each([
    ['synced', 'Nothing assigned yet'],
    ['offline', 'No connection, and no cases here yet'],
    ['syncing', 'Looking for your batches'],
  ] as const)('with nothing here and %s says "%s"', async (state, title) => {
    const workspace = fakeWorkspace({ cases: [] });
    workspace.setSync({ state });
    await show({ ...workspace, queue: async () => [] });
    expect(await screen.findByRole('heading', { name: title })).toBeVisible();
    expect(screen.queryByRole('button', { name: /Continue/ })).toBeNull();
  });

  it('warns of a full disk, an ended session and what needs a look, and leads to the ledger', async () => {
    const workspace = fakeWorkspace({ cases });
    workspace.setDiskLow(true);
    workspace.setSync({ state: 'attention', message: 'One case could not be read by the server.' });
    const { user, onOpenSync } = await show(workspace);
    expect(await screen.findByText(/disk is nearly full/)).toBeVisible();
    expect(await screen.findByText('One case could not be read by the server.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Open the list' }));
    expect(onOpenSync).toHaveBeenCalled();
    workspace.setSync({ state: 'sign-in', message: null });
    expect(await screen.findByRole('button', { name: 'Sign in again' })).toBeVisible();
  });

  it('shows a change of the work at once', async () => {
    const workspace = fakeWorkspace({ cases });
    await show(workspace);
    const [, , , id] = workspace.ids;
    if (!id) throw new Error('the fake has five cases');
    await workspace.save(id, (await workspace.loadCase(id)).body, 'draft');
    expect(await screen.findByRole('tab', { name: 'Drafts 2' })).toBeVisible();
  });
});

describe('the words of a batch', () => {
  const batch = (over: Partial<QueueBatch>) =>
    ({ total: 10, downloaded: 10, drafts: 0, submitted: 0, skipped: 0, waiting: 0, ...over }) as QueueBatch;
  it.each([
    [{}, 'new'],
    [{ submitted: 2 }, 'in progress'],
    [{ drafts: 1, submitted: 2 }, '1 draft'],
    [{ submitted: 9, skipped: 1, waiting: 3 }, '3 to send'],
    [{ submitted: 10 }, 'all sent'],
  ])('%j is "%s"', (over, words) => {
    expect(stateWords(batch(over))).toBe(words);
  });
  it.each([
    [{}, 'on this laptop'],
    [{ downloaded: 4 }, '4 of 10 downloaded'],
    [{ downloaded: 0 }, 'not downloaded yet'],
  ])('%j says "%s"', (over, words) => {
    expect(downloadWords(batch(over))).toBe(words);
  });
});
