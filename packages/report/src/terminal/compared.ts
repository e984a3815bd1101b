import type { Result } from '@pinbench/model';
import { count, plain } from '../words.ts';
import type { Page } from './page.ts';
import { patchLines } from './patches.ts';

/** What was held against what, on which machine. */
export function compared(result: Result, page: Page): string[] {
  const { assumptions, base, build, machine } = result;
  const field = (name: string, text: string): string[] => page.field(name, plain(text));
  return [
    ...(base
      ? field('base', `${base.spec}: Linux ${base.release}, source ${base.sourceVersion}`)
      : []),
    ...patchLines(result.patches, page),
    ...(build
      ? [
          ...field('strategy', `${build.strategy}: ${build.why}`),
          ...field('modules', sayModules(build)),
        ]
      : []),
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

function sayModules({ modules, differ, compiler }: NonNullable<Result['build']>): string {
  const same = modules.after.map(({ name }) => name).filter((name) => !differ.includes(name));
  const said = [
    ...(differ.length > 0 ? [`${differ.join(', ')} with different code before and after`] : []),
    ...(same.length > 0 ? [`${same.join(', ')} with the same code before and after`] : []),
  ];
  return `${said.join('; ')} (${compiler})`;
}

const sayQemu = (qemu: string): string => (/^\d/.test(qemu) ? `QEMU ${qemu}` : qemu);
