import path from 'node:path';
import { RequestError } from '@pinbench/host';
import { designs, MOST_SLOTS, type KernelVersion } from '@pinbench/model';
import { callersFolder, oneOf } from '../run/request.ts';
import { readKernel } from './kernel-option.ts';

/** The options of the command as commander hands them over. */
export type ExploreOptions = {
  design?: string;
  against?: string;
  kernel: string;
  bound: string;
  slots: string;
  out: string;
  json?: true;
};

export type KnownDesign = (typeof designs)[number];

export type ExploreRequest = {
  designs: readonly KnownDesign[];
  /** The two are held against each other, operation by operation. */
  compares: boolean;
  kernel: KernelVersion;
  bound: number;
  slots: number;
  out: string;
  json: boolean;
};

/** What more than this many operations would meet has no room in memory, whatever the design. */
const MOST_OPERATIONS = 12;

/**
 * Reads the options of the command.
 * @throws RequestError for a value that is not known.
 */
export function readExploreRequest(options: ExploreOptions): ExploreRequest {
  const { design, against, kernel, bound, slots, out, json = false } = options;
  if (against !== undefined && design === undefined) {
    throw new RequestError('--against needs a --design to hold against it');
  }
  if (against !== undefined && against === design) {
    throw new RequestError(`--design and --against are both ${against}`);
  }
  const asked = [
    ...(design === undefined ? [] : [designFor('--design', design)]),
    ...(against === undefined ? [] : [designFor('--against', against)]),
  ];
  return {
    designs: asked.length > 0 ? asked : designs,
    compares: against !== undefined,
    kernel: readKernel(kernel),
    bound: whole('--bound', bound, MOST_OPERATIONS),
    slots: whole('--slots', slots, MOST_SLOTS),
    out: path.resolve(callersFolder(), out),
    json,
  };
}

function designFor(option: string, name: string): KnownDesign {
  const known = oneOf(
    option,
    name,
    designs.map((each) => each.name),
  );
  const found = designs.find((each) => each.name === known);
  if (!found) throw new RequestError(`no design "${name}"`);
  return found;
}

function whole(option: string, text: string, most: number): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (value >= 1 && value <= most) return value;
  throw new RequestError(`${option} "${text}" is no whole number from 1 to ${most}`);
}

/** What has more worlds than there is room for was asked for too far. @throws RequestError for a RangeError */
export function asRequest<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RequestError(error.message, {
      hint: 'ask for fewer with --bound, --slots or --design',
      cause: error,
    });
  }
}
