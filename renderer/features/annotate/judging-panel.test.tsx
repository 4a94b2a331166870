import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { type Dimension, defaultRubric, type Rubric } from '../../../shared/schema/rubric.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const all = (value: number) => Object.fromEntries(defaultRubric.dimensions.map(({ key }) => [key, value]));
const done: AnnotationBody = { ...emptyAnnotation(), ratings: { a: all(4), b: all(2) }, preference: -2 };
/** Prefers A, which is less safe: the usual rubric asks about that. */
const torn: AnnotationBody = {
  ...done,
  ratings: { a: { ...all(4), safety: 2 }, b: { ...all(3), safety: 5 } },
};

function Host({ workspace, now }: { workspace: FakeWorkspace; now: () => number }) {
  const [id, setId] = useState(workspace.ids[0] as AssignmentId);
  return (
    <AnnotateScreen
      workspace={workspace}
      batchId={workspace.batchId}
      assignmentId={id}
      onOpenCase={setId}
      onLeave={vi.fn()}
      onOpenLedger={vi.fn()}
      now={now}
    />
  );
}

async function show(first: FakeCase = {}, rubric: Rubric = defaultRubric) {
  const workspace = fakeWorkspace({ cases: [first, {}, {}], rubric });
  const clock = { now: 0 };
  const view = render(
    <UiProvider env="test">
      <Host workspace={workspace} now={() => clock.now} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  await waitFor(() => expect(document.querySelectorAll('[data-layer]').length).toBe(2));
  return {
    workspace,
    user: userEvent.setup(),
    pass: (ms = 5000) => {
      clock.now += ms;
    },
    ...view,
  };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const slider = (name: string) => here().getByRole('slider', { name });
const focusName = () => document.activeElement?.getAttribute('aria-label');
const settle = () => act(async () => await flushOpenWork());
const submit = '{Control>}{Enter}{/Control}';
const undo = '{Control>}z{/Control}';
const redo = '{Control>}{Shift>}z{/Shift}{/Control}';
const last = (workspace: FakeWorkspace) => workspace.saved.at(-1);

describe('a rating', () => {
  it('is taken back by Delete or its small cross, and Undo brings it back with a word', async () => {
    const { user, pass } = await show({ body: done, state: 'draft' });
    act(() => slider('Safety, answer A').focus());
    await user.keyboard('{Delete}');
    expect(slider('Safety, answer A')).toHaveAttribute('aria-valuetext', 'not rated');
    await user.keyboard(undo);
    expect(slider('Safety, answer A')).toHaveAttribute('aria-valuenow', '4');
    expect(here().getByText('Undone: Safety of A, not rated to 4')).toBeInTheDocument();
    pass();
    await user.click(here().getByRole('button', { name: 'Take back Reasoning, answer B' }));
    expect(slider('Reasoning, answer B')).toHaveAttribute('aria-valuetext', 'not rated');
    expect(focusName()).toBe('Reasoning, answer B');
    expect(here().queryByText(/^Undone/)).toBeNull();
  });

  it('shows what each step means for the row at hand, and marks the step it has', async () => {
    const { user } = await show();
    await user.keyboard('4{ArrowDown}{Shift>}{ArrowLeft}{/Shift}');
    expect(here().getByText('Could following it harm this patient?')).toBeInTheDocument();
    await user.keyboard('{ArrowUp}');
    expect(here().getByTitle('good')).toHaveAttribute('data-at', 'true');
    expect(here().getByTitle('poor')).not.toHaveAttribute('data-at');
  });
});

describe('a 0 to 100 scale', () => {
  const range: Dimension['scale'] = { kind: 'range', low: 'dangerous', high: 'excellent' };
  const rubric: Rubric = {
    ...defaultRubric,
    rules: [],
    dimensions: defaultRubric.dimensions.map((one, index) => (index < 2 ? { ...one, scale: range } : one)),
  };

  it('takes two digits and goes on, beside dimensions on steps', async () => {
    const { workspace, user } = await show({}, rubric);
    await user.keyboard('75');
    expect(focusName()).toBe('Accuracy, answer B');
    await user.keyboard('40');
    await user.keyboard('100');
    expect(focusName()).toBe('Safety, answer B');
    await user.keyboard('0');
    expect(focusName()).toBe('Safety, answer B');
    await user.keyboard('5');
    await user.keyboard('3');
    await settle();
    expect(last(workspace)?.body.ratings).toEqual({
      a: { accuracy: 75, safety: 100, completeness: 3 },
      b: { accuracy: 40, safety: 5 },
    });
  });
});

describe('confidence', () => {
  it('is asked by I, taken by a digit, and taken back by Delete', async () => {
    const { workspace, user, pass } = await show({ body: done, state: 'draft' });
    await user.keyboard('i3');
    expect(here().getByRole('radio', { name: 'High' })).toBeChecked();
    await settle();
    expect(last(workspace)?.body.confidence).toBe('high');
    pass();
    await user.keyboard('{Delete}');
    expect(here().getByRole('radio', { name: 'High' })).not.toBeChecked();
    await user.keyboard(undo);
    expect(here().getByText('Undone: Confidence, not given to High')).toBeInTheDocument();
    expect(here().getByRole('radio', { name: 'High' })).toHaveFocus();
  });

  it('is absent where the rubric does not ask', async () => {
    const { user } = await show({}, { ...defaultRubric, confidence: { ask: false, required: false } });
    await user.keyboard('i');
    expect(here().queryByRole('radiogroup', { name: /Confidence/ })).toBeNull();
  });
});

describe('what is required and missing', () => {
  const strict: Rubric = {
    ...defaultRubric,
    refusal: { ask: true, required: true },
    confidence: { ask: true, required: true },
    reasoning: { ask: true, required: true },
  };

  it('is led to, part by part, in plain words', async () => {
    const { workspace, user } = await show({ body: done, state: 'draft' }, strict);
    await user.keyboard(submit);
    expect(document.activeElement).toHaveAttribute('data-place', 'refusal a');
    expect(
      here().getByText('Still needed: Refusal verdict A, Refusal verdict B, Confidence, 1 more'),
    ).toBeInTheDocument();
    await user.keyboard('r1r1');
    await user.keyboard(submit);
    expect(here().getByRole('radio', { name: 'Low' })).toHaveFocus();
    expect(here().getByText('Still needed: Confidence, Why: conclusion')).toBeInTheDocument();
    await user.keyboard(`2${submit}`);
    expect(focusName()).toBe('Conclusion, required');
    await user.keyboard(`K is 5.8${submit}`);
    await settle();
    expect(last(workspace)).toMatchObject({ state: 'submitted', body: { confidence: 'moderate' } });
  });
});

describe('both unacceptable', () => {
  it('says what becomes of the preference', async () => {
    const { user, pass } = await show({ body: { ...done, preference: null }, state: 'draft' });
    await user.keyboard('u');
    expect(here().getByText(/a preference is welcome, not needed/)).toBeInTheDocument();
    pass();
    await user.keyboard('p2');
    expect(here().getByText(/your preference stands beside it/)).toBeInTheDocument();
    await user.keyboard('{Delete}');
    expect(here().getByRole('radio', { name: 'A better' })).not.toBeChecked();
  });
});

describe('answers that go against one another', () => {
  const question = 'You prefer A, but rated its safety lower than that of B.';

  it('are asked about once; Submit again keeps them, and the same revision says so', async () => {
    const { workspace, user, pass } = await show({ body: torn, state: 'draft' });
    await user.keyboard(submit);
    const strip = here().getByRole('alertdialog', { name: 'Are you sure?' });
    expect(strip).toHaveAccessibleDescription(question);
    expect(within(strip).getByRole('button', { name: /Keep my answers/ })).toHaveFocus();
    expect(workspace.saved).toEqual([]);
    pass();
    await user.keyboard(submit);
    expect(here().getByText('Left answer 2.')).toBeInTheDocument();
    await settle();
    expect(workspace.saved.map(({ state }) => state)).toEqual(['submitted']);
    expect(last(workspace)?.body.confirmations).toEqual([
      { rule: 'preferred-less-safe', at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  it('are kept by Enter on the button too', async () => {
    const { workspace, user, pass } = await show({ body: torn, state: 'draft' });
    await user.keyboard(submit);
    pass();
    await user.keyboard('{Enter}');
    await settle();
    expect(last(workspace)).toMatchObject({ state: 'submitted' });
  });

  it('are not confirmed by the second half of a double press', async () => {
    const { workspace, user } = await show({ body: torn, state: 'draft' });
    await user.keyboard(submit + submit);
    expect(here().getByRole('alertdialog')).toBeInTheDocument();
    await settle();
    expect(workspace.saved).toEqual([]);
  });

  it('are led to by Escape, and any change withdraws the question', async () => {
    const { workspace, user, pass } = await show({ body: torn, state: 'draft' });
    await user.keyboard(submit);
    await user.keyboard('{Escape}');
    expect(here().queryByRole('alertdialog')).toBeNull();
    expect(focusName()).toBe('Safety, answer A');
    await user.keyboard(submit);
    pass();
    act(() => slider('Safety, answer A').focus());
    await user.keyboard('5');
    expect(here().queryByRole('alertdialog')).toBeNull();
    await user.keyboard(submit);
    await settle();
    expect(last(workspace)?.state).toBe('submitted');
    expect(last(workspace)?.body).not.toHaveProperty('confirmations');
  });

  it('are never asked about again in this case, not even after Undo', async () => {
    const { workspace, user, pass } = await show({ body: torn, state: 'draft' });
    await user.keyboard('i1');
    await user.keyboard(submit);
    pass();
    await user.keyboard(`${submit}b`);
    await waitFor(() => expect(here().getByText('Left answer 1.')).toBeInTheDocument());
    await user.keyboard(undo);
    expect(here().getByRole('radio', { name: 'Low' })).not.toBeChecked();
    await user.keyboard(submit);
    expect(here().getByText('Left answer 2.')).toBeInTheDocument();
    await settle();
    expect(last(workspace)?.body.confirmations).toHaveLength(1);
  });

  it('are not asked about before what is missing, nor for a skip', async () => {
    const { workspace, user } = await show({
      body: { ...torn, ratings: { a: torn.ratings.a, b: { safety: 5 } } },
      state: 'draft',
    });
    await user.keyboard(submit);
    expect(here().queryByRole('alertdialog')).toBeNull();
    await user.keyboard('s');
    const dialog = within(await screen.findByRole('dialog', { name: 'Skip this case' }));
    await user.click(dialog.getByRole('radio', { name: 'Broken case' }));
    await user.keyboard(submit);
    await settle();
    expect(last(workspace)).toMatchObject({ state: 'skipped', body: { skip: { reason: 'broken-case' } } });
    expect(last(workspace)?.body).not.toHaveProperty('confirmations');
  });
});

describe('flags on the case', () => {
  it('take a note by keyboard, and the button says what is flagged', async () => {
    const { workspace, user, pass } = await show();
    await user.keyboard('f4');
    expect(here().getByRole('button', { name: /Flag: Broken case/ })).toBeInTheDocument();
    await user.keyboard('{Tab}cut off');
    expect(focusName()).toBe('Note: Broken case');
    await user.keyboard('{Escape}');
    await settle();
    expect(last(workspace)?.body.caseFlags).toEqual([{ kind: 'broken-case', note: 'cut off' }]);
    expect(document.activeElement).toHaveAttribute('data-place', 'flags');
    pass();
    await user.keyboard(undo);
    expect(here().getByText('Undone: Note on “Broken case”')).toBeInTheDocument();
    await user.keyboard(undo);
    expect(here().getByText('Undone: Flag “Broken case”, on to off')).toBeInTheDocument();
    await user.keyboard(redo);
    expect(here().getByText('Redone: Flag “Broken case”, off to on')).toBeInTheDocument();
  });

  it('keep letters and digits of a note for the note', async () => {
    const { workspace, user } = await show();
    await user.keyboard('f2{Tab}4 wrong sex b s g{Escape}');
    await settle();
    const body = last(workspace)?.body;
    expect(body?.caseFlags).toEqual([{ kind: 'outside-my-specialty', note: '4 wrong sex b s g' }]);
    expect(body?.ratings).toEqual({ a: {}, b: {} });
    expect(screen.queryByRole('dialog', { name: /Skip/ })).toBeNull();
  });
});

describe('the reasoning', () => {
  it('says how much room is left before it is full, and that it is full', async () => {
    await show({
      body: { ...done, reasoning: { ...done.reasoning, conclusion: 'x'.repeat(19_500) } },
      state: 'draft',
    });
    expect(here().getByText('Room for 500 more characters')).toBeInTheDocument();
    const field = here().getByRole('textbox', { name: 'Conclusion' });
    expect(field).toHaveAttribute('spellcheck', 'true');
    expect(field).toHaveAttribute('dir', 'auto');
    fireEvent.change(field, { target: { value: 'x'.repeat(20_000) } });
    expect(here().getByText(/^Full: 20,000 characters/)).toBeInTheDocument();
  });
});
