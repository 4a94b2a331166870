import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { batchKinds } from '../../shared/contract/batches.ts';
import { pairsRuleSchema } from '../../shared/contract/imports.ts';
import { type Role, roles } from '../../shared/permissions.ts';
import { auditVerify } from './commands/audit.ts';
import { assign, batchCreate, batchList, batchLock, progress } from './commands/batch.ts';
import { exportStudy } from './commands/export.ts';
import { guidelinesPublish } from './commands/guidelines.ts';
import { importFile } from './commands/import.ts';
import { rescueImport, rescueInspect } from './commands/rescue.ts';
import { newEpoch } from './commands/site.ts';
import { studyCreate, studyList, studySettings } from './commands/study.ts';
import { usersInvite, usersLink, usersList } from './commands/users.ts';
import { writeFailure } from './output.ts';
import { type GlobalOptions, type Session, withSession } from './session.ts';
import { addStats } from './stats-program.ts';

const exitOnUsage = 2;

/** Reads one option's text by a schema; what is wrong is said as commander says it. */
function checked<T>(schema: z.ZodType<T>, expected: string) {
  return (text: string): T => {
    const parsed = schema.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(`Expected ${expected}.`);
    return parsed.data;
  };
}

const wholeNumber = (max: number) =>
  checked(z.coerce.number().int().min(1).max(max), `a whole number from 1 to ${max}`);
const aName = checked(z.string().trim().min(1).max(100), 'a name of 1 to 100 characters');
const aShare = checked(z.coerce.number().min(0).max(1), 'a share from 0 to 1, such as 0.8');
const aCountOrOff = (text: string): number | 'off' => (text === 'off' ? text : wholeNumber(1000)(text));
const aDate = checked(z.iso.date(), 'a date such as 2026-12-31');
const pairsRule = checked(pairsRuleSchema, 'all, adjacent or baseline:MODEL');
const commaList = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
const someRoles = (text: string): Role[] =>
  commaList(text).map((name) => checked(z.enum(roles), `one or more of ${roles.join(', ')}`)(name));

export type Program = { command: Command; globals: () => GlobalOptions };

