import { setImmediate } from 'node:timers/promises';
import type { Progress } from '@pinbench/host';
import {
  balanceOf,
  differencesOf,
  explore,
  exploredShapes,
  sayShape,
  type Balance,
  type Exploration,
  type ExplorationResult,
} from '@pinbench/model';
import { renderExploration, renderExplorationJson } from '@pinbench/report';
import type { Command } from 'commander';
import { progressView, recordStages } from '../progress/index.ts';
import { once } from '../run/run-options.ts';
import { benchVersion } from '../version.ts';
import {
  asRequest,
  readExploreRequest,
  type ExploreOptions,
  type ExploreRequest,
} from './explore-request.ts';
import { writeFindings } from './write-findings.ts';

/** Adds `model explore`. */
export function addExplore(
  model: Command,
  signal: AbortSignal,
  finish: (exitCode: number) => void,
): void {
  model
    .command('explore')
    .allowExcessArguments(false)
    .description(
      'walks every sequence of operations up to a bound, breadth first: the shortest way to each harm of a design, or that there is none',
    )
    .option(
      '--design <name>',
      'gup-fast, longterm-unlocked, longterm-any-dax, longterm or lease (default: all of them, each held against the first and the one before it)',
      once('--design'),
    )
    .option(
      '--against <name>',
      'a second design, and where the two first answer differently',
      once('--against'),
    )
    .option('--kernel <version>', 'the kernel that the designs stand in', '6.1')
    .option('--bound <operations>', 'the longest sequence', '6')
    .option('--slots <areas>', 'areas of memory at one time, up to 3', '2')
    .option('--out <dir>', 'folder for explore/*.sequence and *.plan', 'pinbench-out')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async (options: ExploreOptions) => {
      finish(await exploreCommand(options, signal));
    });
}

const help = `
What is found:
  harm  what a design must not do: the device writes into another file (overwrites) or into a block
        that no file owns (writes-freed), or reads another file (discloses); the file system waits for
        as long as the process likes (waits); a page of a file stays pinned without a mapping
        (left-behind); memory is refused that no rule names (refused), or faulted in without the lock
        (unlocked)
  cost  what a design takes for doing none: memory is refused (refuses), a mapping is taken away
        (revokes), the file system waits for its owner (waits-for-owner)
  flaw  what the kernel does, whatever the design: pins of device-dax and of the page of zeroes stay
What is not asked: unlink of a file that somebody still has mapped, whose blocks would go with the last
  munmap() or exit; limits of locked memory and of mappings; races
The sequences that lead there are written to DIR/explore, as they are replayed on a real kernel by
  npm run qemu:test -- conform --replay FILE --variant before|after
and as plans for the guest agent. Each operation more takes some four times as long.

Exit codes:
  0    explored, whatever was found
  2    the files could not be written
  64   the request was wrong: no such design, more worlds than memory, an unknown option`;

/**
 * Explores designs and prints what they do.
 * @returns the exit code: what a design does is no failure.
 * @throws RequestError before anything is explored, or when there are too many worlds; what the signal gives when it is aborted.
 */
async function exploreCommand(options: ExploreOptions, signal: AbortSignal): Promise<number> {
  const request = readExploreRequest(options);
  const view = progressView();
  try {
    const { progress } = recordStages(view.watch);
    const result = await writeFindings(await exploreAll(request, progress, signal), request);
    view.close();
    process.stdout.write(request.json ? renderExplorationJson(result) : renderExploration(result));
    return 0;
  } finally {
    view.close();
  }
}

async function exploreAll(
  request: ExploreRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExplorationResult> {
  const { kernel, bound, slots, designs, compares } = request;
  const extent = { bound, slots };
  const inTurns = <Value>(title: string, work: Generator<number, Value>): Promise<Value> =>
    progress.stage(title, ({ say }) =>
      finishInTurns(work, signal, (worlds) => {
        say(`${worlds.toLocaleString('en-GB')} worlds`);
      }),
    );
  const explorations: Exploration[] = [];
  for (const design of designs) {
    explorations.push(await inTurns(`explore ${design.name}`, explore(design, kernel, extent)));
  }
  const [one, other] = designs;
  const differences =
    compares && one && other
      ? await inTurns('compare the two', differencesOf(one, other, kernel, extent))
      : undefined;
  return {
    schema: 1,
    bench: await benchVersion(),
    kernel: `${kernel.major}.${kernel.minor}`,
    ...{ bound, slots, explorations },
    alphabet: exploredShapes.map(sayShape),
    balances: balances(explorations, compares),
    ...(differences && { differences }),
  };
}

/** Of two that are compared the first against the second; else each against the first, and the one before it. */
function balances(explorations: readonly Exploration[], compares: boolean): Balance[] {
  const [first, second] = explorations;
  if (compares && first && second) return [balanceOf(first, second)];
  return explorations.flatMap((each, index) => {
    const others = new Set(index > 0 ? [first, explorations[index - 1]] : []);
    return [...others].flatMap((other) => (other ? [balanceOf(each, other)] : []));
  });
}

/** Leaves room between the pieces of long work for a signal and for whoever draws. */
async function finishInTurns<Value>(
  work: Generator<number, Value>,
  signal: AbortSignal,
  say: (worlds: number) => void,
): Promise<Value> {
  for (;;) {
    const { done, value } = asRequest(() => work.next());
    if (done === true) return value;
    say(value);
    await setImmediate();
    signal.throwIfAborted();
  }
}
