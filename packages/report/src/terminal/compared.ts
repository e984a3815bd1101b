import type { Result } from '@pinbench/model';
import { count, plain } from '../words.ts';
import { baseLines } from './base.ts';
import { built } from './built.ts';
import type { Page } from './page.ts';
import { patchLines } from './patches.ts';

/** What was held against what, on which machine. */
export function compared(result: Result, page: Page): string[] {
  const { assumptions, base, build, machine } = result;
  const field = (name: string, text: string): string[] => page.field(name, plain(text));
  return [
    ...(base ? baseLines(base, page) : []),
    ...(base && isAsItIs(result) ? field('before', 'the base as it is') : []),
    ...patchLines(result.patches, page),
    ...(build ? built(build, page) : []),
    ...(machine
      ? field(
          'machine',
          `${sayQemu(machine.qemu)}, ${machine.cpu}, ${machine.memoryMiB} MiB, ${machine.iommu}, ` +
            `${machine.boot} boot; ${machine.accelerator.kind}: ${machine.accelerator.why}`,
        )
      : []),
    ...(assumptions.length > 0 && assumptions.every((assumption) => assumption.held)
      ? field('assumed', `all ${count(assumptions.length, 'assumption')} held`)
      : []),
  ];
}

/** Nothing was needed to make the base the *before*. */
const isAsItIs = ({ patches }: Result): boolean =>
  patches.length > 0 && patches.every(({ role }) => role === 'under-test');

const sayQemu = (qemu: string): string => (/^\d/.test(qemu) ? `QEMU ${qemu}` : qemu);
