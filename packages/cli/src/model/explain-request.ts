import { RequestError } from '@pinbench/host';
import {
  backings,
  designs,
  ruleIn,
  type AskedMemory,
  type Backing,
  type DesignName,
  type KernelVersion,
  type KnownDesign,
} from '@pinbench/model';
import { oneOf } from '../run/request.ts';
import { readKernel } from './kernel-option.ts';

/** The options of the command as commander hands them over. */
export type ExplainOptions = {
  kernel: string;
  backing?: string;
  design?: string[];
  share?: string;
  prot: string;
  touch?: string;
  json?: true;
};

export type ExplainRequest = {
  kernel: KernelVersion;
  /** As it was typed. */
  named: string;
  designs: readonly KnownDesign[];
  memories: readonly AskedMemory[];
  json: boolean;
};

/** What the patch is about: VFIO without it and with it. */
const beforeAndAfter = (kernel: KernelVersion): DesignName[] => ['gup-fast', ruleIn(kernel)];

/**
 * Reads the options of the command.
 * @throws RequestError for a value that is not known, and for memory that cannot be had so.
 */
export function readExplainRequest(options: ExplainOptions): ExplainRequest {
  const { kernel: named, backing, design, share, touch, json = false } = options;
  const kernel = readKernel(named);
  const names = designs.map(({ name }) => name);
  const wanted: readonly string[] = design
    ? design.flatMap((each) => each.split(',')).map((each) => oneOf('--design', each, names))
    : beforeAndAfter(kernel);
  const how = {
    prot: oneOf('--prot', options.prot, ['rw', 'ro']),
    ...(share !== undefined && { share: oneOf('--share', share, ['shared', 'private']) }),
    ...(touch !== undefined && { touch: oneOf('--touch', touch, ['write', 'read', 'none']) }),
  };
  const asked = backing === undefined ? undefined : oneOf('--backing', backing, backings);
  return {
    kernel,
    named: named.replace(/^v/, ''),
    designs: designs.filter(({ name }) => wanted.includes(name)),
    memories: memoriesOf(asked, how),
    json,
  };
}

function memoriesOf(
  backing: Backing | undefined,
  how: Omit<AskedMemory, 'backing'>,
): readonly AskedMemory[] {
  if (how.prot === 'ro' && how.touch === 'write') {
    throw new RequestError('--touch write needs memory that the process may write: --prot rw');
  }
  const able = (backing === undefined ? backings : [backing])
    .map((each): AskedMemory => ({ backing: each, ...how }))
    .filter(canBeHad);
  if (able.length > 0) return able;
  throw new RequestError(`${backing ?? 'nothing'} cannot be mapped private`, {
    hint: 'its driver refuses MAP_PRIVATE: leave --share out',
  });
}

const canBeHad = ({ backing, share }: AskedMemory): boolean =>
  !(share === 'private' && (backing === 'device-dax' || backing === 'device-bar'));
