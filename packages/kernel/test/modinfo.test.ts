import { expect, test } from 'vitest';
import { parseModuleInfo } from '../src/modinfo.ts';

test('needs, wishes and aliases are read from the section', () => {
  const dump = `
String dump of section '.modinfo':
  [     0]  softdep=pre: crypto-crc32c
  [    1f]  alias=fs-ext4
  [    e9]  depends=jbd2,mbcache,crc16
  [   119]  name=ext4
`;
  expect(parseModuleInfo(dump)).toEqual({
    needs: ['jbd2', 'mbcache', 'crc16'],
    wants: ['crypto-crc32c'],
    aliases: ['fs-ext4'],
  });
});

test('what is only wished for afterwards is not waited for', () => {
  const dump =
    '  [     0]  softdep=post: vfio_iommu_type1 vfio_iommu_spapr_tce\n  [ 100]  depends=\n';
  expect(parseModuleInfo(dump)).toEqual({ needs: [], wants: [], aliases: [] });
});
