import { runTool } from './run.ts';

// The name becomes part of the file's name: npm run db:migration -- --name add_releases
const { ok } = await runTool('drizzleKit', ['generate', ...process.argv.slice(2)], { show: true });
process.exitCode = ok ? 0 : 1;
