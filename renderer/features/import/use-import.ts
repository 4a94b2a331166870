import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type ImportReport, importReportSchema } from '../../../shared/contract/imports.ts';
import { AppError } from '../../../shared/errors.ts';
import { type ImportRequest, sendImport } from './upload.ts';

export type ImportState =
  | { kind: 'idle' }
  | { kind: 'running'; dryRun: boolean; lines: number }
  | { kind: 'checked'; report: ImportReport }
  | { kind: 'imported'; report: ImportReport }
  /** Nothing was taken; with `report` the server says which lines are bad. */
  | { kind: 'failed'; error: unknown; report: ImportReport | null };

function reportIn(error: unknown): ImportReport | null {
  const parsed = error instanceof AppError ? importReportSchema.safeParse(error.details) : null;
  return parsed?.success ? parsed.data : null;
}

/** One check or import at a time; leaving the screen breaks off a running one, which takes nothing. */
export function useImport() {
  const [state, setState] = useState<ImportState>({ kind: 'idle' });
  const running = useRef<AbortController | null>(null);
  const client = useQueryClient();
  useEffect(() => () => running.current?.abort(), []);

  const run = async (request: ImportRequest) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    setState({ kind: 'running', dryRun: request.dryRun, lines: 0 });
    try {
      const onLines = (lines: number) => {
        if (!signal.aborted) setState({ kind: 'running', dryRun: request.dryRun, lines });
      };
      const report = await sendImport(request, onLines, signal);
      if (signal.aborted) return;
      setState({ kind: request.dryRun ? 'checked' : 'imported', report });
      if (!request.dryRun) await client.invalidateQueries({ queryKey: ['studies'] });
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', error, report: reportIn(error) });
    }
  };
  const reset = () => {
    running.current?.abort();
    setState({ kind: 'idle' });
  };
  return { state, run, reset };
}
