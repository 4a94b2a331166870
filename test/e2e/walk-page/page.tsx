import { StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { AnnotateScreen } from '../../../renderer/features/annotate/annotate-screen.tsx';
import { type OpenCase, openCase } from '../../../renderer/features/annotate/annotate-store.ts';
import { AnswerColumn } from '../../../renderer/features/annotate/answer-column.tsx';
import { CaseContext } from '../../../renderer/features/annotate/case-context.ts';
import caseLayer from '../../../renderer/features/annotate/case-layer.module.css';
import { preparedSource, stretches } from '../../../renderer/ui/markdown-source.ts';
import { UiProvider } from '../../../renderer/ui/ui-provider.tsx';
import '../../../renderer/ui/global.css';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { fakeWorkspace } from '../../support/fake-workspace.ts';
import { faultsOf, type Pair, type Planted, plant, type WalkReport } from './faults.ts';

/** The product's answer columns and its whole annotate screen, reachable from a test. */
let root: Root | null = null;
const holder = () => document.querySelector<HTMLElement>('#root') as HTMLElement;
const nothing = () => {};

function render(node: React.ReactNode): void {
  root ??= createRoot(holder());
  const mounted = root;
  flushSync(() => mounted.render(node));
}

let show: (pair: Pair) => void = nothing;

/** As wide and as high as the columns are on the screen, with the context open beside them. */
function Columns({ first, one }: { first: Pair; one: OpenCase }) {
  const [{ a, b }, setPair] = useState(first);
  show = setPair;
  return (
    <CaseContext value={one}>
      <div style={{ position: 'fixed', inset: '48px 0 280px 300px', display: 'grid' }}>
        <div className={caseLayer.pair}>
          <AnswerColumn side="a" text={a} askRefusal={false} onAddress={nothing} />
          <AnswerColumn side="b" text={b} askRefusal={false} onAddress={nothing} />
        </div>
      </div>
    </CaseContext>
  );
}

async function someCase(): Promise<OpenCase> {
  const workspace = fakeWorkspace({ cases: [{}] });
  const loaded = await workspace.loadCase(workspace.ids[0] as AssignmentId);
  return openCase(loaded, { workspace, now: Date.now });
}

const partsOf = (text: string) => {
  const { length } = stretches(preparedSource(text));
  return length === 1 ? 0 : length;
};

/** One turn of the event loop, so that what a layout left for later is done. */
const turn = () =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });

/** A long text follows in a transition; what is checked is all of it. */
async function untilWhole({ a, b }: Pair): Promise<void> {
  const wanted = partsOf(a) + partsOf(b);
  for (let tries = 0; document.querySelectorAll('[data-stretch]').length !== wanted; tries++) {
    if (tries > 1000) throw new Error('a long answer was never laid out whole');
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

/** Lays out one pair after the other and tells what is wrong with which. */
async function columns(
  pairs: readonly Pair[],
  planted: Planted | null,
  looked: { words: boolean } = { words: true },
): Promise<WalkReport> {
  const report: WalkReport = { pairs: 0, faults: [] };
  const one = await someCase();
  const [first] = pairs;
  if (first)
    render(
      <UiProvider>
        <Columns key={first.id} first={first} one={one} />
      </UiProvider>,
    );
  for (const pair of pairs) {
    flushSync(() => show(pair));
    await untilWhole(pair);
    await turn();
    if (planted) plant(planted);
    report.faults.push(...faultsOf(pair, looked));
    report.pairs += 1;
  }
  return report;
}

/** The whole screen over a workspace in memory. */
function screen(pairs: readonly Pair[], preferences: Record<string, string> = {}): void {
  const workspace = fakeWorkspace({ cases: pairs.map(({ a, b }) => ({ a, b })) });
  for (const [key, value] of Object.entries(preferences)) workspace.preferences.set(key, value);
  const first = workspace.ids[0];
  if (first === undefined) throw new Error('a screen needs a pair');
  render(
    <StrictMode>
      <UiProvider>
        <AnnotateScreen
          workspace={workspace}
          batchId={workspace.batchId}
          assignmentId={first}
          onOpenCase={nothing}
          onLeave={nothing}
          onOpenLedger={nothing}
        />
      </UiProvider>
    </StrictMode>,
  );
}

const walk = { columns, screen };
export type Walk = typeof walk;

declare global {
  interface Window {
    walk: Walk;
  }
}
window.walk = walk;
