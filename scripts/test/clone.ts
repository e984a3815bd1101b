import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const scripts = path.resolve(import.meta.dirname, '..');
const NOBODY = 65534;

export const isRoot = process.getuid?.() === 0;

export type Finished = { code: number | null; stdout: string; stderr: string };
export type Clone = ReturnType<typeof makeClone>;

/**
 * A small clone with the real setup script, a workspace package that npm can install without a network, a table of
 * host tools that wants one program, and a PATH that is one folder: nothing of this machine is found unless linked.
 */
export function makeClone() {
  const root = mkdtempSync(path.join(tmpdir(), 'pinbench-setup-'));
  const bin = path.join(root, 'bin');
  const file = (name: string): string => path.join(root, name);
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(file(name)), { recursive: true });
    writeFileSync(file(name), text);
  };
  const json = (name: string, value: unknown): void => {
    write(name, JSON.stringify(value));
  };
  cpSync(path.join(scripts, 'setup.mjs'), file('scripts/setup.mjs'));
  cpSync(path.join(scripts, 'setup'), file('scripts/setup'), { recursive: true });
  json('scripts/host-tools.json', [
    { name: 'kernel-maker', package: 'kernel-tools', purpose: 'makes kernels' },
  ]);
  mkdirSync(bin);
  for (const program of ['env', 'sh', 'true'])
    symlinkSync(`/usr/bin/${program}`, path.join(bin, program));
  symlinkSync(process.execPath, path.join(bin, 'node'));
  symlinkSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim(), path.join(bin, 'npm'));

  /** Writes package.json and package-lock.json for these workspace packages. */
  const packages = (...names: string[]): void => {
    const self = { name: 'clone', version: '1.0.0', workspaces: ['packages/*'] };
    const engines = { node: '>=20.19' };
    const hook = { prething: 'node scripts/setup.mjs', thing: 'node -e 0' };
    json('package.json', { ...self, private: true, type: 'module', engines, scripts: hook });
    for (const name of names) json(`packages/${name}/package.json`, { name, version: '1.0.0' });
    const links = names.map((name) => [
      [`node_modules/${name}`, { resolved: `packages/${name}`, link: true }],
      [`packages/${name}`, { version: '1.0.0' }],
    ]);
    json('package-lock.json', {
      ...{ name: 'clone', version: '1.0.0', lockfileVersion: 3, requires: true },
      packages: { '': { ...self, engines }, ...(Object.fromEntries(links.flat()) as object) },
    });
    for (const place of [root, bin]) chmodSync(place, 0o777);
  };
  packages('a');
  /** Node packages as npm leaves them where there are none to install. */
  const withoutPackages = (): void => {
    packages();
    json('node_modules/.package-lock.json', { lockfileVersion: 3, packages: {} });
  };

  const start = (
    program: string,
    args: string[],
    { env = {}, user = false }: { env?: Record<string, string>; user?: boolean } = {},
  ) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { PATH: bin, HOME: root, npm_config_cache: file('npm-cache'), ...env },
      ...(user && isRoot && { uid: NOBODY, gid: NOBODY }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (text: Buffer) => (said.stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (said.stderr += text.toString()));
    const finished = new Promise<Finished>((resolve) => {
      child.once('close', (code) => {
        resolve({ code, ...said });
      });
    });
    return { child, said, finished };
  };

  return {
    root,
    file,
    write,
    json,
    packages,
    withoutPackages,
    has: (name: string): boolean => existsSync(file(name)),
    read: (name: string): string => readFileSync(file(name), 'utf8'),
    /** Puts a little program of ours on the PATH. */
    program: (name: string, ...lines: string[]): void => {
      write(`bin/${name}`, ['#!/bin/sh', ...lines, ''].join('\n'));
      chmodSync(file(`bin/${name}`), 0o755);
    },
    start,
    setup: (options: Parameters<typeof start>[2] & { args?: string[] } = {}) =>
      start(process.execPath, ['scripts/setup.mjs', ...(options.args ?? [])], options),
    remove: (): void => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
