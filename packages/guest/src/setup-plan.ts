import { atLeast, operations as op, type KernelVersion, type Operation } from '@pinbench/model';

/** What the machine's memory is called in the guest. */
type Places = {
  ext4Dax: string;
  ext4: string;
  payload: string;
  devdaxNamespace: string;
  fsdaxNamespace: string;
  xfsDax: string;
};

/**
 * Where the machine's memory turns up. Regions are numbered in the order in which their drivers find them. As modules,
 * nd_e820 comes first, as we load them; built in, nfit does, because drivers/Makefile links acpi before nvdimm.
 * The numbers of nvdimms follow the order in QEMU's NFIT, which is that of a hash over their device ids, not of the
 * command line (seen on QEMU 7.2): payload, devdax, fsdax.
 */
function placesOf(moduleFiles: readonly string[]): Places {
  const modular = moduleFiles.some((file) => file.endsWith('/nd_e820.ko'));
  const [memmap, nfit] = modular ? [0, 2] : [3, 0];
  return {
    ext4Dax: `/dev/pmem${memmap}`,
    ext4: `/dev/pmem${memmap + 1}`,
    payload: `/dev/pmem${nfit}`,
    devdaxNamespace: `namespace${nfit + 1}.0`,
    fsdaxNamespace: `namespace${nfit + 2}.0`,
    xfsDax: `/dev/pmem${nfit + 2}`,
  };
}

/** Nothing is drawn by lot in a set-up: two machines made apart are to be the same machine. */
const uuid = '94db151d-c892-4f00-8000-00000000000';

/** Named one by one, so that every mke2fs makes the same file system, and one that Linux 4.14 knows. */
const ext4Features = [
  ...['none', 'has_journal', 'ext_attr', 'resize_inode', 'dir_index', 'filetype', 'extent'],
  ...['flex_bg', 'sparse_super', 'large_file', 'huge_file', 'dir_nlink', 'extra_isize'],
];

/**
 * xfs has no reflink with DAX up to 5.x, and neither big time stamps (29887a227131) nor counts of blocks in its inode
 * btrees (b896a39faa5a) before 5.10.
 */
const xfsFeatures = ['reflink=0', 'bigtime=0', 'inobtcount=0'];

/** The mode is called so from 5.8 on (9cb20f94afcd for ext4, 8d6c3446ec23 for xfs); before, there was one. */
const daxOption = (kernel: KernelVersion): string => (atLeast(kernel, 5, 8) ? 'dax=always' : 'dax');

const mkfsExt4 = (device: string, id: string): string =>
  `mke2fs -q -F -t ext4 -b 4096 -O ${ext4Features.join(',')} -U ${id} -E hash_seed=${id} ${device}`;

/**
 * What makes a booted machine ready: namespaces, file systems with and without DAX, then the stop at which it is
 * saved. ext4's block size must be the page size for DAX.
 */
export function setupPlan(moduleFiles: readonly string[], kernel: KernelVersion): Operation[] {
  const { ext4Dax, ext4, payload, devdaxNamespace, fsdaxNamespace, xfsDax } = placesOf(moduleFiles);
  const dax = { options: daxOption(kernel) };
  return [
    ...moduleFiles.map((file) => op.insmod({ file }, `setup.insmod.${file}`)),
    op.exec(
      { argv: `ndctl create-namespace -f -e ${fsdaxNamespace} -m fsdax --uuid=${uuid}1` },
      'setup.fsdax',
    ),
    op.exec(
      {
        argv: `ndctl create-namespace -f -e ${devdaxNamespace} -m devdax --align=2M --uuid=${uuid}2`,
      },
      'setup.devdax',
    ),
    op.exec({ argv: mkfsExt4(ext4Dax, `${uuid}3`) }, 'setup.mkfs.ext4-dax'),
    op.exec({ argv: mkfsExt4(ext4, `${uuid}4`) }, 'setup.mkfs.ext4'),
    op.exec(
      { argv: `mkfs.xfs -q -f -m ${xfsFeatures.join(',')},uuid=${uuid}5 ${xfsDax}` },
      'setup.mkfs.xfs-dax',
    ),
    op.mount(
      { source: ext4Dax, target: '/mnt/ext4-dax', type: 'ext4', ...dax },
      'setup.mount.ext4-dax',
    ),
    op.mount(
      { source: xfsDax, target: '/mnt/xfs-dax', type: 'xfs', ...dax },
      'setup.mount.xfs-dax',
    ),
    op.mount({ source: ext4, target: '/mnt/ext4', type: 'ext4' }, 'setup.mount.ext4'),
    op.ready({ payload }, 'setup.ready'),
  ];
}
