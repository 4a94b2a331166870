import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listBatches } from '../../../shared/contract/batches.ts';
import {
  changeStudySettings,
  createStudy,
  listStudies,
  publishGuidelines,
  readGuidelines,
  readStudy,
} from '../../../shared/contract/studies.ts';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { type FakeServer, fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import { batchId, sampleBatch, sampleStudy, studyId } from '../../../test/support/desk-data.ts';
import { StudiesScreen } from './studies-screen.tsx';
import { StudyScreen } from './study-screen.tsx';

let server: FakeServer;
const bodyOf = (call: string) => server.calls.find((one) => one.call === call)?.body;
beforeEach(() => {
  vi.stubGlobal('scrollTo', () => {});
  server = fakeServer();
  server.on(listStudies, () => ({ studies: [sampleStudy()] }));
});

describe('studies', () => {
  it('are listed with their counts and lead to their homes', async () => {
    await renderDesk(<StudiesScreen />);
    expect(await screen.findByRole('link', { name: 'Cardio-renal' })).toHaveAttribute(
      'href',
      `/studies/${studyId}`,
    );
    expect(screen.getByRole('row', { name: /Cardio-renal/ })).toHaveTextContent('none sent out');
  });

  it('begin with one button where there is none yet', async () => {
    server.on(listStudies, () => ({ studies: [] }));
    await renderDesk(<StudiesScreen />);
    expect(await screen.findByRole('heading', { name: 'No study yet' })).toBeVisible();
  });

  it('are made with a name; the rubric they start with is shown', async () => {
    server.on(createStudy, () => ({ study: sampleStudy() }));
    const { user, address } = await renderDesk(<StudiesScreen />);
    await user.click(screen.getByRole('button', { name: 'New study' }));
    expect(await screen.findByText('1 harm · 2 risky · 3 unclear · 4 mostly safe · 5 safe')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: /Name/ }), ' Cardio-renal {Enter}');
    await waitFor(() => expect(address()).toBe(`/studies/${studyId}`));
    expect(server.calls.find((one) => one.call === 'POST /api/studies')?.body).toEqual({
      name: 'Cardio-renal',
      guidelines: '',
    });
  });

  it('say at the name that it is taken', async () => {
    server.on(createStudy, () => new AppError('name-taken'));
    const { user } = await renderDesk(<StudiesScreen />);
    await user.click(screen.getByRole('button', { name: 'New study' }));
    await user.type(await screen.findByRole('textbox', { name: /Name/ }), 'Cardio-renal{Enter}');
    expect(await screen.findByText(errorTable['name-taken'][1])).toBeVisible();
    expect(screen.getByRole('textbox', { name: /Name/ })).toHaveValue('Cardio-renal');
  });

  it('say when the server cannot be reached, and come when it can', async () => {
    server.online = false;
    const { user } = await renderDesk(<StudiesScreen />);
    expect(await screen.findByRole('alert', undefined, { timeout: 10_000 })).toHaveTextContent(
      errorTable['server-unreachable'][1],
    );
    server.online = true;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'Cardio-renal' })).toBeVisible();
  });
});

describe("a study's home", () => {
  beforeEach(() => {
    server.on(readGuidelines, () => ({ guidelines: { version: 3, markdown: '# Judge\n\nRead the chart.' } }));
  });

  it('publishes a new version of the guidelines, seen beside the text while it is written', async () => {
    server.on(readStudy, () => ({ study: sampleStudy() }));
    server.on(listBatches, () => ({ batches: [] }));
    server.on(publishGuidelines, () => ({ version: 4, batches: 1 }));
    const { user } = await renderDesk(<StudyScreen studyId={studyId} />);
    expect(await screen.findByRole('region', { name: 'Guidelines, version 3' })).toHaveTextContent(
      'Read the chart.',
    );
    await user.click(screen.getByRole('button', { name: 'New version' }));
    const text = await screen.findByRole('textbox', { name: 'Text, in Markdown' });
    expect(text).toHaveValue('# Judge\n\nRead the chart.');
    const publish = screen.getByRole('button', { name: 'Publish version 4' });
    expect(publish).toBeDisabled();
    await user.type(text, ' **Twice**.');
    const preview = screen.getByRole('region', { name: 'What physicians see' });
    await waitFor(() => expect(preview.querySelector('strong')).toHaveTextContent('Twice'));
    await user.click(publish);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(bodyOf(`POST /api/studies/${studyId}/guidelines`)).toEqual({
      markdown: '# Judge\n\nRead the chart. **Twice**.',
    });
  });

  it('keeps the text when it cannot be published', async () => {
    server.on(readStudy, () => ({ study: sampleStudy() }));
    server.on(listBatches, () => ({ batches: [] }));
    server.on(readGuidelines, () => ({ guidelines: null }));
    server.on(publishGuidelines, () => new AppError('server-error'));
    const { user } = await renderDesk(<StudyScreen studyId={studyId} />);
    await screen.findByText(/There are none yet/);
    await user.click(screen.getByRole('button', { name: 'Write guidelines' }));
    await user.type(await screen.findByRole('textbox', { name: 'Text, in Markdown' }), 'Look twice');
    await user.click(screen.getByRole('button', { name: 'Publish version 1' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Your text is still here.');
    expect(screen.getByRole('textbox', { name: 'Text, in Markdown' })).toHaveValue('Look twice');
  });

  it('changes how known answers are used, and says what that means', async () => {
    const study = sampleStudy({ known: 11 });
    server.on(readStudy, () => ({ study }));
    server.on(listBatches, () => ({ batches: [] }));
    server.on(changeStudySettings, () => ({ study }));
    const { user } = await renderDesk(<StudyScreen studyId={studyId} />);
    const card = within(await screen.findByRole('region', { name: 'Known answers' }));
    expect(card.getByText(/11 comparisons with an answer from experts/)).toBeVisible();
    const save = card.getByRole('button', { name: 'Save' });
    expect(save).toBeDisabled();
    await user.click(card.getByRole('checkbox', { name: 'Work opens after practice is passed' }));
    const share = card.getByRole('textbox', { name: /Share of preferences/ });
    await user.clear(share);
    await user.type(share, '70');
    await user.click(card.getByRole('checkbox', { name: /Tell of known cases/ }));
    expect(card.getByRole('status')).toHaveTextContent('70 %');
    expect(card.getByRole('status')).toHaveTextContent('Known cases are told of 10 at a time');
    await user.click(save);
    await waitFor(() =>
      expect(bodyOf(`POST /api/studies/${studyId}/settings`)).toEqual({
        qualification: { required: true, passShare: 0.7 },
        calibrationEvery: 10,
      }),
    );
  });

  it('says what to do next and lists its batches', async () => {
    server.on(readStudy, () => ({ study: sampleStudy({ batches: 1 }) }));
    server.on(listBatches, () => ({ batches: [sampleBatch({ assigned: 20, submitted: 5 })] }));
    await renderDesk(<StudyScreen studyId={studyId} />);
    expect(await screen.findByText(/15 annotations to come/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'See progress' })).toHaveAttribute('href', `/batches/${batchId}`);
    expect(screen.getByRole('row', { name: /Cardio-renal 1/ })).toHaveTextContent('5 of 20');
  });
});
