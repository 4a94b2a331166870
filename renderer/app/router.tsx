import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import type { z } from 'zod';
import {
  assignmentIdSchema,
  batchIdSchema,
  comparisonIdSchema,
  studyIdSchema,
} from '../../shared/schema/ids.ts';
import { currentSession } from '../data/session.ts';
import { CommandHost } from './command-host.tsx';
import { keepPreferencesOf } from './keep-preferences.ts';
import { NotFound, RouteError } from './route-error.tsx';
import { homeFor, mayOpen, type SectionKey, safeReturn } from './sections.ts';
import { Shell } from './shell.tsx';

/** Parses an id of the address; an address with another form of id leads nowhere. */
function idFrom<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

/** Opens a section only to those who may see it; others land on their own first screen. */
const only = (section: SectionKey) => () => {
  const session = currentSession();
  if (session && !mayOpen(session.user.roles, section)) throw redirect({ to: homeFor(session.user.roles) });
};

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

type SignInSearch = { from?: string; why?: 'ended' };

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => {
    const from = safeReturn(search.from);
    return { ...(from ? { from } : {}), ...(search.why === 'ended' ? { why: 'ended' } : {}) };
  },
  component: lazyRouteComponent(() => import('./gate-pages.tsx'), 'SignInPage'),
});

const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('./gate-pages.tsx'), 'LinkPage'),
});

/** Everything behind the gate. Without a session the way leads to it, and back to where one was. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: CommandHost,
  beforeLoad: async ({ location }) => {
    const session = currentSession();
    // Before a screen shows its keys and its text size: nothing may change a moment later.
    if (session) return keepPreferencesOf(session);
    const from = safeReturn(location.href);
    throw redirect({ to: '/sign-in', search: from && from !== '/' ? { from } : {} });
  },
});

const annotate = createRoute({
  getParentRoute: () => inside,
  path: '/annotate/$batchId/$assignmentId',
  params: {
    parse: (raw) => ({
      batchId: idFrom(batchIdSchema, raw.batchId),
      assignmentId: idFrom(assignmentIdSchema, raw.assignmentId),
    }),
  },
  beforeLoad: only('queue'),
  component: lazyRouteComponent(() => import('./annotate-page.tsx'), 'AnnotatePage'),
});

const shell = createRoute({ getParentRoute: () => inside, id: 'shell', component: Shell });

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    const session = currentSession();
    if (session) throw redirect({ to: homeFor(session.user.roles) });
  },
});

const queue = createRoute({
  getParentRoute: () => shell,
  path: '/queue',
  beforeLoad: only('queue'),
  component: lazyRouteComponent(() => import('./physician-pages.tsx'), 'QueuePage'),
});

const sync = createRoute({
  getParentRoute: () => shell,
  path: '/sync',
  beforeLoad: only('sync'),
  component: lazyRouteComponent(() => import('./sync-page.tsx'), 'SyncPage'),
});

const studies = createRoute({
  getParentRoute: () => shell,
  path: '/studies',
  beforeLoad: only('studies'),
  component: lazyRouteComponent(() => import('../features/studies/studies-screen.tsx'), 'StudiesScreen'),
});

const studyParams = {
  parse: (raw: { studyId: string }) => ({ studyId: idFrom(studyIdSchema, raw.studyId) }),
};

const study = createRoute({
  getParentRoute: () => shell,
  path: '/studies/$studyId',
  params: studyParams,
  beforeLoad: only('studies'),
  component: lazyRouteComponent(() => import('./lead-pages.tsx'), 'StudyPage'),
});

const importing = createRoute({
  getParentRoute: () => shell,
  path: '/studies/$studyId/import',
  params: studyParams,
  beforeLoad: only('studies'),
  component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportPage'),
});

const newBatch = createRoute({
  getParentRoute: () => shell,
  path: '/studies/$studyId/new-batch',
  params: studyParams,
  beforeLoad: only('studies'),
  component: lazyRouteComponent(() => import('./lead-pages.tsx'), 'NewBatchPage'),
});

const batch = createRoute({
  getParentRoute: () => shell,
  path: '/batches/$batchId',
  params: { parse: (raw) => ({ batchId: idFrom(batchIdSchema, raw.batchId) }) },
  beforeLoad: only('studies'),
  component: lazyRouteComponent(() => import('./lead-pages.tsx'), 'BatchPage'),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  beforeLoad: only('people'),
  component: lazyRouteComponent(() => import('./lead-pages.tsx'), 'PeoplePage'),
});

const review = createRoute({
  getParentRoute: () => shell,
  path: '/review',
  beforeLoad: only('review'),
  component: lazyRouteComponent(() => import('./review-pages.tsx'), 'ReviewHomePage'),
});

const batchReview = createRoute({
  getParentRoute: () => shell,
  path: '/review/$batchId',
  params: { parse: (raw) => ({ batchId: idFrom(batchIdSchema, raw.batchId) }) },
  beforeLoad: only('review'),
  component: lazyRouteComponent(() => import('./review-pages.tsx'), 'BatchReviewPage'),
});

const comparisonReview = createRoute({
  getParentRoute: () => shell,
  path: '/review/$batchId/$comparisonId',
  params: {
    parse: (raw) => ({
      batchId: idFrom(batchIdSchema, raw.batchId),
      comparisonId: idFrom(comparisonIdSchema, raw.comparisonId),
    }),
  },
  beforeLoad: only('review'),
  component: lazyRouteComponent(() => import('./review-pages.tsx'), 'ComparisonReviewPage'),
});

const routeTree = root.addChildren([
  signIn,
  link,
  inside.addChildren([
    annotate,
    shell.addChildren([
      home,
      queue,
      sync,
      studies,
      study,
      importing,
      newBatch,
      batch,
      people,
      review,
      batchReview,
      comparisonReview,
    ]),
  ]),
]);

/** @param history a memory history in tests; the browser's own otherwise */
export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    ...(history ? { history } : {}),
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFound,
    defaultPreload: 'intent',
    // Screens are on the disk or in the cache within a frame or two; a flash of "loading" would only unsettle.
    defaultPendingMs: 1500,
    // Pages scroll inside the frame, which stays while they change.
    scrollRestoration: true,
    scrollToTopSelectors: ['[data-page-scroll]'],
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
