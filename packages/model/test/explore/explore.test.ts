import { describe, expect, test } from 'vitest';
import { explore, toItsEnd, type Exploration, type NamedDesign } from '../../src/explore/index.ts';
import { parseKernelVersion } from '../../src/kernel-version.ts';
import { designs, type DesignName } from '../../src/world/index.ts';

/** Long enough for a block to be lost by unlink and overwritten. */
const long = { bound: 6, slots: 1 };
const extent = { bound: 5, slots: 1 };

/** Each is looked at once. */
const known = new Map<string, Exploration>();

function exploring(name: DesignName, kernel: string, within = extent) {
  const design: NamedDesign | undefined = designs.find((each) => each.name === name);
  if (!design) throw new Error(name);
  const text = JSON.stringify([name, kernel, within]);
  const exploration =
    known.get(text) ?? toItsEnd(explore(design, parseKernelVersion(kernel), within));
  known.set(text, exploration);
  const found = (kind: string) =>
    exploration.findings
      .filter((finding) => finding.kind === kind && finding.shortest)
      .map((finding) => finding.name);
  /** The operations alone, without what they are done to. */
  const way = (to: string) =>
    exploration.findings
      .find((finding) => finding.name === to)
      ?.shortest?.sequence.map((line) => line.split(' ')[0]);
  const memory = (to: string) =>
    exploration.findings.find((finding) => finding.name === to)?.shortest?.sequence[0];
  return { exploration, found, way, memory };
}

describe('the fast GUP', () => {
  test('on 6.1 makes the file system wait in three operations, and never gives a page of a file back', () => {
    const { way, found } = exploring('gup-fast', '6.1');
    expect(way('waits')).toEqual(['mmap', 'map', 'truncate']);
    expect(way('left-behind')).toEqual(['mmap', 'map', 'unmap']);
    expect(found('cost')).toEqual([]);
  });

  test('on 6.1 overwrites another file where nothing waits: once nobody has the file mapped', () => {
    const { way } = exploring('gup-fast', '6.1', long);
    const taken = ['mmap', 'map', 'munmap', 'truncate', 'create'];
    expect(way('overwrites')).toEqual([...taken, 'dma-write']);
    expect(way('discloses')).toEqual([...taken, 'dma-read']);
  });

  test('up to 5.11 pins the page at the end of a run twice, and gives back one of the pins at most', () => {
    const { way, exploration } = exploring('gup-fast', '5.10');
    expect(way('left-behind')).toEqual(['mmap', 'map']);
    const story = exploration.findings.find(({ name }) => name === 'left-behind')?.shortest;
    expect(story?.steps.at(-1)?.then).toContain('4d83de6da265');
  });

  test('on 6.15 an unlink waits as well, so that no block is lost', () => {
    const { found } = exploring('gup-fast', '6.15', long);
    expect(found('harm')).toEqual(['waits', 'left-behind']);
  });

  test('up to 4.17 overwrites another file after a mere truncate, and nothing waits', () => {
    const { way, found } = exploring('gup-fast', '4.15');
    expect(way('overwrites')).toEqual(['mmap', 'map', 'truncate', 'create', 'dma-write']);
    expect(found('harm')).toEqual(['overwrites', 'discloses', 'writes-freed']);
  });

  test('on 4.18 xfs waits where ext4 is overwritten yet', () => {
    const { memory } = exploring('gup-fast', '4.18');
    expect(memory('waits')).toContain('fsdax-xfs');
    expect(memory('overwrites')).toContain('fsdax-ext4');
  });
});

describe('the rule', () => {
  test.each(['4.18', '5.10', '6.1', '6.12', '7.3'])('does no harm on %s', (kernel) => {
    const { found, way } = exploring('longterm', kernel);
    expect(found('harm')).toEqual([]);
    expect(way('refuses')).toEqual(['mmap', 'map']);
  });

  test('as it was merged, without the lock, faults untouched memory in unlocked', () => {
    const { found, way } = exploring('longterm-unlocked', '4.16');
    expect(found('harm')).toEqual(['unlocked']);
    expect(way('unlocked')).toEqual(['mmap', 'map']);
  });

  test('without its prerequisite refuses device-dax, which no rule names', () => {
    const { found, way } = exploring('longterm-any-dax', '4.15');
    expect(found('harm')).toEqual(['refused', 'unlocked']);
    expect(way('refused')).toEqual(['mmap', 'map']);
  });

  test('does not mend what the kernel does with any design: pins of device-dax stay', () => {
    expect(exploring('longterm', '6.1').found('flaw')).toEqual(['kept-pins']);
    expect(exploring('longterm', '4.18').memory('kept-pins')).not.toContain('device-dax');
  });
});

describe('a lease', () => {
  test('does no harm and refuses nothing, but takes mappings away and has the file system wait', () => {
    const { found, way } = exploring('lease', '6.1');
    expect(found('harm')).toEqual([]);
    expect(found('cost')).toEqual(['revokes', 'waits-for-owner']);
    expect(way('revokes')).toEqual(['mmap', 'map', 'truncate']);
  });
});

test('the story of a harm says what is done, what comes of it and by which commit', () => {
  const { exploration } = exploring('gup-fast', '6.1');
  const waits = exploration.findings.find(({ name }) => name === 'waits');
  expect(waits?.shortest?.steps).toEqual([
    { does: 'The process maps a page of a file on ext4 with DAX, shared.', then: '' },
    {
      does: 'The process hands it to the device, to read and to write (VFIO_IOMMU_MAP_DMA).',
      then: 'It is pinned: the fast GUP asks nothing about the file behind a page.',
    },
    {
      does: 'Somebody truncates the file to nothing.',
      then: expect.stringMatching(
        /^The call waits until a signal ends it: .*430657b6be89/,
      ) as string,
    },
  ]);
});

test('two looks see the same', () => {
  const [one, two] = [1, 2].map(() =>
    toItsEnd(explore(designs[0], { major: 6, minor: 1 }, { bound: 4, slots: 2 })),
  );
  expect(one).toEqual(two);
});

test('more areas at a time make more worlds, and no shorter way', () => {
  const [one, two] = [1, 2].map((slots) => exploring('gup-fast', '6.1', { bound: 4, slots }));
  expect(two?.exploration.states).toBeGreaterThan(one?.exploration.states ?? Infinity);
  expect(two?.way('waits')).toEqual(one?.way('waits'));
});
