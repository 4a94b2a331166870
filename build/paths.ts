import { fileURLToPath } from 'node:url';

/** The project's folder, whatever folder a script was started from. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));
