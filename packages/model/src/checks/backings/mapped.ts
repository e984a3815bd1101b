import { isFsdax } from '../../backing.ts';
import { operations as op, type Operation } from '../../plan.ts';
import type { Answers, Case, CaseLeg, Seen } from '../cases/index.ts';
import {
  firstWrong,
  inWords,
  notAsked,
  sawOf,
  wasAsked,
  wrongAccounting,
  wrongOutcome,
  wrongPages,
  wrongUnmap,
} from '../mapping.ts';
import { placeAssumptions } from './place.ts';
import { backingsOf, expectRow, IOVA_TEXT, keptOfRow, mayMap, type Row } from './row.ts';

/** Memory had in one way, mapped for the device and unmapped again. */
export const mapped = (row: Row): Case => ({
  name: row.name,
  backings: backingsOf(row),
  expect: (leg) => {
    const expected = expectRow(row, leg);
    const { said, why } = inWords(expected);
    return mayMap(row, expected) ? { said: `${said}, or mapped`, why } : { said, why };
  },
  plan: (leg) => planRow(row, leg),
  judge: (answer, leg) => judgeRow(row, answer, leg),
  assume: (answer, leg) => placeAssumptions(row, answer('buffer'), leg),
});

const CHILD = 7;

function planRow(row: Row, leg: CaseLeg): Operation[] {
  const { id, name } = leg;
  const buffer = name('memory');
  const { parts, share, prot, touch, off, len, asked, forked } = row;
  const refused = expectRow(row, leg).outcome === 'refused';
  return [
    op.buffer(
      {
        ...{ name: buffer, parts },
        ...(share !== undefined && { share }),
        ...(prot !== undefined && { prot }),
        ...(touch !== undefined && { touch }),
      },
      id('buffer'),
    ),
    ...(forked === true ? [op.forkFill({ buffer, off: 0, len, seed: CHILD }, id('child'))] : []),
    op.counters(id('start')),
    op.map(
      {
        ...{ iova: IOVA_TEXT, buffer, len },
        ...(off !== undefined && { off }),
        ...(asked !== undefined && { prot: asked }),
      },
      id('map'),
    ),
    op.unmap({ iova: IOVA_TEXT, len }, id('unmap')),
    op.counters(id('end')),
    // To unlink a file of which the kernel keeps pins (see keptOfRow) makes fs/dax warn.
    op.release(
      { name: buffer, file: isFsdax(row.backing) && !refused ? 'keep' : 'unlink' },
      id('release'),
    ),
  ];
}

function judgeRow(row: Row, answer: Answers, leg: CaseLeg): Seen {
  const map = answer('map');
  const saw = sawOf(map);
  const child = row.forked === true && answer('child')?.ok !== true;
  if (answer('buffer')?.ok !== true || child || !wasAsked(map)) return { saw, unknown: notAsked };
  const expected = expectRow(row, leg);
  const granted = map?.ok === true && mayMap(row, expected);
  const wrong = firstWrong(
    granted ? undefined : wrongOutcome(expected, map),
    wrongUnmap(answer('unmap'), map?.ok === true ? row.len : 0),
    wrongAccounting([answer('start'), answer('end')], keptOfRow(row, leg)),
    wrongPages(answer('release')),
  );
  return { saw, wrong };
}
