import type { CDPSession, Page } from 'playwright-core';

/**
 * When the frame of a key press was on the screen: the browser's own EventLatency trace, from the moment it made the
 * key event to the moment its display compositor presented the frame, in microseconds. Event Timing, which a page can
 * read, tells the same in steps of 8 ms only.
 */
type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  ts: number;
  id2?: { local?: string; global?: string };
  args?: { event_latency?: { event_type?: string; display_trace_id?: number } };
};

const clockMark = 'bench-clock';

export type PresentedFrames = {
  /** Ends the trace; milliseconds from event to screen by the event's own time in the page, null where none is known. */
  stop: () => Promise<(at: number) => number | null>;
};

export async function followPresses(page: Page): Promise<PresentedFrames> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    // The protocol's own type says no more than "objects".
    for (const event of value as unknown as TraceEvent[]) events.push(event);
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['input', 'blink.user_timing'] },
  });
  // One moment in both clocks, that of the trace and that of the page.
  const marked = await page.evaluate((name) => performance.mark(name).startTime, clockMark);
  return {
    stop: async () => {
      await endTrace(session);
      const mark = events.find(({ name }) => name === clockMark);
      if (!mark) throw new Error('the trace lacks the mark that ties its clock to that of the page');
      return lookUp(latencies(events), mark.ts / 1000 - marked);
    },
  };
}

async function endTrace(session: CDPSession): Promise<void> {
  const whole = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await whole;
  await session.detach();
}

type Latency = { startMs: number; ms: number };

/** Of presses that a frame was presented for; ids are used again, so a begin goes with the next end. */
function latencies(events: readonly TraceEvent[]): Latency[] {
  const begun = new Map<string, TraceEvent>();
  const found: Latency[] = [];
  const own = events.filter(({ name }) => name === 'EventLatency').sort((a, b) => a.ts - b.ts);
  for (const event of own) {
    const id = `${event.pid} ${event.id2?.local ?? event.id2?.global ?? ''}`;
    const begin = begun.get(id);
    if (event.ph === 'b') begun.set(id, event);
    else if (begin) {
      begun.delete(id);
      const { event_type: type, display_trace_id: frame } = begin.args?.event_latency ?? {};
      if (type === 'KEY_PRESSED' && frame !== undefined)
        found.push({ startMs: begin.ts / 1000, ms: (event.ts - begin.ts) / 1000 });
    }
  }
  return found;
}

/** The event's time reaches the page rounded to a tenth of a millisecond. */
const sameMs = 0.5;

const lookUp =
  (known: readonly Latency[], offset: number) =>
  (at: number): number | null =>
    known.find(({ startMs }) => Math.abs(startMs - offset - at) < sameMs)?.ms ?? null;
