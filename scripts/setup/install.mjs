// Installs what is missing, one run at a time, and says what and how long it took.
import path from 'node:path';
import { run, SetupError, timed } from './command.mjs';
import { findProgram, missingTools, nodePackagesAreStale, stampNodePackages } from './inspect.mjs';
import { exclusively } from './lock.mjs';

/** As many lines of a failing program are shown. */
const SHOWN = 15;

/** @typedef {import('./inspect.mjs').Tool} Tool */

/**
 * Installs node packages and, unless `nodeOnly`, host tools. Returns the exit code: 2 when something is still missing.
 * @param {string} root
 * @param {{ nodeOnly: boolean }} options
 */
export async function install(root, { nodeOnly }) {
  try {
    await exclusively(path.join(root, '.setup-lock.tmp'), async () => {
      // Another run may have done it while this one waited.
      if (nodePackagesAreStale(root)) await installNodePackages(root);
      if (!nodeOnly) await installTools(root, missingTools(root));
    });
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(error.lines.map((line) => `setup: ${line}\n`).join(''));
    return 2;
  }
}

/** @param {string} root */
async function installNodePackages(root) {
  if (forbidden()) {
    throw new SetupError([
      'node packages are missing or out of date; install them with',
      '  npm ci',
    ]);
  }
  const [program, ...first] = npm();
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await timed('installing node packages (npm ci)', async () => {
    const { code, lines } = await run(program, [...first, ...args], { cwd: root });
    // npm gives its reason first, and then a page of help.
    if (code !== 0) throw new SetupError(['npm ci failed:', ...quote(lines.slice(0, SHOWN))]);
  });
  stampNodePackages(root);
}

/** The npm that called us, or the one on the PATH. @returns {[string, ...string[]]} */
function npm() {
  const caller = process.env.npm_execpath ?? '';
  return path.basename(caller) === 'npm-cli.js' ? [process.execPath, caller] : ['npm'];
}

/** @param {string} root @param {Tool[]} missing */
async function installTools(root, missing) {
  if (missing.length === 0) return;
  const listed = missing.map(({ name, purpose }) => `  ${name} (${purpose})`);
  const packages = [...new Set(missing.map((tool) => tool.package))];
  if (findProgram('apt-get') === undefined) {
    throw new SetupError([
      'these are missing, and there is no apt-get to install them:',
      ...listed,
    ]);
  }
  const prefix = forbidden() ? undefined : await rootPrefix();
  if (prefix === undefined) {
    throw new SetupError([
      'these are missing:',
      ...listed,
      'install them with',
      `  ${advice(packages)}`,
    ]);
  }
  await timed(`installing ${packages.join(' ')} (apt-get)`, () => aptGet(prefix, packages));
  const still = missingTools(root).map(({ name }) => name);
  if (still.length > 0) {
    throw new SetupError([`apt-get succeeded, but still missing: ${still.join(', ')}`]);
  }
}

/** What to put before a command to run it as root, or undefined when there is no way to. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  const { code } = await run('sudo', ['-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

/** @param {string[]} prefix @param {string[]} packages */
async function aptGet(prefix, packages) {
  const [program = 'env', ...args] = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'LC_ALL=C',
  ];
  // Another apt may be at work, such as unattended-upgrades.
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  // One broken source of the host's must not stand in the way; if it was the one that mattered, the installation fails.
  const update = await run(program, [...args, ...apt, 'update']);
  const install = await run(program, [
    ...args,
    ...apt,
    ...['install', '--yes', '--no-install-recommends'],
    ...packages,
  ]);
  if (install.code === 0) return;
  const lines = [...(update.code === 0 ? [] : update.lines), ...install.lines];
  throw new SetupError([
    'apt-get failed:',
    ...quote(lines.slice(-SHOWN)),
    'when it can work again, run',
    `  ${advice(packages)}`,
  ]);
}

/** @param {string[]} packages */
function advice(packages) {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/** @param {string[]} lines */
const quote = (lines) => lines.map((line) => `  ${line}`);

/** PINBENCH_NO_INSTALL=1 forbids installing anything. */
function forbidden() {
  const setting = process.env.PINBENCH_NO_INSTALL ?? '';
  return setting !== '' && setting !== '0';
}
