import { Option, type Command } from 'commander';
import { backings, designs, explainMemory } from '@pinbench/model';
import { renderModelExplanation, renderModelExplanationJson } from '@pinbench/report';
import { collect, once } from '../run/run-options.ts';
import { benchVersion } from '../version.ts';
import { readExplainRequest, type ExplainOptions } from './explain-request.ts';

/** `model explain`: what a kernel is expected to do with memory, by which rule and since which commit. */
export function addExplain(model: Command, finish: (exitCode: number) => void): void {
  model
    .command('explain')
    .allowExcessArguments(false)
    .description('what a kernel is expected to do with memory of a kind, by which rule and commits')
    .option('--kernel <version>', 'any, such as v4.15', '6.1')
    .option(
      '--backing <kind>',
      `${backings.join(', ')}; all of them, in a table, by default`,
      once('--backing'),
    )
    .option(
      '--design <name>',
      `${designs.map(({ name }) => name).join(', ')}; gup-fast and the rule as that kernel has it by default (repeat or separate by commas)`,
      collect,
    )
    .addOption(new Option('--share <how>', 'shared or private; as is usual by default'))
    .addOption(new Option('--prot <what>', 'what the process may do: rw or ro').default('rw'))
    .addOption(new Option('--touch <how>', 'what the process has done: write, read or none'))
    .option('--json', 'print it as JSON')
    .addHelpText('after', exitCodes)
    .action(async (options: ExplainOptions) => {
      process.stdout.write(await explained(options));
      finish(0);
    });
}

async function explained(options: ExplainOptions): Promise<string> {
  const { kernel, named, designs: asked, memories, json } = readExplainRequest(options);
  const explanation = {
    schema: 1 as const,
    bench: await benchVersion(),
    kernel: named,
    designs: asked.map(({ name, title, source }) => ({ name, title, source })),
    memories: memories.map((memory) => explainMemory(memory, kernel, asked)),
  };
  return json ? renderModelExplanationJson(explanation) : renderModelExplanation(explanation);
}

const exitCodes = `
Exit codes:
  0    it was told
  64   the request was wrong: no such kernel, backing or design`;
