import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { preferences } from '../../ui/preferences.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

/** A clock that only the test moves. */
function stoppedClock() {
  let at = 1000;
  const pass = (ms: number) => {
    at += ms;
  };
  return { now: () => at, pass };
}

async function show(workspace: FakeWorkspace, now: () => number) {
  const view = render(
    <UiProvider env="test">
      <AnnotateScreen
        workspace={workspace}
        batchId={workspace.batchId}
        assignmentId={workspace.ids[0] as AssignmentId}
        onOpenCase={vi.fn()}
        onLeave={vi.fn()}
        onOpenLedger={vi.fn()}
        now={now}
      />
    </UiProvider>,
  );
  await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull());
  return view;
}

const inSight = () => vi.spyOn(document, 'hasFocus').mockReturnValue(true);
const layer = () => within(document.querySelector('[data-layer][data-active]') as HTMLElement);

it('saves with every revision where the time went, and how many changes were made', async () => {
  inSight();
  const { now, pass } = stoppedClock();
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  await show(workspace, now);
  const user = userEvent.setup();
  pass(12_000);
  act(() => layer().getByRole('slider', { name: 'Accuracy, answer A' }).focus());
  await user.keyboard('{Home}');
  pass(3000);
  await user.keyboard('4');
  await user.keyboard('{Control>}z{/Control}');
  await act(flushOpenWork);
  const time = workspace.saved.at(-1)?.body.time;
  expect(time).toMatchObject({ activeMs: 15_000, wallMs: 15_000, edits: 3 });
  expect(Object.values(time?.sections ?? {}).reduce((sum, ms) => sum + ms, 0)).toBe(15_000);
  expect(time?.sections?.judging).toBeGreaterThanOrEqual(3000);
});

it('shows the time on T, with what the words mean and who sees it, and hides the header display on demand', async () => {
  inSight();
  const { now, pass } = stoppedClock();
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  await show(workspace, now);
  const user = userEvent.setup();
  pass(95_000);
  expect(await screen.findByRole('button', { name: 'Time on this case' })).toBeInTheDocument();
  await user.keyboard('t');
  const dialog = within(await screen.findByRole('dialog', { name: 'Time on this case' }));
  expect(await dialog.findByText('Active')).toBeInTheDocument();
  expect(dialog.getByText(/Reading counts/)).toBeInTheDocument();
  expect(dialog.getByText(/Your lead sees your median active time/)).toBeInTheDocument();
  await user.click(dialog.getByRole('checkbox', { name: /Show the time/ }));
  expect(preferences.get().pace).toBe('hidden');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Time on this case' })).toBeNull());
});

it('carries the time of a case read without an answer over to the next session', async () => {
  inSight();
  const { now, pass } = stoppedClock();
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  const first = await show(workspace, now);
  pass(15_000);
  await act(flushOpenWork);
  first.unmount();
  expect(workspace.saved).toEqual([]);
  await show(workspace, now);
  pass(5000);
  await userEvent.setup().keyboard('4');
  await act(flushOpenWork);
  expect(workspace.saved.at(-1)?.body.time).toMatchObject({ activeMs: 20_000, wallMs: 20_000 });
});
