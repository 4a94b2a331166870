import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Tests that start programs or real databases may be slow on a busy machine; none asserts a time. */
const patient = { testTimeout: 60_000, hookTimeout: 120_000 };
const postgres = ['test/support/global-postgres.ts'];
/** Groups run one after the other, so that two cores are not shared by browsers and databases. */
const after = (groupOrder: number) => ({ sequence: { groupOrder } });

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'shared', environment: 'node', include: ['shared/**/*.test.ts'], ...after(1) } },
      {
        plugins: [react()],
        define: { __APP_VERSION__: JSON.stringify('0.0.0-test') },
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['renderer/**/*.test.{ts,tsx}'],
          setupFiles: ['test/support/renderer-setup.ts'],
          ...patient,
          css: false,
          ...after(1),
        },
      },
      {
        test: {
          name: 'electron',
          environment: 'node',
          include: ['electron/**/*.test.ts', 'build/**/*.test.ts', 'test/support/**/*.test.ts'],
          ...patient,
          ...after(2),
        },
      },
      {
        test: {
          name: 'server',
          environment: 'node',
          pool: 'forks',
          include: [
            'server/**/*.test.ts',
            'test/sync/**/*.test.ts',
            'test/contract/**/*.test.ts',
            'test/security/server*.test.ts',
          ],
          globalSetup: postgres,
          ...patient,
          ...after(3),
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          pool: 'forks',
          include: [
            'test/e2e/**/*.test.ts',
            'test/security/electron*.test.ts',
            'test/security/browser*.test.ts',
          ],
          globalSetup: [...postgres, 'test/support/global-build.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          ...after(4),
        },
      },
    ],
  },
});
