import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const workerFile = 'service-worker.js';

/** Fills in the service worker's list of files and its version once all other files of the build are known. */
export function appShellPlugin(): Plugin {
  return {
    name: 'app-shell',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[workerFile];
        if (worker?.type !== 'chunk') return;
        const files = Object.keys(bundle).filter((file) => file !== workerFile && !file.endsWith('.map'));
        const hash = createHash('sha256');
        for (const file of files.sort()) {
          const part = bundle[file];
          hash.update(file).update(part?.type === 'chunk' ? part.code : (part?.source ?? ''));
        }
        worker.code = worker.code
          .replaceAll('__SHELL_VERSION__', JSON.stringify(hash.digest('hex').slice(0, 16)))
          .replaceAll('__SHELL_FILES__', JSON.stringify(files.map((file) => `/${file}`)));
      },
    },
  };
}
