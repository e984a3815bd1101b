import { BenchError } from '@pinbench/host';
import { kernelCommandLine } from './kernel-line.ts';
import { eduSlot, pvpanicPort, type Machine, type Nvdimm } from './machine.ts';

/** The host's files behind one boot of a machine. */
export type MachineFiles = {
  kernel: string;
  initramfs: string;
  memory: MemoryFiles;
  console: string;
  records: string;
};

/** A file for the guest's RAM and one for each nvdimm. */
export type MemoryFiles = Record<'ram' | Nvdimm['name'], string>;

/** Memory whose file takes the guest's writes. Everything else is copied on write and its file stays as it is. */
export type Shared = readonly (keyof MemoryFiles)[];

/**
 * The arguments for QEMU, good for 7.2 and later.
 * @throws BenchError when instructions are to be counted under KVM, which cannot.
 */
export function qemuArguments(machine: Machine, files: MachineFiles, shared: Shared): string[] {
  if (machine.counted && machine.accelerator === 'kvm') {
    throw new BenchError('counted time needs TCG, not KVM');
  }
  return [
    ...bareMachine(machine),
    ...ram(machine, files.memory, shared),
    ...machine.nvdimms.flatMap((nvdimm) => nvdimmDevice(nvdimm, files.memory, shared)),
    ...iommu,
    ...edu,
    ...stopPort,
    ...serialPort('console', files.console),
    ...serialPort('records', files.records),
    ...(machine.counted ? countedClock : []),
    ...ends,
    ...confinement,
    ...kernel(machine, files),
  ];
}

// An AHCI controller behind an IOMMU does not survive a save, so there is none. The IOMMU's interrupt remapping wants
// the split irqchip.
const bareMachine = ({ accelerator, cpu }: Machine): string[] => [
  ...['-nodefaults', '-no-user-config', '-nic', 'none', '-vga', 'none', '-display', 'none'],
  ...['-machine', 'q35,nvdimm=on,kernel-irqchip=split,sata=off,memory-backend=memory-ram'],
  ...['-accel', accelerator, '-cpu', cpu, '-smp', '1'],
];

const ram = ({ memoryMiB, nvdimms }: Machine, files: MemoryFiles, shared: Shared): string[] => [
  ...['-m', `${memoryMiB}M,slots=${nvdimms.length},maxmem=${memoryMiB + hotplugRoomMiB}M`],
  ...['-object', memoryFile('ram', memoryMiB, files, shared)],
];

/** Room above RAM for the nvdimms and their alignment to 1 GiB per slot (QEMU, pc_memory_init). */
const hotplugRoomMiB = 4096;

// Linux numbers nvdimms in the order of QEMU's NFIT, and that is the order of a hash over the device ids: the ids, not
// the slots, decide which is which in the guest.
const nvdimmDevice = ({ name, sizeMiB }: Nvdimm, files: MemoryFiles, shared: Shared): string[] => [
  ...['-object', memoryFile(name, sizeMiB, files, shared)],
  ...['-device', `nvdimm,id=${name},memdev=memory-${name}`],
];

const memoryFile = (
  name: keyof MemoryFiles,
  sizeMiB: number,
  files: MemoryFiles,
  shared: Shared,
): string =>
  [
    `memory-backend-file,id=memory-${name}`,
    `share=${shared.includes(name) ? 'on' : 'off'}`,
    `size=${sizeMiB}M`,
    `mem-path=${escaped(files[name])}`,
  ].join(',');

const iommu = ['-device', 'intel-iommu,intremap=on,caching-mode=on'];

const edu = ['-device', `edu,addr=${eduSlot}`];

const stopPort = ['-device', `pvpanic,ioport=${pvpanicPort}`];

// A file never makes a guest's write wait, so what the guest does stays independent of how fast its host reads.
const serialPort = (name: string, file: string): string[] => [
  ...['-chardev', `file,id=${name},path=${escaped(file)}`],
  ...['-serial', `chardev:${name}`],
];

/** An instruction is a nanosecond, idle time is skipped, and whatever QEMU draws by lot comes from a fixed seed. */
const countedClock = [
  ...['-icount', 'shift=0,sleep=off'],
  ...['-rtc', 'base=2024-01-01,clock=vm'],
  ...['-seed', '1'],
];

const ends = ['-action', 'reboot=shutdown,panic=pause'];

const confinement = [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
];

const kernel = (machine: Machine, files: MachineFiles): string[] => [
  ...['-kernel', files.kernel, '-initrd', files.initramfs],
  ...['-append', kernelCommandLine(machine).join(' ')],
];

/** In QEMU's option lists a comma ends a value and two stand for one. */
const escaped = (file: string): string => file.replaceAll(',', ',,');
