import { runTool } from './run.ts';

const paths = process.argv.slice(2);
const { ok } = await runTool('biome', ['check', '--write', ...(paths.length > 0 ? paths : ['.'])], {
  show: true,
});
process.exitCode = ok ? 0 : 1;
