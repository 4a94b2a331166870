import { RouterProvider } from '@tanstack/react-router';
import { UiProvider } from '../ui/ui-provider.tsx';
import type { AppRouter } from './router.tsx';

type Props = {
  router: AppRouter;
  /** `test` shows end states at once, without transitions or places that need a layout. */
  env?: 'default' | 'test';
};

export function App({ router, env = 'default' }: Props) {
  return (
    <UiProvider env={env}>
      <RouterProvider router={router} />
    </UiProvider>
  );
}
