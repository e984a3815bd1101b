import { Option, type Command } from 'commander';
import { RequestError } from '@pinbench/host';
import { debianLines } from '@pinbench/kernel';
import { backings, checks } from '@pinbench/model';

/** Takes an option that may be given several times. */
export const collect = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/** Takes an option that a command takes once. @throws RequestError for the second */
export const once =
  (option: string) =>
  (value: string, previous: string | undefined): string => {
    if (previous === undefined) return value;
    throw new RequestError(`${option} is given twice`, { hint: 'this command takes one' });
  };

type Defaults = { base: string; out: string };

/** The options that say what is built, and on what it runs. `--base` may be given several times. */
export const addBuildOptions = (command: Command, defaults: Defaults): Command =>
  command
    .option(
      '--base <base>',
      `the kernel to hold the patch against: ${debianLines.join(', ')}, or tree:PATH[@REV] for a git repository, a folder or a tarball, which is only read (repeat for a matrix: one table with a row for each; default: ${defaults.base})`,
      collect,
    )
    .option('--dirty', 'take uncommitted changes of a git tree along')
    .option(
      '--patch <file>',
      'patch under test: a diff, a mail, an mbox, a folder of them, or - for standard input (repeat for more, in order; default: the one pinbench ships)',
      collect,
    )
    .option(
      '--baseline <file>',
      'what makes before of the base, in place of the patch that pinbench ships for that (repeat for more, in order)',
      collect,
    )
    .addOption(
      new Option(
        '--strategy <name>',
        'module-swap: both in one boot; two-kernels: a whole build and a boot for each; auto: the cheaper one that is honest',
      ).default('auto'),
    )
    .addOption(
      new Option('--accel <kind>', 'auto, kvm or tcg; counted time is always TCG').default('auto'),
    )
    .option(
      '--debug-kernel',
      'build kernels that check themselves (lockdep, KASAN, DEBUG_VM, ... where the tree has them) and run on those, also for a Debian base, whose own configuration is then not what is run',
    )
    .option('--out <dir>', defaults.out, 'pinbench-out')
    .option('--json', 'print the result as JSON instead of the report')
    .option('--cold', 'boot afresh instead of taking up the kept machine')
    .option('--update', 'look for newer packages instead of using the versions chosen earlier');

/** The options that every command which asks the checks has. */
export const addRunOptions = (command: Command, defaults: Defaults): Command =>
  addBuildOptions(command, defaults)
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
      new Option('--time <clock>', 'counted: instructions, exact; sampled: real time; off').default(
        'counted',
      ),
    )
    .option('--max-cost <percent>', 'fail when any row of the time table costs more than this')
    .option(
      '--status',
      'of a matrix: read the sources as well, and say where what they say is not what was booted',
    )
    .option(
      '--resume',
      'of a matrix that was not finished in --out, take over what is done and run the rest',
    );
