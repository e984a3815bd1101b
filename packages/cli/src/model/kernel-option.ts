import { RequestError } from '@pinbench/host';
import { modelledVersions, parseKernelVersion, type KernelVersion } from '@pinbench/model';

/**
 * Reads the version of a kernel that the model is asked about.
 * @throws RequestError for what is none, or older than DAX is.
 */
export function readKernel(text: string): KernelVersion {
  const version = /^v?\d{1,3}\.\d{1,3}([.-].*)?$/.test(text) ? parseKernelVersion(text) : undefined;
  if (version && version.major >= 4) return version;
  throw new RequestError(`--kernel "${text}" is no version from 4.0 on`, {
    hint: `such as 6.1 or v4.15: DAX came with 4.0. Kernels differ at ${modelledVersions.join(', ')}`,
  });
}
