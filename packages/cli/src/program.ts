import { Command, CommanderError, Option } from 'commander';
import { Cache, cacheFolder, RequestError } from '@pinbench/host';
import { conformCommand, type ConformOptions } from './conform/index.ts';
import { recallAccelerator } from '@pinbench/qemu';
import { doctor } from './doctor/index.ts';
import { debianLines, isMatrix, matrixCommand, type MatrixOptions } from './matrix/index.ts';
import { addModelCommands } from './model/index.ts';
import { mutantsCommand, type MutantsOptions } from './mutants/index.ts';
import { runCommand } from './run/run-command.ts';
import { addBuildOptions, addRunOptions, collect } from './run/run-options.ts';
import { statusCommand, type StatusOptions } from './status/index.ts';
import { version } from './version.ts';

const defaultBase = 'debian:6.1';

/** The command line. `finish` is told the exit code of the command that ran. */
export function makeProgram(signal: AbortSignal, finish: (exitCode: number) => void): Command {
  const program = new Command('pinbench')
    .description(
      'Shows on a real kernel in QEMU whether a page-pinning patch does what its author claims: makes a before and an after, boots them, asks the checks, judges.',
    )
    .version(version)
    .usage('[options]    as: npm run qemu:test -- [options]')
    .enablePositionalOptions()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false)
    .hook('preSubcommand', refuseLostOptions);

  addRunOptions(program, {
    base: defaultBase,
    out: 'folder for report.txt, result.json, result.ktap, junit.xml and what the guests said',
  })
    .addHelpText('after', exitCodes)
    .action(async ({ base = [defaultBase], ...options }: MatrixOptions) => {
      const [only = defaultBase] = base;
      finish(
        isMatrix({ ...options, base })
          ? await matrixCommand({ ...options, base }, signal)
          : await runCommand({ ...options, base: only }, signal),
      );
    });

  addRunOptions(program.command('matrix'), {
    base: debianLines.join(', '),
    out: "folder for matrix.txt, matrix.json, matrix.ktap, matrix.xml, and in a folder for each base the base's own reports",
  })
    .description('several bases, one after the other, in one table')
    .addHelpText('after', matrixExitCodes)
    .action(async ({ base = [...debianLines], ...options }: MatrixOptions) => {
      finish(await matrixCommand({ ...options, base }, signal));
    });

  addBuildOptions(program.command('conform'), {
    base: defaultBase,
    out: 'folder for report.txt, result.json, result.ktap, junit.xml, what the guests said, and the sequence that differs',
  })
    .description('random sequences of operations, held one by one against the model of the kernel')
    .option('--sequences <n>', 'how many (default: 400)')
    .option('--for <time>', 'or for how long: 90s, 10m, 2h')
    .option('--seed <n>', 'what they are made of: the same seed makes the same ones (default: 1)')
    .option('--length <n>', 'draws of operations that one is made of at most (default: 28)')
    .option('--variant <name>', 'before, after or both (default: both)')
    .option(
      '--replay <file>',
      'run the one in this file instead, or in standard input (-), and tell what came of each operation',
    )
    .addHelpText('after', conformExitCodes)
    .action(async ({ base = [defaultBase], ...options }: RepeatedBase<ConformOptions>) => {
      finish(await conformCommand({ ...options, base: onlyOne('--base', base) }, signal));
    });

  program
    .command('mutants')
    .description('deliberately wrong versions of the patch, and which check catches each')
    .option('--base <base>', 'the kernel to try them on', defaultBase)
    .option('--mutant <id>', 'only these (repeat or separate by commas)', collect)
    .option('--check <name>', 'only these checks, and the mutants meant for them', collect)
    .option(
      '--by <what>',
      'conformance: ask no check but random sequences, and shrink what catches each',
    )
    .addOption(new Option('--accel <kind>', 'auto, kvm or tcg').default('auto'))
    .option(
      '--out <dir>',
      'folder for mutants.txt, mutants.json, mutants.md, and what the guests said',
      'pinbench-out',
    )
    .option('--json', 'print the outcome as JSON')
    .option('--update', 'look for newer packages instead of using the versions chosen earlier')
    .addHelpText('after', mutantsExitCodes)
    .action(async (options: MutantsOptions) => {
      finish(await mutantsCommand(options, signal));
    });

  program
    .command('status')
    .argument('<base...>', `such as ${defaultBase} or tree:../linux@v4.15`)
    .description('where the source of each base stands on the fixes, without building anything')
    .option('--json', 'print it as JSON')
    .option('--update', 'look for newer packages instead of using the versions chosen earlier')
    .option('--dirty', 'take the uncommitted changes of git trees along')
    .addHelpText('after', statusExitCodes)
    .action(async (bases: string[], options: StatusOptions) => {
      finish(await statusCommand(bases, options, signal));
    });

  addModelCommands(program, signal, finish);

  program
    .command('doctor')
    .description('what was found on this host, what is missing and what it means')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: true }) => {
      const accelerator = await recallAccelerator(new Cache(cacheFolder()));
      finish(await doctor({ ...options, signal, ...(accelerator && { accelerator }) }));
    });

  complainAsRequests(program);
  return program;
}

