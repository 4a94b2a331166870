import { registerHooks } from 'node:module';

// Loaded before the app: `electron` then means the stand-in.
const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'electron' || specifier === 'electron/main')
      return { url: standIn, shortCircuit: true };
    if (specifier === 'electron/renderer') throw new Error('electron/renderer is not for the main process');
    return next(specifier, context);
  },
});
