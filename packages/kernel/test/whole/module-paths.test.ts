import { expect, test } from 'vitest';
import { modulePaths } from '../../src/whole/module-paths.ts';

test.each(['kernel/drivers/vfio/vfio.ko', 'drivers/vfio/vfio.ko', 'drivers/vfio/vfio.o'])(
  '%s of a built tree is installed below kernel/',
  (line) => {
    expect(modulePaths(`${line}\n`)).toEqual([
      { inTree: 'drivers/vfio/vfio.ko', installed: 'kernel/drivers/vfio/vfio.ko' },
    ]);
  },
);
