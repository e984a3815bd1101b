import { RequestError } from '@pinbench/host';

/** A module of the chain that is taken out and put in between two looks at the same boot. */
export type ChainLink = { name: string; needs: string[] };

/** One kernel line that a patch can be held against: where its packages are and what they are called. */
export type Line = {
  spec: string;
  suite: string;
  /** Depends on the newest image of the line. */
  metapackage: string;
  flavour: string;
  kbuild: string;
  source: string;
  /** What Debian built it with: linux-headers depends on linux-compiler-gcc-12-x86. */
  compiler: string;
  /** The folder whose modules can be swapped, and they in the order in which they load (their `depends`, modinfo). */
  swap: { folder: string; chain: ChainLink[] };
};

export const lines: readonly Line[] = [
  {
    spec: 'debian:6.1',
    suite: 'bookworm',
    metapackage: 'linux-image-amd64',
    flavour: 'amd64',
    kbuild: 'linux-kbuild-6.1',
    source: 'linux-source-6.1',
    compiler: 'gcc-12',
    swap: {
      folder: 'drivers/vfio',
      chain: [
        { name: 'vfio', needs: [] },
        { name: 'vfio_virqfd', needs: [] },
        { name: 'vfio_iommu_type1', needs: ['vfio'] },
        { name: 'vfio-pci-core', needs: ['vfio', 'vfio_virqfd'] },
        { name: 'vfio-pci', needs: ['vfio', 'vfio-pci-core'] },
      ],
    },
  },
];

/** @throws RequestError that lists the known ones. */
export function lineOf(spec: string): Line {
  const line = lines.find((each) => each.spec === spec);
  if (line) return line;
  throw new RequestError(`unknown base ${spec}`, {
    hint: `known bases: ${lines.map((each) => each.spec).join(', ')}`,
  });
}

/** What `--base` takes by name. */
export const debianLines: readonly string[] = lines.map(({ spec }) => spec);
