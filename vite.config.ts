import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { appShellPlugin } from './build/app-shell-plugin.ts';
import { firstPaintPlugin } from './build/first-paint-plugin.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(at('./package.json'), 'utf8')) as { version: string };
const serviceWorker = 'service-worker';

export default defineConfig(({ mode }) => ({
  root: at('./renderer'),
  base: '/',
  publicDir: false,
  plugins: [react(), appShellPlugin(), firstPaintPlugin()],
  define: { __APP_VERSION__: JSON.stringify(version) },
  worker: { format: 'es' },
  build: {
    outDir: at('./dist/renderer'),
    emptyOutDir: true,
    // The oldest browser that holds the app is the newest Electron's; a browser host is asked to be as new.
    target: 'es2024',
    sourcemap: mode !== 'production',
    // Everything is a file of its own: the page's policy allows no inline script and no data: script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: {
        index: at('./renderer/index.html'),
        [serviceWorker]: at('./renderer/host/service-worker/service-worker.ts'),
      },
      output: {
        // The worker's address must stay the same over all versions, or old ones would never be replaced.
        entryFileNames: (chunk) => (chunk.name === serviceWorker ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
}));
