import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../../shared/schema/rubric.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const three: FakeCase[] = [{}, {}, {}];
const done: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: {
    a: { accuracy: 4, safety: 4, completeness: 4, reasoning: 4, communication: 4 },
    b: { accuracy: 2, safety: 2, completeness: 2, reasoning: 2, communication: 2 },
  },
  preference: -2,
};

function Host({ workspace, at, moves }: { workspace: FakeWorkspace; at: number; moves: AssignmentId[] }) {
  const [id, setId] = useState(workspace.ids[at] as AssignmentId);
  const onOpenCase = (next: AssignmentId) => {
    moves.push(next);
    setId(next);
  };
  return (
    <AnnotateScreen
      workspace={workspace}
      batchId={workspace.batchId}
      assignmentId={id}
      onOpenCase={onOpenCase}
      onLeave={vi.fn()}
      onOpenLedger={vi.fn()}
    />
  );
}

async function show(cases: FakeCase[] = three, options: { rubric?: Rubric; at?: number } = {}) {
  const workspace = fakeWorkspace({ cases, rubric: options.rubric ?? defaultRubric });
  const moves: AssignmentId[] = [];
  const view = render(
    <UiProvider env="test">
      <Host workspace={workspace} at={options.at ?? 0} moves={moves} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  await waitFor(() =>
    expect(document.querySelectorAll('[data-layer]').length).toBe(Math.min(cases.length, 2)),
  );
  return { workspace, moves, user: userEvent.setup(), ...view };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const answerShown = (text: string) => expect(here().getByText(text)).toBeInTheDocument();
const focusName = () => document.activeElement?.getAttribute('aria-label');
const settle = () => act(async () => await flushOpenWork());

describe('a whole case by keyboard', () => {
  it('takes 12 key presses: ten digits, a preference, submit', async () => {
    const { workspace, user, moves } = await show();
    expect(focusName()).toBe('Accuracy, answer A');
    await user.keyboard('4251433241');
    await user.keyboard('2');
    await user.keyboard('{Control>}{Enter}{/Control}');
    answerShown('Left answer 2.');
    await settle();
    const last = workspace.saved.at(-1);
    expect(last).toMatchObject({
      id: workspace.ids[0],
      state: 'submitted',
      body: { preference: -2, skip: null },
    });
    expect(last?.body.ratings.a).toEqual({
      accuracy: 4,
      safety: 5,
      completeness: 4,
      reasoning: 3,
      communication: 4,
    });
    expect(last?.body.ratings.b).toEqual({
      accuracy: 2,
      safety: 1,
      completeness: 3,
      reasoning: 2,
      communication: 1,
    });
    await waitFor(() => expect(moves).toEqual([workspace.ids[1]]));
    expect(focusName()).toBe('Accuracy, answer A');
  });

  it('moves between rows and sides, and prefers from anywhere', async () => {
    const { user } = await show();
    await user.keyboard('{ArrowDown}{Shift>}{ArrowRight}{/Shift}');
    expect(focusName()).toBe('Safety, answer B');
    await user.keyboard('{ArrowUp}{Shift>}{ArrowLeft}{/Shift}');
    expect(focusName()).toBe('Accuracy, answer A');
    await user.keyboard('{Shift>}[Digit7]{/Shift}');
    expect(here().getByRole('radio', { name: 'B much better' })).toBeChecked();
  });

  it('rates the first unset slider when the focus is elsewhere', async () => {
    const { user } = await show();
    act(() => here().getByRole('group', { name: 'Answer A, text' }).focus());
    await user.keyboard('3');
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute('aria-valuenow', '3');
  });
});

describe('submit', () => {
  it('names what is missing and goes to the first of it', async () => {
    const { workspace, user } = await show([
      { body: { ...done, ratings: { ...done.ratings, b: { accuracy: 2 } } }, state: 'draft' },
      {},
    ]);
    await user.click(here().getByRole('button', { name: /Submit and next/ }));
    expect(focusName()).toBe('Safety, answer B');
    expect(
      here().getByText('Still needed: Safety B, Completeness B, Reasoning B, 1 more'),
    ).toBeInTheDocument();
    expect(workspace.saved).toEqual([]);
    await user.keyboard('1111');
    expect(here().queryByText(/Still needed/)).toBeNull();
  });

  it('shows the next case without waiting for the disk, and says saved only after it', async () => {
    const { workspace, user } = await show([{ body: done, state: 'draft' }, {}, {}]);
    let finish = () => {};
    workspace.holdSaves = () => new Promise<void>((resolve) => (finish = resolve));
    await user.click(here().getByRole('button', { name: /Submit and next/ }));
    answerShown('Left answer 2.');
    expect(workspace.saved).toEqual([]);
    await screen.findByRole('button', { name: /^Saving…/ });
    await act(async () => finish());
    await screen.findByRole('button', { name: /^Saved on this laptop/ });
    expect(workspace.saved.map(({ state }) => state)).toEqual(['submitted']);
  });

  it('comes back to the case with the reason and every answer when the disk refuses', async () => {
    const { workspace, user, moves } = await show([{ body: done, state: 'draft' }, {}, {}]);
    workspace.holdSaves = () => Promise.reject(new AppError('disk-low'));
    await user.click(here().getByRole('button', { name: /Submit and next/ }));
    await waitFor(() => answerShown('Left answer 1.'));
    expect(here().getByRole('alert')).toHaveTextContent(/Not saved: This disk is nearly full/);
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute('aria-valuenow', '4');
    // The address was either never told of the next case, or told to come back.
    await waitFor(() => expect(moves.at(-1) ?? workspace.ids[0]).toBe(workspace.ids[0]));
    await user.click(here().getByRole('button', { name: /Submit/ }));
    answerShown('Left answer 1.');
    workspace.holdSaves = null;
    await user.click(here().getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(here().queryByRole('alert')).toBeNull());
    await user.click(here().getByRole('button', { name: /Submit/ }));
    answerShown('Left answer 2.');
  });

  it('ends the batch with counts when nothing is open any more', async () => {
    const { user } = await show([{ state: 'skipped' }, { body: done, state: 'draft' }], { at: 1 });
    await user.click(here().getByRole('button', { name: /Submit and next/ }));
    expect(await screen.findByRole('heading', { name: 'Cardio-renal 7 is done' })).toBeInTheDocument();
    expect(screen.getByText('Back to the queue').closest('button')).toHaveFocus();
    await user.keyboard('b');
    await waitFor(() => answerShown('Left answer 2.'));
  });

  it('asks to submit again once a submitted case is changed, and walks on when it is not', async () => {
    const { workspace, user } = await show([{ body: done, state: 'submitted' }, {}]);
    expect(here().getByRole('button', { name: /Next case/ })).toBeInTheDocument();
    await user.keyboard('u');
    expect(here().getByRole('button', { name: /Submit again/ })).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: /^Changed since submitted: submit again/ }),
    ).toBeInTheDocument();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({ state: 'submitted', body: { bothUnacceptable: true } });
  });
});

