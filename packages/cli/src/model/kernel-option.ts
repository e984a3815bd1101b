import { RequestError } from '@pinbench/host';
import { atLeast, modelledVersions, parseKernelVersion, type KernelVersion } from '@pinbench/model';

/** The oldest line of which a source was read (4.9.229). Before 4.5 GUP takes no DAX memory at all (3565fce3a659). */
const oldest = [4, 9] as const;

/**
 * Reads the version of a kernel that the model is asked about.
 * @throws RequestError for what is none, older than those that the model was read for.
 */
export function readKernel(text: string): KernelVersion {
  const version = /^v?\d{1,3}\.\d{1,3}([.-].*)?$/.test(text) ? parseKernelVersion(text) : undefined;
  if (version && atLeast(version, ...oldest)) return version;
  throw new RequestError(`--kernel "${text}" is no version from ${oldest.join('.')} on`, {
    hint: `such as 6.1 or v4.15; no source of an older one was read. Kernels differ at ${modelledVersions.join(', ')}`,
  });
}
