/** The browser's journal worker, a program of its own: the harness starts it anew with each life of a page. */
export const journalWorker = new URL('../../../renderer/host/journal-worker.ts', import.meta.url).href;

/** The worker's text as a function: its imports stay where they are, everything else is a start's own. */
export function asFunction(source: string): string {
  const imports = /^(?:import [^;]*;\n)*/.exec(source)?.[0] ?? '';
  return `${imports}export function startWorker(self) {\n${source.slice(imports.length)}}\n`;
}
