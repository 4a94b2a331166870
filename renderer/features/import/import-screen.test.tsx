import '../../../test/support/blob-reading.ts';
import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportLine, ImportReport } from '../../../shared/contract/imports.ts';
import { readStudy } from '../../../shared/contract/studies.ts';
import { errorTable } from '../../../shared/errors.ts';
import { fakeServer, renderDesk } from '../../../test/support/desk.tsx';
import { sampleStudy, studyId } from '../../../test/support/desk-data.ts';
import { setPlatform } from '../../platform.ts';
import { ImportScreen } from './import-screen.tsx';

const record = (id: string) => ({
  id,
  title: 'Potassium, rising',
  prompt: 'May I add spironolactone?',
  responses: [
    { id: 'r1', text: 'Not now: 5.8 is too high.', model: 'clinician' },
    { id: 'r2', text: 'Yes, 25 mg.', model: 'model-a' },
  ],
});
const file = (text = `${JSON.stringify(record('a'))}\n${JSON.stringify(record('b'))}\n`) =>
  new File([text], 'pairs.jsonl');

const report = (over: Partial<ImportReport>): ImportReport => ({
  studyId,
  dryRun: true,
  lines: 2,
  cases: 2,
  unchangedCases: 0,
  responses: 4,
  comparisons: 2,
  knownAnswers: 0,
  identicalPairs: 0,
  emptyResponses: 0,
  refused: 0,
  problems: [],
  ...over,
});
const badLine = {
  line: 2,
  field: 'responses',
  problem: 'has fewer than 2 entries',
  fix: 'write at least two responses',
};
const withBadLine = { refused: 1, cases: 1, comparisons: 1, problems: [badLine] };

const asBody = (lines: readonly ImportLine[], cutOff = false) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      // Each line comes in two parts, as a network may cut it anywhere.
      const encoder = new TextEncoder();
      for (const line of lines) {
        const text = `${JSON.stringify(line)}\n`;
        controller.enqueue(encoder.encode(text.slice(0, 9)));
        controller.enqueue(encoder.encode(text.slice(9)));
      }
      if (cutOff) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });

let uploads: { url: string; body: unknown; headers: unknown }[];
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  uploads = [];
  fakeServer().on(readStudy, () => ({ study: sampleStudy() }));
  vi.stubGlobal('scrollTo', () => {});
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    uploads.push({ url, body: init.body, headers: init.headers });
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

const lines = (...list: ImportLine[]) => new Response(asBody(list), { status: 200 });

async function chosen(chosenFile = file()) {
  const { user } = await renderDesk(<ImportScreen studyId={studyId} />);
  await user.upload(screen.getByLabelText('File to import'), chosenFile);
  await screen.findByRole('button', { name: 'Check first' });
  return user;
}

