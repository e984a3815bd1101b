import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KernelSource, Overlay } from '../../src/whole/inputs.ts';

/**
 * A kernel tree as far as its build goes: a real Makefile with the targets that are called, which really compiles two
 * files, links them and writes what a kernel's build leaves. Every object that is compiled goes into made.log.
 */
const makefile = `
# Recipes write to made.log, which shows a test what was made.
allnoconfig:
	grep -v "$(LOSE)" $(KCONFIG_ALLCONFIG) > $(KCONFIG_CONFIG)
LOSE := CONFIG_NOTHING
-include lose.mk
bzImage: vmlinux
	mkdir -p arch/x86/boot include/config
	cp vmlinux arch/x86/boot/bzImage
	echo 5.10.9 > include/config/kernel.release
vmlinux: a.o b.o
	@echo "  LD      vmlinux"
	gcc -nostdlib -static -Wl,--build-id -Wl,-e,a -o $@ $^
%.o: %.c .config
	@echo "  CC      $@"
	echo $@ >> made.log
	gcc -c -ffreestanding -o $@ $<
	$(AFTER)
modules: b.o
	mkdir -p drivers/vfio
	gcc -r -nostdlib -o drivers/vfio/vfio.ko b.o
	echo drivers/vfio/vfio.ko > modules.order
	echo kernel/fs/ext4/ext4.ko > modules.builtin
`;

export type FakeTree = { source: KernelSource; overlay: (files: Files) => Promise<Overlay> };

/** Content by path; null is a deleted file. */
type Files = Record<string, string | null>;

const files: Files = {
  Makefile: makefile,
  Kconfig: 'config XFS_FS\n\tbool "XFS"\n\tdepends on MISSING\n',
  'a.c': 'int b(void);\nint a(void) { return b(); }\n',
  'b.c': 'int b(void) { return 1; }\n',
};

/** Makes a fake tree below a folder. `changed` takes the place of its own files. */
export async function fakeTree(below: string, changed: Files = {}): Promise<FakeTree> {
  const folder = path.join(below, 'source');
  await lay(folder, { ...files, ...changed });
  const source = {
    folder,
    key: { fake: changed },
    version: { major: 5, minor: 10, sublevel: 9, extra: '' },
  };
  let overlays = 0;
  const overlay = async (over: Files): Promise<Overlay> => {
    const place = path.join(below, `overlay-${++overlays}`);
    await lay(place, over);
    return { folder: place, touched: Object.keys(over), key: over };
  };
  return { source, overlay };
}

async function lay(folder: string, content: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(content)) {
    if (text === null) continue;
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}
