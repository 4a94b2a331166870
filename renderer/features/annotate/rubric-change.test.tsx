import { act, render, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../../shared/schema/rubric.ts';
import { type FakeCase, type FakeWorkspace, fakeWorkspace } from '../../../test/support/fake-workspace.ts';
import { UiProvider } from '../../ui/ui-provider.tsx';
import { AnnotateScreen } from './annotate-screen.tsx';
import { flushOpenWork } from './open-work.ts';

const [accuracy, safety, ...others] = defaultRubric.dimensions;
if (!accuracy || !safety) throw new Error('the default rubric has five dimensions');
const second: Rubric = {
  ...defaultRubric,
  dimensions: [{ ...accuracy, key: 'harm', label: 'Harm' }, safety, ...others],
  rules: [],
};
const rated = { accuracy: 4, safety: 4, completeness: 4, reasoning: 4, communication: 4 };
const under: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: { a: rated, b: rated },
  preference: -2,
  rubricVersion: 1,
};

function Host({ workspace }: { workspace: FakeWorkspace }) {
  const [id, setId] = useState(workspace.ids[0] as AssignmentId);
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

async function show(one: FakeCase, rubric: Rubric) {
  const workspace = fakeWorkspace({ cases: [one, { rubricVersion: one.rubricVersion ?? 1 }], rubric });
  render(
    <UiProvider env="test">
      <Host workspace={workspace} />
    </UiProvider>,
  );
  await waitFor(() => expect(layer()).not.toBeNull());
  return { workspace, user: userEvent.setup() };
}

const layer = () => document.querySelector<HTMLElement>('[data-layer][data-active]');
const here = () => within(layer() as HTMLElement);
const settle = () => act(async () => await flushOpenWork());

describe('a rubric that became another one', () => {
  it('[S29] shows a draft under the new one, names what no longer fits, keeps it, and asks for what is new', async () => {
    const { workspace, user } = await show({ body: under, state: 'draft', rubricVersion: 2 }, second);
    expect(
      here().getByText(/answered this under version 1 of the rubric; it asks by version 2/),
    ).toBeVisible();
    expect(here().getByText(/No longer fits: accuracy \(A 4, B 4\)/)).toBeVisible();
    expect(here().getByText(/2 answers still asked for/)).toBeVisible();
    expect(workspace.saved).toEqual([]);
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(here().getByText(/^Still needed: Harm A, Harm B/)).toBeVisible();
    await user.keyboard('33');
    await settle();
    expect(workspace.saved.at(-1)?.body).toMatchObject({
      rubricVersion: 2,
      ratings: { a: { harm: 3, safety: 4 }, b: { harm: 3 } },
      earlierRatings: [{ rubricVersion: 1, a: { accuracy: 4 }, b: { accuracy: 4 } }],
    });
    expect(workspace.saved.at(-1)?.body.ratings.a).not.toHaveProperty('accuracy');
  });

  it('leaves what was submitted as it is, and says under which version that was', async () => {
    const { workspace } = await show({ body: under, state: 'submitted', rubricVersion: 2 }, second);
    expect(here().getByText(/What you submitted stands as it is/)).toBeVisible();
    await settle();
    expect(workspace.saved).toEqual([]);
  });

  it('[S29] that comes while a case is open changes nothing under the hands; the case can be opened anew', async () => {
    const { workspace, user } = await show({ rubricVersion: 1 }, defaultRubric);
    await user.keyboard('4');
    act(() => workspace.changeRubric(second, 2));
    const anew = await here().findByRole('button', { name: 'Ask by the new version' });
    expect(here().getAllByText('Accuracy').length).toBeGreaterThan(0);
    await settle();
    expect(workspace.saved.at(-1)?.body).toMatchObject({ rubricVersion: 1, ratings: { a: { accuracy: 4 } } });
    await user.click(anew);
    expect((await here().findAllByText('Harm')).length).toBeGreaterThan(0);
    expect(here().getByText(/No longer fits: accuracy \(A 4\)/)).toBeVisible();
  });
});
