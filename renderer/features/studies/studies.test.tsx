import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listBatches } from '../../../shared/contract/batches.ts';
import { createStudy, listStudies, readStudy } from '../../../shared/contract/studies.ts';
import { AppError, errorTable } from '../../../shared/errors.ts';
import { type FakeServer, fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import { batchId, sampleBatch, sampleStudy, studyId } from '../../../test/support/desk-data.ts';
import { StudiesScreen } from './studies-screen.tsx';
import { StudyScreen } from './study-screen.tsx';

let server: FakeServer;
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
  it('says what to do next and lists its batches', async () => {
    server.on(readStudy, () => ({ study: sampleStudy({ batches: 1 }) }));
    server.on(listBatches, () => ({ batches: [sampleBatch({ assigned: 20, submitted: 5 })] }));
    await renderDesk(<StudyScreen studyId={studyId} />);
    expect(await screen.findByText(/15 annotations to come/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'See progress' })).toHaveAttribute('href', `/batches/${batchId}`);
    expect(screen.getByRole('row', { name: /Cardio-renal 1/ })).toHaveTextContent('5 of 20');
  });
});
