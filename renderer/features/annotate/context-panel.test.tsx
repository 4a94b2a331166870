import { act, fireEvent, render, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { contextPreferenceOf, parseLayout, usualLayout } from './context-layout.ts';
import { placePreferenceOf } from './context-place.ts';

const chart: FakeCase['context'] = {
  patient: { summary: '71-year-old woman' },
  problems: [{ name: 'Heart failure' }],
  medications: [{ name: 'Bisoprolol', dose: '5 mg' }],
  allergies: [],
  noKnownAllergies: true,
  notes: [],
  vitals: [],
  labs: [{ name: 'Potassium', points: [{ at: '2026-03-12', value: 5.8 }] }],
};
const cases: FakeCase[] = [{ context: chart }, { context: chart }, { contextText: 'Plan: rest.' }, {}];

function Host({ workspace, at }: { workspace: FakeWorkspace; at: number }) {
  const [id, setId] = useState(workspace.ids[at] as AssignmentId);
  return (
    <AnnotateScreen
      workspace={workspace}
      batchId={workspace.batchId}
      assignmentId={id}
      onOpenCase={setId}
      onLeave={vi.fn()}
      onOpenLedger={vi.fn()}
    />
  );
}

async function show(workspace = fakeWorkspace({ cases }), at = 0) {
  const view = render(
    <UiProvider env="test">
      <Host workspace={workspace} at={at} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  return { workspace, user: userEvent.setup(), ...view };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const scroller = () => layer()?.querySelector<HTMLElement>('[data-context]') as HTMLElement;
const study = 'Study';
const kept = (workspace: FakeWorkspace) =>
  parseLayout(workspace.preferences.get(contextPreferenceOf(study)) ?? null);

describe('the context panel', () => {
  it('remembers folded parts per study, for every case of it', async () => {
    const { user, workspace, unmount } = await show();
    await user.click(here().getByRole('button', { name: 'Problems 1' }));
    expect(here().queryByText('Heart failure')).toBeNull();
    await waitFor(() => expect(kept(workspace).parts).toEqual({ problems: true }));
    unmount();
    await show(workspace, 1);
    expect(here().queryByText('Heart failure')).toBeNull();
    expect(here().getByText('Bisoprolol')).toBeInTheDocument();
  });

  it('begins a new study with the newest choice, and then keeps its own', async () => {
    const other = fakeWorkspace({ cases, batch: { study: 'Another' } });
    other.preferences.set('annotate.context', JSON.stringify({ width: 420, folded: false }));
    other.preferences.set(contextPreferenceOf(study), JSON.stringify({ width: 260, folded: true }));
    await show(other);
    expect(here().getByRole('separator')).toHaveAttribute('aria-valuenow', '420');
  });

  it('is widened by keys within its limits, and put back by a double click', async () => {
    const { user, workspace } = await show();
    const handle = here().getByRole('separator', { name: 'Width of the context' });
    act(() => handle.focus());
    await user.keyboard('{ArrowRight}');
    expect(handle).toHaveAttribute('aria-valuenow', '316');
    await user.keyboard('{End}');
    expect(handle).toHaveAttribute('aria-valuenow', '560');
    await user.keyboard('{Home}{ArrowLeft}');
    expect(handle).toHaveAttribute('aria-valuenow', '240');
    fireEvent.doubleClick(handle);
    expect(handle).toHaveAttribute('aria-valuenow', String(usualLayout.width));
    await waitFor(() => expect(kept(workspace).width).toBe(usualLayout.width));
  });

  it('folds with C from inside it, and the focus goes on', async () => {
    const { user } = await show();
    act(() => here().getByRole('button', { name: 'Problems 1' }).focus());
    await user.keyboard('c');
    expect(here().getByRole('button', { name: 'Question and context' })).toHaveFocus();
    await user.keyboard('c');
    expect(here().getByRole('button', { name: 'Fold the context' })).toHaveFocus();
  });

  it('goes from part to part with J and K, and back to the question with Q', async () => {
    const { user } = await show();
    await user.keyboard('j');
    expect(here().getByRole('heading', { name: 'Patient' })).toHaveFocus();
    await user.keyboard('jj');
    expect(here().getByRole('button', { name: 'Medications 1' })).toHaveFocus();
    await user.keyboard('k');
    expect(here().getByRole('button', { name: 'Problems 1' })).toHaveFocus();
    await user.keyboard('q');
    expect(document.activeElement).toHaveTextContent('Question 1?');
  });

  it('opens a folded context for a jump into it', async () => {
    const { user } = await show();
    await user.keyboard('c');
    await user.keyboard('q');
    await waitFor(() => expect(document.activeElement).toHaveTextContent('Question 1?'));
  });

  it('comes back to where a case was read, also after a restart', async () => {
    const { workspace, user, unmount } = await show();
    scroller().scrollTop = 240;
    fireEvent.scroll(scroller());
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(workspace.preferences.get(placePreferenceOf(study))).toContain('"top":240'), {
      timeout: 2000,
    });
    unmount();
    await show(workspace);
    expect(scroller().scrollTop).toBe(240);
  });

  it('shows raw context where there is no structure, and says when there is none', async () => {
    const { unmount } = await show(undefined, 2);
    expect(here().getByText('Plan:').tagName).toBe('B');
    unmount();
    await show(undefined, 3);
    expect(here().getByText('No clinical context was given with this case.')).toBeInTheDocument();
  });
});

describe('a stored choice', () => {
  it('that cannot be read becomes the usual one', () => {
    expect(parseLayout('{"width":"wide","parts":{"labs":1,"moon":true},"greyRepeated":"no"}')).toEqual(
      usualLayout,
    );
    expect(parseLayout('nonsense')).toEqual(usualLayout);
    expect(parseLayout('{"width":9999,"folded":true,"parts":{"labs":true}}')).toEqual({
      ...usualLayout,
      width: 560,
      folded: true,
      parts: { labs: true },
    });
  });
});
