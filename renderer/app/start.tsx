import type { Root } from 'react-dom/client';
import { resumeErasure, resumeSession, settleWorkBy } from '../data/session.ts';
import { settleOpenWork } from '../features/annotate/open-work.ts';
import { registerServiceWorker } from '../host/register-service-worker.ts';
import { platform } from '../platform.ts';
import { App } from './app.tsx';
import { followSession } from './background-sync.ts';
import { answerDrains, askBeforeUnload } from './drain.ts';
import { useGate } from './gate.ts';
import { lockWhenIdle } from './idle-lock.ts';
import { leaveWithSession } from './leave-with-session.ts';
import { createAppRouter } from './router.tsx';

/** How long the page may stay blank while the server is asked who is signed in. */
const patienceMs = 400;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function resume(): Promise<void> {
  const resumed = await resumeSession();
  if (resumed.kind === 'locked') useGate.setState({ email: resumed.user.email });
}

export async function startApp(root: Root): Promise<void> {
  const router = createAppRouter();
  settleWorkBy(settleOpenWork);
  followSession();
  lockWhenIdle();
  answerDrains();
  leaveWithSession(router);
  platform().app.on('app:link', ({ token }) => void router.navigate({ to: '/link', hash: token }));
  const { host } = await platform().app.info();
  if (host === 'browser') {
    registerServiceWorker();
    askBeforeUnload();
  }
  // A slow server must not keep a physician from unlocking: the sign-in screen goes on by itself when it answers.
  await Promise.race([resume(), wait(patienceMs)]);
  void resumeErasure(); // never rejects; an opening waits for it
  root.render(<App router={router} />);
}