const exitCodes = `
Exit codes:
  0    every check passed (skips are named)
  1    the patch failed a check, or an assumption did not hold and the run is invalid
  2    the bench could not do its work: QEMU, disk, package, time limit
  64   the request was wrong: no such base, the patch does not apply, an unknown option`;

const matrixExitCodes = `
Exit codes, those of the worst base:
  130  it was stopped (Ctrl-C); --resume takes over what is done
  0    every check passed on every base
  2    the bench could not do its work on one of them
  1    else, if one failed or was invalid
  64   else, if the request was wrong for one: the patch does not apply, say. Bases and options that
       are not known are said before anything is run`;

const conformExitCodes = `
Exit codes:
  0    every operation came out as the model says
  1    one did not: after the patch (fail), or before it as well (invalid: model or base is wrong)
  2    the bench could not do its work
  64   the request was wrong: an unknown option, a sequence that cannot be read or asked
  130  it was stopped (Ctrl-C); what whole rounds of 100 sequences have found by then is reported`;

const mutantsExitCodes = `
Exit codes:
  0    every mutant is caught by the check named for it, for the reason named, and no right patch is
  1    one got away, was caught for another reason, or a right patch was found fault with
  2    the bench could not do its work
  64   the request was wrong: no mutants for that base, an unknown option`;

const statusExitCodes = `
Exit codes:
  0    every source was read and understood, wherever it stands
  1    something in a source was not understood; it is named
  2    the source of a base could not be had: mirror, disk
  64   the request was wrong: no such base, an unknown option`;

/** Options as commander hands them over where `--base` may stand several times. */
type RepeatedBase<Options> = Omit<Options, 'base'> & { base?: string[] };

/** @throws RequestError where an option that a command takes once is given several times. */
function onlyOne(option: string, values: readonly string[]): string {
  const [value = '', other] = values;
  if (other === undefined) return value;
  throw new RequestError(`${option} is given twice`, { hint: 'this command takes one' });
}

/** What stands before the name of a command is an option of the main job, and would be lost without a word. */
function refuseLostOptions(program: Command, subcommand: Command): void {
  const lost = program.options.find(
    (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (lost === undefined) return;
  throw new RequestError(`${lost.long ?? lost.flags} stands before "${subcommand.name()}"`, {
    hint: `options stand behind the command: npm run qemu:test -- ${subcommand.name()} ${lost.flags}`,
  });
}

/** Commander's own complaints as wrong requests that name the help of the command they are about. */
function complainAsRequests(command: Command, words: readonly string[] = []): void {
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    throw new RequestError(error.message.replace(/^error: /, '').replace(/\n/g, ' '), {
      hint: `\`${['npm run qemu:test --', ...words, '--help'].join(' ')}\` lists the options`,
    });
  });
  for (const each of command.commands) complainAsRequests(each, [...words, each.name()]);
}

/** Help and version are thrown by commander as well, and are no errors. */
export const isNoError = (error: unknown): boolean =>
  error instanceof CommanderError && error.exitCode === 0;
