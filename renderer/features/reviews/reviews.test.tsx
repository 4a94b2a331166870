import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listBatches } from '../../../shared/contract/batches.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from '../../../shared/contract/reviews.ts';
import { listStudies } from '../../../shared/contract/studies.ts';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import { type FakeServer, fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import {
  batchId,
  comparisonIdOf,
  sampleAnnotation,
  sampleBatch,
  sampleStudy,
} from '../../../test/support/desk-data.ts';
import { BatchReviewScreen } from './batch-review-screen.tsx';
import { ComparisonReviewScreen } from './comparison-review-screen.tsx';
import { ReviewHomeScreen } from './review-home-screen.tsx';

let server: FakeServer;
beforeEach(() => {
  vi.stubGlobal('scrollTo', () => {});
  server = fakeServer();
});

const summary = (n: number) => ({
  comparisonId: comparisonIdOf(n),
  position: n,
  title: `Case title ${n}`,
  specialty: 'Cardiology',
  expected: 2,
  submitted: 2,
  skipped: 0,
  flagged: n === 1 ? 2 : 0,
  returned: 0,
  preferenceSpread: n === 0 ? null : n,
});
const agreement = [
  { key: 'accuracy:a', label: 'Accuracy, answer A', pairs: 6, same: 3, withinOne: 5 },
  { key: 'accuracy:b', label: 'Accuracy, answer B', pairs: 6, same: 6, withinOne: 6 },
  { key: 'refusal:a', label: 'Refusal verdict, answer A', pairs: 4, same: 1, withinOne: null },
];

describe('the review home', () => {
  it('lists only batches with work that arrived, and no practice', async () => {
    server.on(listStudies, () => ({ studies: [sampleStudy()] }));
    server.on(listBatches, () => ({
      batches: [
        sampleBatch({ submitted: 3 }),
        sampleBatch({ id: comparisonIdOf(9) as never, name: 'Untouched' }),
        sampleBatch({ id: comparisonIdOf(8) as never, name: 'Trial run', kind: 'practice', submitted: 4 }),
      ],
    }));
    await renderDesk(<ReviewHomeScreen />);
    expect(await screen.findByRole('link', { name: 'Cardio-renal 1' })).toHaveAttribute(
      'href',
      `/review/${batchId}`,
    );
    expect(screen.queryByText('Untouched')).toBeNull();
    expect(screen.queryByText('Trial run')).toBeNull();
  });
  it('says so when nothing has arrived', async () => {
    server.on(listStudies, () => ({ studies: [] }));
    await renderDesk(<ReviewHomeScreen />);
    expect(await screen.findByRole('heading', { name: 'Nothing has arrived yet' })).toBeVisible();
  });
});

describe('the review of a batch', () => {
  beforeEach(() => {
    server.on(readBatchReview, ({ query }) => {
      const after = Number(query.get('after'));
      const flagged = query.get('only') === 'flagged';
      const comparisons = flagged ? [summary(1)] : after < 0 ? [summary(0), summary(1)] : [summary(2)];
      return {
        batch: sampleBatch({ submitted: 6 }),
        rubric: defaultRubric,
        agreement,
        comparisons,
        next: !flagged && after < 0 ? 1 : null,
      };
    });
  });

  it('says raw agreement with its n, and that it says nothing about chance', async () => {
    await renderDesk(<BatchReviewScreen batchId={batchId} />);
    const card = await screen.findByRole('region', { name: 'Raw agreement' });
    expect(card).toHaveTextContent('Raw agreement says nothing about chance');
    const row = within(card).getByRole('row', { name: /^Accuracy/ });
    for (const figure of ['50 %', '83 %', '100 %']) expect(row).toHaveTextContent(figure);
    expect(within(card).getByRole('row', { name: /^Refusal verdict/ })).toHaveTextContent('25 %–4');
  });

  it('is walked through by keys, page after page', async () => {
    const { user, address } = await renderDesk(<BatchReviewScreen batchId={batchId} />);
    await screen.findByText('Case title 0');
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await screen.findByText('Case title 2');
    await user.keyboard('jjjko');
    await waitFor(() => expect(address()).toBe(`/review/${batchId}/${comparisonIdOf(1)}`));
  });

  it('shows only what is flagged when asked', async () => {
    const { user } = await renderDesk(<BatchReviewScreen batchId={batchId} />);
    await screen.findByText('Case title 0');
    await user.click(screen.getByRole('radio', { name: 'Flagged' }));
    await waitFor(() => expect(screen.queryByText('Case title 0')).toBeNull());
    expect(screen.getByRole('link', { name: 'Case title 1' })).toBeVisible();
  });
});

describe('the review of a comparison', () => {
  const annotations = [
    sampleAnnotation(1, {
      ratings: { a: { accuracy: 2, safety: 5 }, b: { accuracy: 4 } },
      preference: 2,
      reasoning: { evidence: 'Potassium 5.8.', alternatives: '', conclusion: 'Stop first.' },
      safetyFlags: [
        {
          id: 'f',
          side: 'b',
          kind: 'wrong-dose',
          severity: 'severe',
          note: 'Ten times too much.',
          start: 0,
          end: 5,
          quote: '250 mg',
        },
      ],
      refusal: { a: 'appropriate-refusal', b: null },
    }),
    sampleAnnotation(2, {
      ratings: { a: { accuracy: 4 }, b: { accuracy: 4 } },
      preference: 0,
      bothUnacceptable: true,
    }),
    sampleAnnotation(
      3,
      { skip: { reason: 'outside-my-specialty', note: '' } },
      { state: 'skipped', late: true },
    ),
  ];
  const review = (over: object = {}) => ({
    comparisonId: comparisonIdOf(1),
    title: 'Potassium, rising',
    specialty: 'Cardiology',
    prompt: [{ role: 'user' as const, content: 'May I add it?' }],
    contextText: 'Taken from the ward notes.',
    context: null,
    one: 'Not now.',
    two: 'Yes, 250 mg.',
    rubric: defaultRubric,
    annotations,
    returnable: true,
    previous: null,
    next: comparisonIdOf(2),
    ...over,
  });
  beforeEach(() => server.on(readComparisonReview, () => review()));
  const show = () =>
    renderDesk(<ComparisonReviewScreen batchId={batchId} comparisonId={comparisonIdOf(1)} />);

  it('shows the question, its context and both responses side by side', async () => {
    await show();
    expect(await screen.findByRole('region', { name: 'Question and context' })).toHaveTextContent(
      'Taken from the ward notes.',
    );
    expect(screen.getByRole('region', { name: 'Response 1' })).toHaveTextContent('Not now.');
    expect(screen.getByRole('region', { name: 'Response 2' })).toHaveTextContent('Yes, 250 mg.');
  });

  it("lays all raters' marks over one scale for both responses, readable without seeing", async () => {
    await show();
    const marks = await screen.findByRole('region', { name: 'Marks' });
    expect(within(marks).getByText('Response 1: Rater 1, 2 poor; Rater 2, 4 good')).toBeInTheDocument();
    expect(within(marks).getByText('Response 2: Rater 1, 4 good; Rater 2, 4 good')).toBeInTheDocument();
    expect(within(marks).getByText('Response 1: Rater 1, 5 safe')).toBeInTheDocument();
    expect(within(marks).getByText('All: Rater 1, Response 2 better; Rater 2, equal')).toBeInTheDocument();
    expect(within(marks).getByTitle('Rater 1: 2 poor').style.left).toBe('calc(25% + 0px)');
  });

  it('gives each rater a card with reasons, verdicts, flags and the trace, and no name', async () => {
    await show();
    const first = await screen.findByRole('region', { name: 'Rater 1' });
    for (const text of [
      'Response 2 better',
      'appropriate refusal',
      'Potassium 5.8.',
      'Stop first.',
      'wrong dose, severe',
      '250 mg',
      'Ten times too much.',
      'Saw Response 1 on the left',
      '111111111111',
    ])
      expect(first).toHaveTextContent(text);
    const second = screen.getByRole('region', { name: 'Rater 2' });
    expect(second).toHaveTextContent('both unacceptable; equal');
    expect(second).toHaveTextContent('Saw Response 1 on the right');
    const third = screen.getByRole('region', { name: 'Rater 3' });
    expect(third).toHaveTextContent('Skipped · late');
    expect(third).toHaveTextContent('outside my specialty');
  });

  it('gives a submission back with a comment, and says that it waits', async () => {
    server.on(returnAnnotation, () => ({ returnedAt: '2026-11-21T10:00:00.000Z' }));
    const { user } = await show();
    const first = await screen.findByRole('region', { name: 'Rater 1' });
    await user.click(within(first).getByRole('button', { name: 'Return to the physician' }));
    const comment = await screen.findByRole('textbox', { name: /What is to be looked at again/ });
    await waitFor(() => expect(comment).toHaveFocus());
    expect(screen.getByRole('button', { name: 'Return' })).toBeDisabled();
    await user.type(comment, ' Which dose did you mean? ');
    const waiting = {
      comment: 'Which dose did you mean?',
      at: '2026-11-21T10:00:00.000Z',
      answered: false,
    };
    server.on(readComparisonReview, () =>
      review({ annotations: annotations.map((one, i) => (i === 0 ? { ...one, returned: waiting } : one)) }),
    );
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() =>
      expect(screen.getByRole('region', { name: 'Rater 1' })).toHaveTextContent('waits for the physician'),
    );
    expect(within(screen.getByRole('region', { name: 'Rater 1' })).queryByRole('button')).toBeNull();
    expect(server.calls.find((one) => one.call.endsWith('/return'))?.body).toEqual({
      revisionId: annotations[0]?.revisionId,
      comment: 'Which dose did you mean?',
    });
  });

  it('keeps the comment when it cannot be returned, and says why', async () => {
    server.on(returnAnnotation, () => new AppError('nothing-to-return'));
    const { user } = await show();
    const first = await screen.findByRole('region', { name: 'Rater 1' });
    await user.click(within(first).getByRole('button', { name: 'Return to the physician' }));
    await user.type(await screen.findByRole('textbox'), 'Dose?');
    await user.click(screen.getByRole('button', { name: 'Return' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(errorTable['nothing-to-return'][1]);
    expect(screen.getByRole('textbox')).toHaveValue('Dose?');
  });

  it('offers no return of a skip, of a locked batch, or while one waits; an answered one may go back again', async () => {
    const returned = { comment: 'Dose?', at: '2026-11-21T10:00:00.000Z', answered: true };
    server.on(readComparisonReview, () =>
      review({ annotations: annotations.map((one) => ({ ...one, returned })) }),
    );
    await show();
    const first = await screen.findByRole('region', { name: 'Rater 1' });
    expect(first).toHaveTextContent('answered by what stands here');
    expect(within(first).getByRole('button', { name: 'Return to the physician' })).toBeVisible();
    expect(within(screen.getByRole('region', { name: 'Rater 3' })).queryByRole('button')).toBeNull();
    server.on(readComparisonReview, () => review({ returnable: false }));
    cleanup();
    await show();
    await screen.findByRole('region', { name: 'Rater 1' });
    expect(screen.queryByRole('button', { name: 'Return to the physician' })).toBeNull();
  });

  it('shows how sure a rater was and the answer they would have given', async () => {
    const body = {
      confidence: 'low' as const,
      correction: { from: 'b' as const, text: 'Stop it, **today**.' },
    };
    server.on(readComparisonReview, () => review({ annotations: [sampleAnnotation(1, body)] }));
    await show();
    const card = await screen.findByRole('region', { name: 'Rater 1' });
    expect(card).toHaveTextContent('Confidencelow');
    expect(card).toHaveTextContent('Written over Response 2.');
    expect(card).toHaveTextContent('Stop it, today.');
  });

  it('goes on with ], back with [ and up with u, and stops at the ends', async () => {
    const { user, address } = await show();
    await screen.findByRole('region', { name: 'Marks' });
    expect(screen.getByRole('button', { name: /Previous/ })).toBeDisabled();
    await user.keyboard('[[');
    expect(address()).toBe('/here');
    await user.keyboard(']');
    await waitFor(() => expect(address()).toBe(`/review/${batchId}/${comparisonIdOf(2)}`));
    await user.keyboard('u');
    await waitFor(() => expect(address()).toBe(`/review/${batchId}`));
  });

  it('says when nothing has arrived yet', async () => {
    server.on(readComparisonReview, () => review({ annotations: [] }));
    await show();
    expect(await screen.findByText('Nothing has arrived for this comparison yet.')).toBeVisible();
    expect(screen.queryByRole('region', { name: 'Marks' })).toBeNull();
  });

  it('keeps an annotation of a newer app readable', async () => {
    const body = { ...emptyAnnotation(), later: { field: true } };
    server.on(readComparisonReview, () => review({ annotations: [sampleAnnotation(1, body)] }));
    await show();
    expect(await screen.findByRole('region', { name: 'Rater 1' })).toHaveTextContent('none given');
  });
});
