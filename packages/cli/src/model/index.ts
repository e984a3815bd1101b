import { RequestError } from '@pinbench/host';
import type { Command } from 'commander';
import { addExplain } from './explain-command.ts';
import { addExplore } from './explore-command.ts';

/** The commands that ask the model, and no kernel. */
export function addModelCommands(
  program: Command,
  signal: AbortSignal,
  finish: (exitCode: number) => void,
): void {
  const model = program
    .command('model')
    .description('what the model says of ways to pin memory, without a kernel')
    .allowExcessArguments()
    .action((_options: unknown, { args: [word] }: Command) => {
      const wrong = word === undefined ? 'needs to be told what for' : `does not know "${word}"`;
      throw new RequestError(`model ${wrong}`, {
        hint: '`npm run model -- explore` or `npm run model -- explain`',
      });
    });
  addExplore(model, signal, finish);
  addExplain(model, finish);
}
