import type { Citation, PinPath } from '@pinbench/model';
import { callsIn, lineOf, type CFunction, type CSource } from './c-source.ts';
import { commits } from './commits.ts';
import { cite, type Gup } from './gup.ts';
import type { Memory } from './conditions.ts';
import type { Held } from './flags.ts';
import { isPin, walk, type Pin } from './walk.ts';

/** How one function reaches memory: what it pins with, whether fs-dax gets through, whether the lock is held. */
export function readPath(
  source: CSource,
  fn: CFunction,
  gup: Gup,
  memory: Memory = 'own',
): PinPath {
  const { pins, unclear } = walk(fn, { memory, locked: lockedAtCalls(source, fn, memory) });
  const judged = pins.map((pin) => judge(source, pin, gup, memory));
  const [first] = judged;
  const strange = [
    ...unclear,
    ...judged.flatMap(({ unclear: why }) => why ?? []),
    ...(first ? [] : [`${fn.name}() calls no GUP function that is known`]),
  ];
  return {
    call: [...new Set(judged.map(({ call }) => call))].join(', ') || `${fn.name}()`,
    fsdax: strange.length > 0 ? 'unknown' : worst(judged, 'fsdax', ['pinned', 'refused']),
    deviceDax:
      strange.length > 0 ? 'unknown' : worst(judged, 'deviceDax', ['unknown', 'refused', 'pinned']),
    lock: worst(judged, 'lock', ['unknown', 'missing', 'held', 'taken-inside']),
    ...(strange.length > 0 && { unclear: [...new Set(strange)].join('; ') }),
    citations: first
      ? judged.flatMap(({ citations }) => citations)
      : [cite(source, fn.line, 'is where memory is pinned')],
  };
}

/** Every call of GUP of a file outside the functions named, for it would be missed. */
export const pinsElsewhere = (source: CSource, read: readonly string[]): string[] =>
  source.functions
    .filter(({ name }) => !read.includes(name))
    .flatMap(({ name, body }) =>
      callsIn(body)
        .filter((call) => isPin(call.name))
        .map((call) => `${name}() calls ${call.name}() at line ${lineOf(call.node)}`),
    );

/** Whether whoever calls a function in the same file holds the lock for it; nobody who does so goes through another file. */
function lockedAtCalls(source: CSource, fn: CFunction, memory: Memory): Held {
  const calls = source.functions
    .filter((caller) => caller.name !== fn.name && caller.body.text.includes(`${fn.name}(`))
    .flatMap((caller) => walk(caller, { memory, watch: [fn.name] }).calls);
  const [first = 'no', ...rest] = calls.map(({ locked }) => locked);
  return rest.every((each) => each === first) ? first : 'sometimes';
}

type Judged = Pick<PinPath, 'call' | 'fsdax' | 'deviceDax' | 'lock' | 'unclear' | 'citations'>;

function judge(source: CSource, pin: Pin, gup: Gup, memory: Memory): Judged {
  const byName = pin.name.endsWith('_longterm');
  const call = `${pin.name}(${pin.longterm === 'yes' ? 'FOLL_LONGTERM' : ''})`;
  const lock = lockOf(pin);
  if (pin.longterm === 'sometimes' && !byName) {
    const unclear = `whether line ${pin.line} asks for a long-term pin`;
    return { call, lock, fsdax: 'unknown', deviceDax: 'unknown', unclear, citations: [] };
  }
  if (byName || pin.longterm === 'yes') {
    const at = gup.refusal(pin.name);
    const asks = citeLongterm(source, pin, memory);
    return at
      ? refused(call, pin, gup, [asks, at])
      : {
          ...{ call, lock, fsdax: 'unknown', deviceDax: 'unknown' },
          unclear: `no way from ${pin.name}() to a refusal of fs-dax in mm/gup.c`,
          citations: [asks],
        };
  }
  if (pin.refusedAt !== undefined) {
    return refused(call, pin, gup, [
      cite(source, pin.line, 'pins whatever is there'),
      cite(source, pin.refusedAt, 'refuses fs-dax and gives the page back', commits.refusal),
    ]);
  }
  const says = 'pins fs-dax like any other memory';
  // The path for another process's memory came later: it is in 4.12.4, not in 4.9.229. By which commit was not verified.
  const commit = pin.name === 'get_user_pages_fast' ? commits.type1 : undefined;
  return {
    call,
    lock,
    fsdax: 'pinned',
    deviceDax: 'pinned',
    citations: [cite(source, pin.line, says, commit)],
  };
}

function refused(call: string, pin: Pin, gup: Gup, citations: Citation[]): Judged {
  const { tellsDeviceDax, citation } = gup.fsdaxTest;
  const shared = { call, lock: lockOf(pin), fsdax: 'refused' as const };
  const cited = [...citations, ...(citation ? [citation] : [])];
  if (tellsDeviceDax === undefined) {
    const unclear = 'vma_is_fsdax() is not understood';
    return { ...shared, deviceDax: 'unknown', unclear, citations: cited };
  }
  return { ...shared, deviceDax: tellsDeviceDax ? 'pinned' : 'refused', citations: cited };
}

/** The fast GUP and the unlocked one take the lock by themselves, and only where they have to. */
function lockOf({ name, locked }: Pin): PinPath['lock'] {
  if (/_(fast|unlocked)$/.test(name)) return 'taken-inside';
  return ({ yes: 'held', no: 'missing', sometimes: 'unknown' } as const)[locked];
}

function citeLongterm(source: CSource, pin: Pin, memory: Memory): Citation {
  const made = madeLongterm(pin, memory);
  return lockOf(pin) === 'missing'
    ? {
        ...cite(source, pin.line, 'asks for a long-term pin without the lock that it needs'),
        ...{ ...made, mended: commits.lock },
      }
    : { ...cite(source, pin.line, 'asks for a long-term pin'), ...made };
}

/**
 * The caller's own memory is pinned for long since 94db151dc892, that of another process since 3567813eae5e, which
 * pins both by one call. What came after changed how it is asked for.
 */
function madeLongterm({ name, locked }: Pin, memory: Memory): Pick<Citation, 'commit' | 'form'> {
  const { refusal, lock, longtermFlag, longtermRemote, vfioPin } = commits;
  switch (name) {
    case 'get_user_pages_longterm':
      return locked === 'no' ? { commit: refusal } : { commit: refusal, form: lock };
    case 'get_user_pages':
      return { commit: refusal, form: longtermFlag };
    case 'get_user_pages_remote':
      return memory === 'own'
        ? { commit: refusal, form: longtermRemote }
        : { commit: longtermRemote };
    case 'pin_user_pages_remote':
      return { commit: memory === 'own' ? refusal : longtermRemote, form: vfioPin };
    default:
      return {};
  }
}

/** The first in order of badness that any of the pins has. */
function worst<K extends 'fsdax' | 'deviceDax' | 'lock'>(
  judged: readonly Judged[],
  what: K,
  order: readonly Judged[K][],
): Judged[K] | 'unknown' {
  return order.find((each) => judged.some((one) => one[what] === each)) ?? 'unknown';
}
