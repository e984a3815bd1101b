import type { CheckContext } from './checks/check.ts';
import { operations as op, type Operation } from './plan.ts';
import type { Variant } from './result.ts';

/**
 * Kernel modules of pinbench's own, that a check loads to ask from inside the kernel what nothing outside can; each a
 * folder of qemu/modules, whose README.md says what it does.
 */
export const testModules = ['fault_probe', 'remote_pin'] as const;

export type TestModule = (typeof testModules)[number];

/** Built for the kernel of the run, or why there is none for it: a sentence without its end. */
export type TestModuleState = 'built' | { readonly lacking: string };

export type TestModules = Readonly<Record<TestModule, TestModuleState>>;

/** Why a case that loads a module cannot be asked of this kernel, if it cannot. */
export const lacksModule =
  (name: TestModule) =>
  ({ testModules }: Pick<CheckContext, 'testModules'>): string | undefined => {
    const state = testModules[name];
    return state === 'built' ? undefined : state.lacking;
  };

/** The same answer for every module. */
export const allTestModules = (state: TestModuleState): TestModules =>
  Object.fromEntries(testModules.map((name) => [name, state])) as Record<
    TestModule,
    TestModuleState
  >;

/** What the payload calls the file of a module of pinbench's own, which lies in its modules folder. */
export const testModuleFile = (name: TestModule, variant: Variant): string =>
  `${variant}.test.${name}.ko`;

const pathInGuest = (name: TestModule, variant: Variant): string =>
  `/payload/modules/${testModuleFile(name, variant)}`;

/**
 * Loads a module of pinbench's own in a leg. What it builds on (vfio) may be under test: it has to be gone again, by
 * `removeTestModule`, when the check ends.
 */
export const loadTestModule = (
  name: TestModule,
  { variant }: { variant: Variant },
  id?: string,
): Operation => op.insmod({ file: pathInGuest(name, variant) }, id);

export const removeTestModule = (name: TestModule, id?: string): Operation =>
  op.rmmod({ name }, id);

/** The modules of pinbench's own that a plan loads. */
export function testModulesIn(
  plan: readonly Operation[],
): { name: TestModule; variant: Variant }[] {
  const files = new Set(
    plan.filter((line) => line.op === 'insmod').map(({ args }) => args['file']),
  );
  const all = testModules.flatMap((name) =>
    (['before', 'after'] as const).map((variant) => ({ name, variant })),
  );
  return all.filter(({ name, variant }) => files.has(pathInGuest(name, variant)));
}
