import type { DebugInResult, Strategy, Variant } from './result.ts';

/** A kernel as it is known before it runs. */
export type KernelUnderTest = {
  /** `uname -r` */
  readonly release: string;
  /** Of its vmlinux, where pinbench built it. */
  readonly buildId?: string;
  /** Where it was built to check itself: the options that make it do so. */
  readonly debug?: Pick<DebugInResult, 'on'>;
};

/** A module under test. */
export type SwapModule = { readonly name: string; readonly buildId: string };

/**
 * The modules of each variant, in the order in which they load, and what they build on: modules of the base that are
 * the same in both and stay. All are empty where VFIO is built into the kernel.
 */
export type SwapModules = Readonly<Record<Variant, readonly SwapModule[]>> & {
  readonly shared: readonly string[];
};

/** What is held against what: the kernels that run, one or two, and what each leg loads into them. */
export type Subject = {
  readonly strategy: Strategy;
  /** With module swap the same kernel twice. */
  readonly kernels: Readonly<Record<Variant, KernelUnderTest>>;
  readonly modules: SwapModules;
  /** What has other code after than before: modules by name, or the kernel. */
  readonly differ: readonly string[];
};
