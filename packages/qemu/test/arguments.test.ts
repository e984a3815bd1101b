import { describe, expect, test } from 'vitest';
import { qemuArguments, type MachineFiles } from '../src/arguments.ts';
import { standardMachine } from '../src/machine.ts';

const files: MachineFiles = {
  kernel: '/k/kernel',
  initramfs: '/k/initramfs',
  memory: { ram: '/m/ram', fsdax: '/m/fsdax', devdax: '/m/devdax', payload: '/b/payload' },
  console: '/b/console',
  records: '/b/records',
};

/** An option and its value on a line, as one would write them in a shell. */
const lines = (args: readonly string[]): string[] =>
  args
    .join('\n')
    .replaceAll(/\n(?!-)/g, ' ')
    .split('\n');

describe('the arguments of a machine', () => {
  test('the standard machine, counted', () => {
    expect(lines(qemuArguments(standardMachine, files, ['payload']))).toMatchInlineSnapshot(`
      [
        "-nodefaults",
        "-no-user-config",
        "-nic none",
        "-vga none",
        "-display none",
        "-machine q35,nvdimm=on,kernel-irqchip=split,sata=off,memory-backend=memory-ram",
        "-accel tcg",
        "-cpu max",
        "-smp 1",
        "-m 1024M,slots=3,maxmem=5120M",
        "-object memory-backend-file,id=memory-ram,share=off,size=1024M,mem-path=/m/ram",
        "-object memory-backend-file,id=memory-fsdax,share=off,size=384M,mem-path=/m/fsdax",
        "-device nvdimm,id=fsdax,memdev=memory-fsdax",
        "-object memory-backend-file,id=memory-devdax,share=off,size=128M,mem-path=/m/devdax",
        "-device nvdimm,id=devdax,memdev=memory-devdax",
        "-object memory-backend-file,id=memory-payload,share=on,size=8M,mem-path=/b/payload",
        "-device nvdimm,id=payload,memdev=memory-payload",
        "-device intel-iommu,intremap=on,caching-mode=on",
        "-device edu,addr=3",
        "-device pvpanic,ioport=1285",
        "-chardev file,id=console,path=/b/console",
        "-serial chardev:console",
        "-chardev file,id=records,path=/b/records",
        "-serial chardev:records",
        "-icount shift=0,sleep=off",
        "-rtc base=2024-01-01,clock=vm",
        "-seed 1",
        "-action reboot=shutdown,panic=pause",
        "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-kernel /k/kernel",
        "-initrd /k/initramfs",
        "-append console=ttyS0 printk.time=1 panic=-1 oops=panic intel_iommu=on memmap=128M!512M memmap=128M!768M hugepages=32 nokaslr norandmaps randomize_kstack_offset=off nolapic_timer",
      ]
    `);
  });

  test('real time leaves clocks, seed and layout alone', () => {
    const args = qemuArguments({ ...standardMachine, counted: false }, files, []).join(' ');
    expect(args).not.toMatch(/-icount|-rtc|-seed|nokaslr|norandmaps|nolapic_timer/);
  });

  test('memory that is not shared keeps its file as it is', () => {
    const args = qemuArguments(standardMachine, files, []).join(' ');
    expect(args).toContain('id=memory-ram,share=off');
    expect(args).not.toContain('share=on');
  });

  test('a comma in a path is no end of an option', () => {
    const args = qemuArguments(standardMachine, { ...files, console: '/a,b/console' }, []);
    expect(args).toContain('file,id=console,path=/a,,b/console');
  });

  test('further words reach the kernel', () => {
    const args = qemuArguments({ ...standardMachine, kernelOptions: ['quiet'] }, files, []);
    expect(args.at(-1)).toMatch(/ quiet$/);
  });

  test('KVM cannot count', () => {
    expect(() => qemuArguments({ ...standardMachine, accelerator: 'kvm' }, files, [])).toThrow(
      'counted time needs TCG',
    );
  });
});
