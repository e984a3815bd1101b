import { z } from 'zod';
import type { AgentRecord } from '../../record.ts';
import type { Assumption } from '../../result.ts';
import type { CaseLeg } from '../cases/index.ts';
import { bufferAssumptions, describeFailure } from '../memory.ts';
import { kindsOf, placesOf, type Place, type Row } from './row.ts';

const partSchema = z.looseObject({
  backing: z.string(),
  dax: z.boolean().nullable(),
  physical: z.string().nullable(),
  persistent: z.boolean().nullable(),
});
const madeSchema = z.looseObject({ parts: z.array(partSchema) });
type Part = z.infer<typeof partSchema>;

/**
 * That memory is what its row says, part by part: in persistent memory, in RAM because it was copied, or not there yet.
 * What lies where its kind usually does is held against all that is known of that kind, too.
 */
export function placeAssumptions(
  row: Row,
  made: AgentRecord | undefined,
  { variant }: CaseLeg,
): Assumption[] {
  const where = `backings, ${variant}`;
  const usual = kindsOf(row).every((kind, index) => placesOf(row)[index] === usualPlace(kind));
  return [
    liesWhereItShould(row, made, where),
    ...(usual ? bufferAssumptions(row.name, where, made) : []),
  ];
}

function liesWhereItShould(row: Row, made: AgentRecord | undefined, where: string): Assumption {
  const kinds = kindsOf(row);
  const wanted = placesOf(row).map((place, index) => describe(kinds[index], place));
  const parts = made?.ok === true ? madeSchema.safeParse(made).data?.parts : undefined;
  const found = parts?.map((part) => `${describe(part.backing, placeOf(part))}${sayDax(part)}`);
  return {
    name: `${row.name} lies where it should (${where})`,
    held: found?.join() === wanted.join(),
    needed: wanted.join(', then '),
    observed:
      found?.join(', then ') ?? (made?.ok === true ? 'no account of it' : describeFailure(made)),
  };
}

const usualPlace = (kind: string): Place =>
  kind.startsWith('fsdax') || kind === 'device-dax' ? 'persistent' : 'ram';

function placeOf({ physical, persistent }: Part): Place | undefined {
  if (physical === null) return 'nowhere';
  if (persistent === null) return undefined;
  return persistent ? 'persistent' : 'ram';
}

/** Statx does not tell of DAX before 5.8, nor in one way of device-dax. */
const sayDax = ({ backing, dax }: Part): string =>
  dax === null || backing === 'device-dax' || dax === backing.startsWith('fsdax')
    ? ''
    : `, DAX ${String(dax)}`;

const places: Readonly<Record<Place, string>> = {
  persistent: 'in persistent memory',
  ram: 'in RAM',
  nowhere: 'not there yet',
};

const describe = (kind: string | undefined, place: Place | undefined): string =>
  `${kind ?? 'nothing'} ${place === undefined ? 'nobody knows where' : places[place]}`;