describe('importing a file', () => {
  it('shows the first record as a physician will see it: both answers, no model', async () => {
    await chosen();
    expect(screen.getByText(/Potassium, rising/)).toBeVisible();
    expect(screen.getByText('May I add spironolactone?')).toBeVisible();
    expect(screen.getByRole('region', { name: 'Answer A' })).toHaveTextContent('Not now');
    expect(screen.getByRole('region', { name: 'Answer B' })).toHaveTextContent('Yes, 25 mg.');
    expect(document.body).not.toHaveTextContent('clinician');
  });

  it('checks without importing, then imports, and says what came in', async () => {
    answer = () =>
      lines({ type: 'progress', lines: 0 }, { type: 'report', report: report({ identicalPairs: 1 }) });
    const user = await chosen();
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    await screen.findByRole('region', { name: 'Checked, nothing imported yet' });
    expect(uploads[0]?.url).toContain(
      `/api/studies/${studyId}/imports?fileName=pairs.jsonl&pairs=all&dryRun=true&badLines=stop`,
    );
    expect(uploads[0]?.body).toBeInstanceOf(File);
    answer = () =>
      lines({ type: 'progress', lines: 2 }, { type: 'report', report: report({ dryRun: false }) });
    await user.click(screen.getByRole('button', { name: 'Import 2 cases, 2 comparisons' }));
    await screen.findByRole('region', { name: 'Imported' });
    expect(uploads[1]?.url).toContain('dryRun=false');
    expect(screen.getByRole('link', { name: 'New batch' })).toHaveAttribute(
      'href',
      `/studies/${studyId}/new-batch`,
    );
  });

  it('lists each bad line with its field, what is wrong and what would be right, and can leave them out', async () => {
    answer = () => lines({ type: 'report', report: report(withBadLine) });
    const user = await chosen();
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    const row = await screen.findByRole('row', {
      name: /responses has fewer than 2 entries write at least two responses/,
    });
    expect(row).toHaveTextContent('2');
    await user.click(screen.getByRole('button', { name: 'Leave out 1 bad line and import 1 other' }));
    await waitFor(() => expect(uploads[1]?.url).toContain('badLines=skip'));
  });

  it('keeps the file, the choices and the report when the server refuses the import', async () => {
    answer = () => lines({ type: 'report', report: report({}) });
    const user = await chosen();
    await user.click(screen.getByRole('radio', { name: 'Neighbours' }));
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    await screen.findByRole('button', { name: /^Import 2 cases/ });
    expect(uploads[0]?.url).toContain('pairs=adjacent');
    answer = () =>
      lines({
        type: 'failed',
        error: {
          code: 'import-failed',
          message: errorTable['import-failed'][1],
          details: report(withBadLine),
        },
      });
    await user.click(screen.getByRole('button', { name: /^Import 2 cases/ }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Nothing was imported.');
    expect(screen.getByRole('alert')).toHaveTextContent('Your file and your choices are still here.');
    expect(screen.getByRole('region', { name: 'Nothing was imported' })).toBeVisible();
    expect(screen.getByText(/pairs.jsonl, 1 kB/)).toBeVisible();
    expect(screen.getByRole('radio', { name: 'Neighbours' })).toBeChecked();
  });

  it('says so when the connection breaks on the way, and can be tried again', async () => {
    answer = () => new Response(asBody([{ type: 'progress', lines: 0 }], true), { status: 200 });
    const user = await chosen();
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(/connection broke.*whole or not at all/);
    answer = () => lines({ type: 'report', report: report({}) });
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    await screen.findByRole('button', { name: /^Import 2 cases/ });
  });

  it.each([
    ['no server', () => Promise.reject(new TypeError('fetch failed')), errorTable['server-unreachable'][1]],
    [
      'a refusal',
      () =>
        new Response(JSON.stringify({ error: { code: 'forbidden', message: errorTable.forbidden[1] } }), {
          status: 403,
          headers: { 'content-type': 'application/json' },
        }),
      errorTable.forbidden[1],
    ],
  ])('shows the sentence of %s', async (_name, reply, sentence) => {
    answer = reply;
    const user = await chosen();
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(sentence);
  });

  it('tells at once when the file cannot be what is asked for', async () => {
    await chosen(file('id,prompt\n1,x\n'));
    expect(screen.getByRole('alert')).toHaveTextContent('Its first line is not JSON');
    expect(uploads).toEqual([]);
  });

  it('asks for the baseline model before it checks, and offers those of the file', async () => {
    answer = () => lines({ type: 'report', report: report({}) });
    const user = await chosen();
    await user.click(screen.getByRole('radio', { name: 'Against one model' }));
    expect(screen.getByRole('button', { name: 'Check first' })).toBeDisabled();
    await user.type(screen.getByRole('combobox', { name: /Model to compare/ }), 'clinician');
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    await waitFor(() => expect(uploads[0]?.url).toContain('pairs=baseline%3Aclinician'));
  });

  it('sends the bytes through the desktop app where there is one', async () => {
    const server = fakeServer();
    server.on(readStudy, () => ({ study: sampleStudy() }));
    const { host } = server;
    const sent: { path: string; fileName: string; bytes: Uint8Array }[] = [];
    setPlatform({
      ...host,
      invoke: async (channel, ...args) => {
        if (channel === 'app:info')
          return {
            ok: true,
            value: { host: 'electron', version: '1', os: 'linux', deviceName: 'x' } as never,
          };
        if (channel !== 'net:upload') return host.invoke(channel, ...args);
        sent.push(args[0] as (typeof sent)[number]);
        const body = `${JSON.stringify({ type: 'progress', lines: 2 })}\n${JSON.stringify({ type: 'report', report: report({}) })}\n`;
        const value = {
          kind: 'reply',
          status: 200,
          contentType: 'application/x-ndjson',
          body,
          retryAfter: null,
        };
        return { ok: true, value: value as never };
      },
    });
    const user = await chosen();
    await user.click(screen.getByRole('button', { name: 'Check first' }));
    await screen.findByRole('button', { name: /^Import 2 cases/ });
    expect(sent[0]?.fileName).toBe('pairs.jsonl');
    expect(new TextDecoder().decode(sent[0]?.bytes)).toContain('spironolactone');
    expect(uploads).toEqual([]);
  });
});
