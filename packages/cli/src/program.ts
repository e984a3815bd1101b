import { Command, CommanderError, Option } from 'commander';
import { Cache, cacheFolder, RequestError } from '@pinbench/host';
import { backings, checks } from '@pinbench/model';
import { recallAccelerator } from '@pinbench/qemu';
import { doctor } from './doctor/index.ts';
import type { RunOptions } from './run/request.ts';
import { runCommand } from './run/run-command.ts';
import { version } from './version.ts';

const collect = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/** The command line. `finish` is told the exit code of the command that ran. */
export function makeProgram(signal: AbortSignal, finish: (exitCode: number) => void): Command {
  const program = new Command('pinbench')
    .description(
      'Shows on a real kernel in QEMU whether a page-pinning patch does what its author claims: makes a before and an after, boots them, asks the checks, judges.',
    )
    .version(version)
    .exitOverride()
    .usage('[options]    as: npm run qemu:test -- [options]')
    .enablePositionalOptions()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false);

  program
    .option('--base <base>', 'the kernel to hold the patch against', 'debian:6.1')
    .option(
      '--patch <file>',
      'patch under test: a diff, a mail, an mbox, a folder of them, or - for standard input (repeat for more, in order; default: the one pinbench ships)',
      collect,
    )
    .option(
      '--check <name>',
      `only these checks: ${checks.map((check) => check.name).join(', ')} (repeat or separate by commas)`,
      collect,
    )
    .option(
      '--backing <name>',
      `only these kinds of memory: ${backings.join(', ')} (repeat or separate by commas)`,
      collect,
    )
    .addOption(
      new Option('--accel <kind>', 'auto, kvm or tcg; counted time is always TCG').default('auto'),
    )
    .addOption(
      new Option('--time <clock>', 'counted: instructions, exact; sampled: real time; off').default(
        'counted',
      ),
    )
    .option('--max-cost <percent>', 'fail when any row of the time table costs more than this')
    .option(
      '--out <dir>',
      'folder for report.txt, result.json, result.ktap, junit.xml and what the guests said',
      'pinbench-out',
    )
    .option('--json', 'print the result as JSON instead of the report')
    .option('--cold', 'boot afresh instead of taking up the kept machine')
    .option('--update', 'look for newer packages instead of using the versions chosen earlier')
    .addHelpText('after', exitCodes)
    .action(async (options: RunOptions) => {
      finish(await runCommand(options, signal));
    });

  program
    .command('doctor')
    .description('what was found on this host, what is missing and what it means')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: true }) => {
      const accelerator = await recallAccelerator(new Cache(cacheFolder()));
      finish(await doctor({ ...options, signal, ...(accelerator && { accelerator }) }));
    });

  return program;
}

const exitCodes = `
Exit codes:
  0    every check passed (skips are named)
  1    the patch failed a check, or an assumption did not hold and the run is invalid
  2    the bench could not do its work: QEMU, disk, package, time limit
  64   the request was wrong: no such base, the patch does not apply, an unknown option`;

/** Commander's own complaints as a wrong request; help and version are not errors. */
export function asRequestError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.exitCode === 0) return undefined;
  return new RequestError(error.message.replace(/^error: /, '').replace(/\n/g, ' '), {
    hint: '`npm run qemu:test -- --help` lists the options',
  });
}
