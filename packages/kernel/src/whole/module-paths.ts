/** A module's path in the tree it was built in, and the one that `make modules_install` gives it. */
export type ModulePath = { inTree: string; installed: string };

/**
 * Reads modules.order or modules.builtin of a built tree: `kernel/fs/xfs/xfs.ko` up to 5.2, then `fs/xfs/xfs.ko`, and
 * `fs/xfs/xfs.o` from 6.0.
 */
export const modulePaths = (text: string): ModulePath[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const inTree = line.replace(/^kernel\//, '').replace(/\.o$/, '.ko');
      return { inTree, installed: `kernel/${inTree}` };
    });
