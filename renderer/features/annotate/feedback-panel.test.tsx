import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { expertAnswerSchema } from '../../../shared/schema/expert-answer.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import type { ExpertFeedback, QueueBatch } from '../../data/types.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const rated = { accuracy: 4, safety: 4, completeness: 4, reasoning: 4, communication: 4 };
const done: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: { a: rated, b: { ...rated, accuracy: 2, safety: 2 } },
  preference: -2,
};
const feedback = (over: Partial<ExpertFeedback> = {}): ExpertFeedback => ({
  kind: 'practice',
  at: '2026-11-21T09:00:00.000Z',
  answer: expertAnswerSchema.parse({
    preference: -3,
    a: { ratings: { accuracy: 5 } },
    b: {
      ratings: { accuracy: 1, safety: 5 },
      refusal: 'no-refusal',
      flags: [{ kind: 'wrong-dose', severity: 'severe', quote: '40 mmol', note: 'Ten times too much.' }],
    },
    why: 'A **stops** the drug; B doubles it.',
  }),
  ...over,
});
const standing = { answered: 1, agreed: 1, cases: 3, needed: 2, passed: null };
const practice: Partial<QueueBatch> = { kind: 'practice', practice: standing };

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

async function show(cases: FakeCase[], batch: Partial<QueueBatch> = {}, at = 0) {
  const workspace = fakeWorkspace({ cases, batch });
  render(
    <UiProvider env="test">
      <Host workspace={workspace} at={at} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  const [first] = workspace.ids;
  if (!first) throw new Error('a case is needed');
  return { workspace, first, user: userEvent.setup() };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const experts = () => here().queryByRole('region', { name: 'What experts said' });
const settle = () => act(async () => await flushOpenWork());
const submitKeys = '{Control>}{Enter}{/Control}';

describe('practice', () => {
  it('keeps the case on screen after Submit and says that the experts’ view is to come', async () => {
    const { workspace, user } = await show([{ body: done }, {}], practice);
    workspace.setSync({ state: 'offline' });
    expect(here().getByRole('button', { name: /^Submit/ })).not.toHaveTextContent('and next');
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved.at(-1)?.state).toBe('submitted');
    expect(here().getByText('Left answer 1.')).toBeInTheDocument();
    expect(experts()).toHaveTextContent('comes with the next sync');
    expect(within(experts() as HTMLElement).getByRole('button', { name: /Next case/ })).toHaveFocus();
    await user.keyboard(submitKeys);
    await waitFor(() => expect(here().getByText('Left answer 2.')).toBeInTheDocument());
    expect(experts()).toBeNull();
  });

  it('shows what experts said as soon as it comes: verdict, marks, reason and unsafe passages', async () => {
    const { workspace, first, user } = await show([{ body: done }, {}], practice);
    act(() => workspace.giveFeedback(first, feedback()));
    expect(experts()).toBeNull();
    await user.keyboard(submitKeys);
    await settle();
    await waitFor(() => expect(experts()).toHaveTextContent('You and the experts prefer the same answer'));
    const panel = within(experts() as HTMLElement);
    expect(experts()).toHaveTextContent('2 of 3 ratings within one step');
    expect(experts()).toHaveTextContent('experts saw 1 problem, you marked none');
    expect(panel.getByRole('row', { name: /Accuracy/ })).toHaveTextContent(
      'you: 4 · good; experts: 5 · excellent',
    );
    expect(panel.getByRole('row', { name: /Preference/ })).toHaveTextContent(
      'you: A better; experts: A much better',
    );
    expect(panel.getByText('stops').tagName).toBe('STRONG');
    expect(panel.getByText('B: Wrong dose, severe')).toBeVisible();
    expect(panel.getByText('40 mmol')).toBeVisible();
    expect(experts()).toHaveTextContent('Practice: 1 of 3 done, 1 agreed, 2 needed');
    expect((await workspace.queue())[0]?.feedback).toBe(0);
  });

  it('goes back to one’s answers and to the experts again with one key, and submits a change again', async () => {
    const { workspace, user } = await show(
      [{ state: 'submitted', body: done, feedback: feedback() }],
      practice,
    );
    await waitFor(() => expect(experts()).not.toBeNull());
    await user.keyboard('y');
    expect(experts()).toBeNull();
    expect(here().getByRole('button', { name: /What experts said/ })).toBeVisible();
    await user.click(here().getByRole('radio', { name: /^Equal/ }));
    await user.keyboard('y');
    expect(experts()).toHaveTextContent('Experts say A much better; you say equal.');
    await user.keyboard('y');
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({ state: 'submitted', body: { preference: 0 } });
  });

  it('ends with the result and the work that it opened', async () => {
    const { workspace, user } = await show(
      [{ state: 'submitted', body: done, feedback: feedback() }],
      practice,
    );
    act(() => workspace.setBatch({ practice: { ...standing, answered: 3, agreed: 3, passed: true } }));
    await waitFor(() => expect(experts()).toHaveTextContent('3 of 3 done'));
    await user.keyboard(submitKeys);
    expect(await screen.findByRole('heading', { name: 'Practice passed' })).toBeVisible();
    expect(screen.getByText(/You agreed with the experts in 3 of 3; 2 were needed/)).toBeVisible();
  });
});

describe('calibration', () => {
  const calibration = feedback({ kind: 'calibration' });

  it('shows the experts’ view of a known case and that the answer stands as it is', async () => {
    await show([{ state: 'submitted', body: done, feedback: calibration }, {}]);
    await waitFor(() => expect(experts()).toHaveTextContent('Your submitted answer stands as it is'));
  });

  it('does not cover a case that is open when its feedback comes; a key shows it', async () => {
    const { workspace, first, user } = await show([{ state: 'submitted', body: done }, {}]);
    act(() => workspace.giveFeedback(first, calibration));
    expect(await here().findByRole('button', { name: /What experts said/ })).toBeVisible();
    expect(experts()).toBeNull();
    await user.keyboard('y');
    expect(experts()).not.toBeNull();
  });

  it('shows nothing for a case that was never submitted', async () => {
    const { user } = await show([{ state: 'draft', body: done, feedback: calibration }, {}]);
    await user.keyboard('y');
    expect(experts()).toBeNull();
    expect(here().queryByRole('button', { name: /What experts said/ })).toBeNull();
  });
});

describe('a returned case', () => {
  const comment = 'You prefer A, yet rate it less safe.\nWhy?';
  const returned = { comment, at: '2026-11-21T08:30:00.000Z', answered: false };

  it('keeps the reviewer’s comment beside the case and can be submitted again, changed or not', async () => {
    const { workspace, user } = await show([{ state: 'submitted', body: done, returned }]);
    expect(here().getByText(/A reviewer returned this case/)).toBeVisible();
    expect(here().getByText(/yet rate it less safe/)).toBeVisible();
    expect(here().getByRole('button', { name: /Submit again/ })).toBeVisible();
    await user.keyboard(submitKeys);
    await settle();
    expect(workspace.saved.at(-1)?.state).toBe('submitted');
    expect(await screen.findByRole('heading', { name: /is done/ })).toBeVisible();
    await user.keyboard('b');
    await waitFor(() => expect(here().getByText('Submitted again.')).toBeVisible());
  });

  it('opens with one’s own answers, ready to change, though experts spoke of it too', async () => {
    const told = feedback({ kind: 'calibration' });
    await show([{ state: 'submitted', body: done, returned, feedback: told }]);
    expect(experts()).toBeNull();
    expect(here().getByRole('button', { name: /^What experts said/ })).toBeVisible();
    expect(here().getByRole('button', { name: /^Submit again/ })).toBeVisible();
  });

  it('shows a comment that comes while the case is open', async () => {
    const { workspace, first } = await show([{ state: 'submitted', body: done }, {}]);
    act(() => workspace.returnCase(first, comment));
    expect(await here().findByText(/A reviewer returned this case/)).toBeVisible();
  });

  it('says that a change is not submitted yet when it is opened again', async () => {
    await show([{ state: 'draft', body: done, returned, changedSinceSubmit: true }]);
    expect(here().getByRole('button', { name: /Submit again/ })).toBeVisible();
  });
});

describe('a locked batch', () => {
  it('can be read and not changed, says so, and opens again when the lock is taken away', async () => {
    const { workspace, user } = await show([{ body: done, state: 'draft' }, {}]);
    act(() => workspace.setBatch({ locked: true }));
    expect(await here().findByText('Your lead locked this batch.')).toBeVisible();
    await user.keyboard('u');
    await settle();
    expect(workspace.saved).toEqual([]);
    expect(here().getByRole('button', { name: /Next case/ })).toBeVisible();
    act(() => workspace.setBatch({ locked: false }));
    await waitFor(() => expect(here().queryByText('Your lead locked this batch.')).toBeNull());
    await user.keyboard('u');
    await settle();
    expect(workspace.saved.at(-1)?.body.bothUnacceptable).toBe(true);
  });
});
