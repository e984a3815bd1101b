import { operations as op, type Operation } from '@pinbench/model';

/**
 * Modules that the guest needs before it is ready, without what they pull in. The order is part of the machine:
 * memmap= regions take the first pmem numbers only if nd_e820 comes before nfit, and ext4 wants a crc32c before it.
 */
export const setupModules = [
  'crc32c_generic',
  'crc32c-intel',
  'libnvdimm',
  'nd_e820',
  'nfit',
  'nd_pmem',
  'dax_pmem',
  'device_dax',
  'irqbypass',
  'ext4',
  'xfs',
] as const;

/**
 * Where the machine's memory turns up in the guest. The numbers of nvdimms follow the order in QEMU's NFIT, which is
 * that of a hash over their device ids, not of the command line (seen on QEMU 7.2): payload, devdax, fsdax.
 */
const places = {
  ext4Dax: '/dev/pmem0',
  ext4: '/dev/pmem1',
  payload: '/dev/pmem2',
  devdaxNamespace: 'namespace3.0',
  fsdaxNamespace: 'namespace4.0',
  xfsDax: '/dev/pmem4',
} as const;

/** Nothing is drawn by lot in a set-up: two machines made apart are to be the same machine. */
const uuid = '94db151d-c892-4f00-8000-00000000000';

/**
 * What makes a booted machine ready: namespaces, file systems with and without DAX, then the stop at which it is
 * saved. ext4's block size must be the page size for DAX; xfs has no reflink with DAX up to 5.x.
 */
export function setupPlan(moduleFiles: readonly string[]): Operation[] {
  const { ext4Dax, ext4, payload, devdaxNamespace, fsdaxNamespace, xfsDax } = places;
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
    op.exec(
      { argv: `mke2fs -q -F -t ext4 -b 4096 -U ${uuid}3 -E hash_seed=${uuid}3 ${ext4Dax}` },
      'setup.mkfs.ext4-dax',
    ),
    op.exec(
      { argv: `mke2fs -q -F -t ext4 -b 4096 -U ${uuid}4 -E hash_seed=${uuid}4 ${ext4}` },
      'setup.mkfs.ext4',
    ),
    op.exec({ argv: `mkfs.xfs -q -f -m reflink=0,uuid=${uuid}5 ${xfsDax}` }, 'setup.mkfs.xfs-dax'),
    op.mount(
      { source: ext4Dax, target: '/mnt/ext4-dax', type: 'ext4', options: 'dax=always' },
      'setup.mount.ext4-dax',
    ),
    op.mount(
      { source: xfsDax, target: '/mnt/xfs-dax', type: 'xfs', options: 'dax=always' },
      'setup.mount.xfs-dax',
    ),
    op.mount({ source: ext4, target: '/mnt/ext4', type: 'ext4' }, 'setup.mount.ext4'),
    op.ready({ payload }, 'setup.ready'),
  ];
}