describe('autosave and undo', () => {
  it('saves a draft by itself', async () => {
    const { workspace, user } = await show();
    await user.keyboard('4');
    await waitFor(() => expect(workspace.saved).toHaveLength(1));
    expect(workspace.saved[0]).toMatchObject({
      state: 'draft',
      body: { ratings: { a: { accuracy: 4 }, b: {} } },
    });
  });

  it('writes what is open when the app drains or the screen closes', async () => {
    const { workspace, user, unmount } = await show();
    await user.keyboard('4');
    await settle();
    expect(workspace.saved).toHaveLength(1);
    await user.keyboard('5');
    unmount();
    await waitFor(() => expect(workspace.saved.at(-1)?.body.ratings.b).toEqual({ accuracy: 5 }));
  });

  it('undoes ratings, text and toggles, and puts the focus where it changed', async () => {
    const { user } = await show();
    await user.keyboard('4');
    await user.click(here().getByRole('textbox', { name: 'Conclusion' }));
    await user.keyboard('b dose');
    await user.keyboard('{Control>}z{/Control}');
    expect(here().getByRole('textbox', { name: 'Conclusion' })).toHaveValue('');
    await user.keyboard('{Control>}z{/Control}');
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute(
      'aria-valuetext',
      'not rated',
    );
    expect(focusName()).toBe('Accuracy, answer A');
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute('aria-valuenow', '4');
  });

  it('goes back to the case before with everything in place', async () => {
    const { user } = await show([{ body: done, state: 'draft' }, {}, {}]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    answerShown('Left answer 2.');
    await user.keyboard('4');
    await user.keyboard('b');
    await waitFor(() => answerShown('Left answer 1.'));
    expect(here().getByRole('radio', { name: 'A better' })).toBeChecked();
    expect(here().getByRole('button', { name: /Back/ })).toBeDisabled();
  });
});

describe('other judgements', () => {
  it('takes a refusal verdict by R and a digit, for A and then for B', async () => {
    const { workspace, user } = await show();
    await user.keyboard('r3r1');
    await settle();
    expect(workspace.saved.at(-1)?.body.refusal).toEqual({ a: 'unhelpful-refusal', b: 'no-refusal' });
    expect(workspace.saved.at(-1)?.body.ratings).toEqual({ a: {}, b: {} });
  });

  it('flags the case by F and digits, and a digit after Escape rates again', async () => {
    const { workspace, user } = await show();
    await user.keyboard('f13{Escape}');
    await user.keyboard('5');
    await settle();
    const { body } = workspace.saved.at(-1) ?? { body: emptyAnnotation() };
    expect(body.caseFlags.map(({ kind }) => kind)).toEqual(['context-unclear', 'contains-identifiers']);
    expect(body.ratings.a).toEqual({ accuracy: 5 });
  });

  it('skips with a reason, keeping what was answered', async () => {
    const { workspace, user } = await show();
    await user.keyboard('4s');
    const dialog = within(await screen.findByRole('dialog', { name: 'Skip this case' }));
    expect(dialog.getByRole('button', { name: /Skip and next/ })).toBeDisabled();
    await user.click(dialog.getByRole('radio', { name: 'Outside my specialty' }));
    await user.click(dialog.getByRole('button', { name: /Skip and next/ }));
    answerShown('Left answer 2.');
    await settle();
    expect(workspace.saved.at(-1)).toMatchObject({
      state: 'skipped',
      body: { skip: { reason: 'outside-my-specialty', note: '' }, ratings: { a: { accuracy: 4 } } },
    });
  });

  it('wants words with "another reason"', async () => {
    const { user } = await show();
    await user.keyboard('s');
    const dialog = within(await screen.findByRole('dialog', { name: 'Skip this case' }));
    await user.click(dialog.getByRole('radio', { name: 'Another reason' }));
    expect(dialog.getByRole('button', { name: /Skip and next/ })).toBeDisabled();
    await user.type(dialog.getByRole('textbox', { name: 'Note' }), 'duplicate');
    expect(dialog.getByRole('button', { name: /Skip and next/ })).toBeEnabled();
  });

  it('leaves letters alone inside text fields', async () => {
    const { user } = await show();
    await user.keyboard('w');
    expect(focusName()).toBe('Evidence');
    await user.keyboard('sbgrfpul?1');
    expect(here().getByRole('textbox', { name: 'Evidence' })).toHaveValue('sbgrfpul?1');
    expect(screen.queryByRole('dialog')).toBeNull();
    answerShown('Left answer 1.');
    await user.keyboard('{Escape}?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeInTheDocument();
  });

  it('opens the guidelines by G', async () => {
    const { user } = await show();
    await user.keyboard('g');
    expect(await screen.findByText('Judge as for your own patient.')).toBeInTheDocument();
  });
});

describe('cases that are special', () => {
  it('freezes a recalled case, and one recalled while it is open', async () => {
    const { workspace, user } = await show([{ recalled: true }, {}]);
    expect(here().getByText('Your lead took this case back.')).toBeInTheDocument();
    await user.keyboard('4us');
    expect(here().getByRole('slider', { name: 'Accuracy, answer A' })).toHaveAttribute(
      'aria-valuetext',
      'not rated',
    );
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.keyboard('{Control>}{Enter}{/Control}');
    answerShown('Left answer 2.');
    await act(async () => workspace.recall(workspace.ids[1] as AssignmentId));
    expect(await here().findByText('Your lead took this case back.')).toBeInTheDocument();
    await settle();
    expect(workspace.saved).toEqual([]);
  });

  it('remembers the folded context', async () => {
    const { workspace, user } = await show();
    await user.keyboard('c');
    expect(here().getByRole('button', { name: 'Question and context' })).toBeInTheDocument();
    await waitFor(() => expect(workspace.preferences.get('annotate.context')).toContain('"folded":true'));
  });

  it('keeps the hidden next case out of reach', async () => {
    await show();
    const hidden = document.querySelector('[data-layer]:not([data-active])');
    expect(hidden).toHaveAttribute('aria-hidden', 'true');
    await waitFor(() => expect(hidden).toHaveAttribute('data-asleep'));
  });
});

it('says where the texts of a case are missing, and opens it by itself once they have come again', async () => {
  const workspace = fakeWorkspace({ cases: three });
  const { places, loadCase } = workspace;
  const [, second, third] = workspace.ids;
  let isMissing = true;
  workspace.places = async (batchId) =>
    (await places(batchId)).map((place) =>
      place.id === second && isMissing ? { ...place, missing: true } : place,
    );
  workspace.loadCase = async (id) => {
    if (id === second && isMissing) throw new AppError('case-missing');
    return loadCase(id);
  };
  const moves: AssignmentId[] = [];
  const hostAt = (at: number) => (
    <UiProvider env="test">
      <Host key={at} workspace={workspace} at={at} moves={moves} />
    </UiProvider>
  );
  const { rerender } = render(hostAt(0));
  await waitFor(() => expect(layer()).not.toBeNull());
  await userEvent.setup().keyboard('42514332412{Control>}{Enter}{/Control}');
  answerShown('Left answer 3.');
  await settle();
  await waitFor(() => expect(moves).toEqual([third]));
  rerender(hostAt(1));
  expect(await screen.findByText(/texts of this case cannot be read on this laptop any more/)).toBeVisible();
  isMissing = false;
  act(() => workspace.setSync({ state: 'synced' }));
  await waitFor(() => answerShown('Left answer 2.'));
  expect(screen.queryByText(/texts of this case cannot be read/)).toBeNull();
});
