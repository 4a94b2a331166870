import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { build as viteBuild } from 'vite';
import { projectRoot } from './paths.ts';
import { sourceHash } from './source-hash.ts';

type Log = (line: string) => void;
type PartName = 'renderer' | 'electron';
type Part = {
  name: PartName;
  /** Everything that decides what comes out. */
  sources: string[];
  /** The file without which the part is not there. */
  output: string;
  build: () => Promise<void>;
};

const common = ['shared', 'package.json', 'package-lock.json', 'tsconfig.base.json'];

/** Whatever runs the build: under a test runner's own NODE_ENV, React's slow development half would be built in. */
async function buildRenderer(): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await viteBuild({
      configFile: join(projectRoot, 'vite.config.ts'),
      mode: 'production',
      logLevel: 'warn',
    });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** One file each: a sandboxed preload must be a single CommonJS file, and main needs no node_modules beside it. */
async function bundleFile(input: string, output: string, format: 'esm' | 'cjs'): Promise<void> {
  const bundle = await rolldown({
    input: join(projectRoot, input),
    platform: 'node',
    external: ['electron', /^node:/],
    logLevel: 'warn',
  });
  await bundle.write({ file: join(projectRoot, output), format, codeSplitting: false });
  await bundle.close();
}

async function buildElectron(): Promise<void> {
  await bundleFile('electron/main/index.ts', 'dist/electron/main.js', 'esm');
  await bundleFile('electron/preload/index.ts', 'dist/electron/preload.cjs', 'cjs');
}

const parts: Part[] = [
  {
    name: 'renderer',
    sources: [
      'renderer',
      'vite.config.ts',
      'build/app-shell-plugin.ts',
      'build/first-paint-plugin.ts',
      'build/bundle.ts',
      ...common,
    ],
    output: 'dist/renderer/index.html',
    build: buildRenderer,
  },
  {
    name: 'electron',
    sources: ['electron', 'build/bundle.ts', ...common],
    output: 'dist/electron/preload.cjs',
    build: buildElectron,
  },
];

const stampOf = (part: Part) => join(projectRoot, 'dist', `.${part.name}.hash`);

function isFresh(part: Part, hash: string): boolean {
  if (!existsSync(join(projectRoot, part.output)) || !existsSync(stampOf(part))) return false;
  return readFileSync(stampOf(part), 'utf8') === hash;
}

/** Builds the parts of the workstation whose sources have changed since they were built. */
export async function ensureBuilt(options: {
  log: Log;
  force?: boolean;
  /** Just this part, for tests that need no other. */
  only?: PartName;
}): Promise<void> {
  for (const part of parts.filter(({ name }) => name === (options.only ?? name))) {
    const hash = sourceHash(projectRoot, part.sources);
    if (!options.force && isFresh(part, hash)) continue;
    options.log(`Building the ${part.name === 'electron' ? 'desktop shell' : 'workstation'}.`);
    rmSync(stampOf(part), { force: true });
    await part.build();
    mkdirSync(dirname(stampOf(part)), { recursive: true });
    writeFileSync(stampOf(part), hash);
  }
}

if (import.meta.main) {
  await ensureBuilt({ log: (line) => console.log(line), force: process.argv.includes('--force') });
  console.log('Built: dist/renderer, dist/electron.');
}
