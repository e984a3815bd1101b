import type { KernelHeaders } from './headers.ts';
import { enterRoot, sandboxPath, type Words } from './sandbox.ts';

/** Where kbuild runs: on the host, or in a root of its own. */
export type KbuildPlace = { headers: KernelHeaders; root?: string | undefined };

/** Stands for the folder that is built wherever its path goes into settings or environment. */
export const placeholder = '@folder@';

export const fill = (texts: readonly string[], folder: string): string[] =>
  texts.map((text) => text.replaceAll(placeholder, folder));

/**
 * A command with these variables and no others, since some that a kernel developer may have set, such as ARCH or
 * CROSS_COMPILE, would lead kbuild astray. In a root it sees the headers and one folder to write to.
 */
export async function kbuildCommand(
  { headers, root }: KbuildPlace,
  folder: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<Words> {
  const variables = Object.entries({ ...environment, ...searchPath(root) });
  const settings = fill(
    variables.map(([name, value]) => `${name}=${value}`),
    folder,
  );
  const words = ['env', '-i', ...settings, ...fill(command, folder)] as const;
  if (root === undefined) return [...words];
  const sight = { read: [headers.root], write: [folder], cwd: headers.folder };
  return [...(await enterRoot(root, sight)), ...words];
}

/** The one variable of the user's shell that make is given. It says where tools lie, not which: it is in no key. */
const searchPath = (root: string | undefined): { PATH: string } => ({
  PATH: root === undefined ? (process.env['PATH'] ?? '') : sandboxPath,
});