/** The command line, every command as a sentence of what it does. */
export function buildProgram(): Program {
  const program = new Command('cli')
    .description('Second Opinion on the command line; works whether or not the server is running.')
    .option('--json', 'one JSON document on stdout; failures as JSON on stderr', false)
    .option(
      '--data <dir>',
      'data folder of the built-in database, .data if not said; DATABASE_URL goes before it',
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError();
  const globals = (): GlobalOptions => program.opts<GlobalOptions>();
  // --json and --data are understood on either side of the command's name.
  const global = (command: Command) =>
    command
      .addOption(new Option('--json').hideHelp())
      .addOption(new Option('--data <dir>').hideHelp())
      .hook('preAction', (_, action) => {
        const { json, data } = action.opts<Partial<GlobalOptions>>();
        if (json) program.setOptionValue('json', true);
        if (data !== undefined) program.setOptionValue('data', data);
      });
  const run =
    <Args extends unknown[]>(work: (session: Session, ...args: Args) => Promise<void>) =>
    (...args: Args) =>
      withSession(globals(), (session) => work(session, ...args));
  const add = (parent: Command, usage: string, description: string) =>
    global(parent.command(usage).description(description));

  const study = program.command('study').description('Studies');
  add(study, 'create', 'Make a study with the default rubric')
    .requiredOption('--name <name>', 'its name', aName)
    .action(run(studyCreate));
  add(study, 'list', 'All studies with their counts').action(run(studyList));
  add(study, 'settings', 'Show, or change, how a study uses known answers')
    .requiredOption('--study <name>', 'the study', aName)
    .addOption(
      new Option('--qualification <on|off>', 'real work opens only after practice is passed').choices([
        'on',
        'off',
      ]),
    )
    .option('--pass-share <share>', 'share of agreeing preferences that passes, such as 0.8', aShare)
    .option('--calibration-every <n>', 'tell experts’ answers after so many known cases, or off', aCountOrOff)
    .action(run(studySettings));

  const guidelines = program.command('guidelines').description('Guidelines of a study');
  add(guidelines, 'publish', 'Publish a new version from a Markdown file; open batches get it')
    .requiredOption('--study <name>', 'the study', aName)
    .requiredOption('--file <file>', 'the Markdown file')
    .action(run(guidelinesPublish));

  add(
    program,
    'import <file>',
    'Import a JSON Lines file, plain or gzipped; makes the study if there is none',
  )
    .requiredOption('--study <name>', 'the study to import into', aName)
    .option(
      '--pairs <rule>',
      'which responses are compared: all, adjacent or baseline:MODEL',
      pairsRule,
      'all',
    )
    .option('--dry-run', 'check everything, write nothing', false)
    .option('--skip-bad-lines', 'import the good lines and list the bad ones', false)
    .action(run(importFile));

  const batch = program.command('batch').description('Batches of a study');
  add(batch, 'create', 'Put comparisons that are in no batch yet into a new one')
    .requiredOption('--study <name>', 'the study', aName)
    .requiredOption('--name <name>', 'name of the batch', aName)
    .requiredOption('--size <n>', 'how many comparisons', wholeNumber(100_000))
    .option('--specialty <name>', 'only cases of this specialty', aName)
    .addOption(
      new Option('--kind <kind>', 'real work, or practice with known answers only')
        .choices([...batchKinds])
        .default('work'),
    )
    .addOption(
      new Option('--order <order>', 'order of import, or random')
        .choices(['import', 'random'])
        .default('import'),
    )
    .option('--one-per-case', 'at most one comparison of each case', false)
    .option('--overlap <n>', 'how many physicians for each comparison', wholeNumber(50), 1)
    .option('--deadline <date>', 'a date such as 2026-12-31', aDate)
    .action(run(batchCreate));
  add(batch, 'list', 'The batches of a study, newest first')
    .requiredOption('--study <name>', 'the study', aName)
    .action(run(batchList));
  add(batch, 'lock', 'Lock a batch: physicians can read it and change nothing')
    .requiredOption('--study <name>', 'the study', aName)
    .requiredOption('--batch <name>', 'the batch', aName)
    .action(run(batchLock(true)));
  add(batch, 'unlock', 'Open a locked batch again')
    .requiredOption('--study <name>', 'the study', aName)
    .requiredOption('--batch <name>', 'the batch', aName)
    .action(run(batchLock(false)));

  add(program, 'assign', 'Give the comparisons of a batch to physicians')
    .requiredOption('--study <name>', 'the study', aName)
    .requiredOption('--batch <name>', 'the batch', aName)
    .requiredOption('--to <emails>', 'e-mail addresses with commas between, or all')
    .action(run(assign));
  add(program, 'progress', 'How far the batches of a study, or the physicians of one batch, are')
    .requiredOption('--study <name>', 'the study', aName)
    .option('--batch <name>', 'one batch', aName)
    .action(run(progress));

  const users = program.command('users').description('Accounts');
  add(users, 'invite <email>', 'Invite a person; the one-time link is printed once')
    .requiredOption('--role <roles>', `one or more of ${roles.join(', ')}, with commas between`, someRoles)
    .option('--name <name>', 'the name', aName, '')
    .option('--specialty <list>', 'specialties with commas between', commaList, [])
    .action(run(usersInvite));
  add(users, 'link <email>', 'A one-time sign-in link for someone who has an account').action(run(usersLink));
  add(users, 'list', 'Everyone with an account or an open invitation').action(run(usersList));

  add(program, 'export', 'Every revision of a study as JSON Lines, oldest first')
    .requiredOption('--raw', 'the raw export')
    .requiredOption('--study <name>', 'the study', aName)
    .option('--out <file>', 'write to a file instead of stdout')
    .action(run(exportStudy));

  const rescue = program.command('rescue').description('Work rescued from laptops');
  const aKey = (command: Command) =>
    command.option(
      '--key <pem>',
      'private recovery key; may be given several times; those of the data folder if not said',
      (file: string, files: string[] = []) => [...files, file],
    );
  aKey(add(rescue, 'inspect <file>', 'What is in an emergency copy; changes nothing')).action(
    run(rescueInspect),
  );
  aKey(add(rescue, 'import <file>', 'Take the work of an emergency copy in; safe to repeat'))
    .option('--dry-run', 'say what would come of it, write nothing', false)
    .action(run(rescueImport));

  const site = program.command('site').description('This server’s database as a whole');
  add(site, 'new-epoch', 'After a backup was put back: let every laptop shake hands anew').action(
    run(newEpoch),
  );

  const audit = program.command('audit').description('The audit trail');
  addStats(program, { add, checked, json: () => globals().json });
  add(audit, 'verify', 'Check every hash chain of the audit trail').action(run(auditVerify));
  return { command: program, globals };
}

const wantsJson = (argv: readonly string[]) => argv.includes('--json');

function usageFailure(error: CommanderError, argv: readonly string[]): number {
  // Help and version were asked for, and are already on stdout.
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  if (wantsJson(argv)) writeUsage(JSON.stringify({ error: { code: 'usage', message } }));
  else
    writeUsage(`${message.charAt(0).toUpperCase()}${message.slice(1)}\nSee what there is with: cli --help`);
  return exitOnUsage;
}

const writeUsage = (text: string) => process.stderr.write(`${text}\n`);

/** Runs one command line. @returns the exit code: 0, 1 for a failure, 2 for a wrong command line, 130 when stopped */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const { command } = buildProgram();
  try {
    await command.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return usageFailure(error, argv);
    writeFailure(error, wantsJson(argv));
    return error instanceof Error && 'code' in error && error.code === 'interrupted' ? 130 : 1;
  }
}
