import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { useSession } from '../../data/session-state.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { hasRefusedWork, settleOpenWork } from './open-work.ts';
import { useUnsavedCases } from './unsaved-cases.ts';

const layer = () => within(document.querySelector('[data-layer][data-active]') as HTMLElement);
const accuracy = () => layer().getAllByRole('slider')[0];

async function show(workspace: FakeWorkspace) {
  const view = render(
    <UiProvider env="test">
      <AnnotateScreen
        workspace={workspace}
        batchId={workspace.batchId}
        assignmentId={workspace.ids[0] as AssignmentId}
        onOpenCase={vi.fn()}
        onLeave={vi.fn()}
        onOpenLedger={vi.fn()}
      />
    </UiProvider>,
  );
  await waitFor(() => expect(document.querySelector('[data-layer][data-active]')).not.toBeNull());
  return view;
}

/** A rating that a full disk refuses, and a way out of the case. */
async function rateAndLeave(workspace: FakeWorkspace) {
  workspace.holdSaves = () => Promise.reject(new AppError('disk-low'));
  const view = await show(workspace);
  accuracy()?.focus();
  await userEvent.keyboard('4');
  await screen.findByText(/^Your answers are still here/);
  view.unmount();
}

const count = () => useUnsavedCases.getState().count;

afterEach(() => {
  useSession.setState({ session: null });
});

it('keeps an answer the disk refused when its screen is left, and shows it to whoever comes back', async () => {
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  await rateAndLeave(workspace);
  expect(count()).toBe(1);
  expect(workspace.saved).toHaveLength(0);
  expect(await settleOpenWork()).toBe(false);
  await show(workspace);
  expect(accuracy()).toHaveAttribute('aria-valuenow', '4');
  expect(count()).toBe(0);
  workspace.holdSaves = null;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(workspace.saved.at(-1)?.body.ratings.a).toMatchObject({ accuracy: 4 }));
});

it('saves it by itself once the disk takes it, on the very screen', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const workspace = fakeWorkspace({ cases: [{}, {}] });
    workspace.holdSaves = () => Promise.reject(new AppError('disk-low'));
    await show(workspace);
    accuracy()?.focus();
    await userEvent.keyboard('4');
    await screen.findByText(/^Your answers are still here/);
    expect(hasRefusedWork()).toBe(true);
    workspace.holdSaves = null;
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(workspace.saved.at(-1)?.body.ratings.a).toMatchObject({ accuracy: 4 });
    expect(screen.queryByText(/^Your answers are still here/)).toBeNull();
    expect(hasRefusedWork()).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

it('saves it by itself once the disk takes it, while another screen is shown', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const workspace = fakeWorkspace({ cases: [{}, {}] });
    await rateAndLeave(workspace);
    workspace.holdSaves = null;
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(workspace.saved.at(-1)?.body.ratings.a).toMatchObject({ accuracy: 4 });
    expect(count()).toBe(0);
    expect(await settleOpenWork()).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

it('lets go of it when the work is closed, so that the next person’s work can be locked', async () => {
  const workspace = fakeWorkspace({ cases: [{}, {}] });
  await rateAndLeave(workspace);
  useSession.setState({ session: null, notice: 'closed' });
  expect(count()).toBe(0);
  expect(await settleOpenWork()).toBe(true);
});
