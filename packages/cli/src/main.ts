import { abortOnSignals } from './interruption.ts';
import { isNoError, makeProgram } from './program.ts';
import { describeError } from './report-error.ts';

const signal = abortOnSignals();

function fail(error: unknown): void {
  const { exitCode, lines } = describeError(error, signal);
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}

// What nobody caught would end in 1, which says that the patch failed.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

// A reader that has seen enough (head, less) is no error; the exit code is still the verdict's.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = makeProgram(signal, (exitCode) => {
  process.exitCode = exitCode;
});

try {
  await program.parseAsync();
} catch (error) {
  if (!isNoError(error)) fail(error);
}
