import { abortOnSignals } from './interruption.ts';
import { asRequestError, makeProgram } from './program.ts';
import { describeError } from './report-error.ts';

const signal = abortOnSignals();
const program = makeProgram(signal, (exitCode) => {
  process.exitCode = exitCode;
});

try {
  await program.parseAsync();
} catch (error) {
  const actual = asRequestError(error);
  if (actual !== undefined) {
    const { exitCode, lines } = describeError(actual, signal);
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exitCode = exitCode;
  }
}
