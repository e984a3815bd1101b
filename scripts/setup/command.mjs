// Running programs quietly: what they say is kept, and shown only when they fail.
import { spawn } from 'node:child_process';

/** Setup cannot go on; the lines say why and what to do. */
export class SetupError extends Error {
  /** @param {string[]} lines */
  constructor(lines) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/**
 * Runs a program to its end. Returns its exit code and the lines it printed.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<{ code: number, lines: string[] }>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill();
    process.once('exit', stop);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', ({ message }) => {
      reject(new SetupError([`${program} could not be run: ${message}`]));
    });
    child.once('close', (code) => {
      process.removeListener('exit', stop);
      resolve({ code: code ?? 1, lines: output.trimEnd().split('\n') });
    });
  });
}

/**
 * Says what is being done and how long it took.
 * @param {string} what
 * @param {() => Promise<void>} work
 */
export async function timed(what, work) {
  const start = performance.now();
  process.stderr.write(`setup: ${what} ...\n`);
  await work();
  process.stderr.write(`setup: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
