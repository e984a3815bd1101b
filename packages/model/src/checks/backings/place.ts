import { z } from 'zod';
import type { AgentRecord } from '../../record.ts';
import type { Assumption } from '../../result.ts';
import type { CaseLeg } from '../cases/index.ts';
import type { Row } from './row.ts';

const madeSchema = z.looseObject({
  parts: z.array(
    z.looseObject({
      dax: z.boolean().nullable(),
      physical: z.string().nullable(),
      persistent: z.boolean().nullable(),
    }),
  ),
});

/** That memory is what its row says: in persistent memory, in RAM because it was copied, or not there yet. */
export function placeAssumption(
  { name, place, backing }: Row,
  made: AgentRecord | undefined,
  { variant }: CaseLeg,
): Assumption[] {
  const part = madeSchema.safeParse(made).data?.parts[0];
  if (place === undefined || part === undefined) return [];
  const found =
    part.physical === null ? 'nowhere' : part.persistent === true ? 'persistent' : 'ram';
  // Statx does not tell of DAX before 5.8.
  const daxFits = part.dax === null || part.dax === backing.startsWith('fsdax');
  return [
    {
      name: `${name} is what it says (backings, ${variant})`,
      held: found === place && (daxFits || backing === 'device-dax'),
      needed: `first page ${places[place]}`,
      observed: `${places[found]}${daxFits ? '' : `, DAX ${String(part.dax)}`}`,
    },
  ];
}

const places = {
  persistent: 'in persistent memory',
  ram: 'in RAM',
  nowhere: 'not there yet',
} as const;
