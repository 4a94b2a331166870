import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { UiProvider } from '../ui/ui-provider.tsx';
import type { AppRouter } from './router.tsx';

type Props = {
  router: AppRouter;
  cache: QueryClient;
  /** `test` shows end states at once, without transitions or places that need a layout. */
  env?: 'default' | 'test';
};

export function App({ router, cache, env = 'default' }: Props) {
  return (
    <UiProvider env={env}>
      <QueryClientProvider client={cache}>
        <ModalsProvider modalProps={{ closeButtonProps: { 'aria-label': 'Close' } }}>
          <Notifications position="bottom-right" limit={3} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </UiProvider>
  );
}
