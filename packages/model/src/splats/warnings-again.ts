import type { Guest } from '../guest.ts';
import { legsIn } from '../job.ts';
import type { AgentRecord } from '../record.ts';
import type { Assumption } from '../result.ts';
import { warnOnce } from './log-plan.ts';
import { subjectOf } from './subject.ts';

type Armed = Pick<Guest, 'job' | 'plan' | 'records'>;

/**
 * Where both variants live in one boot, what warned without the patch has to be able to warn with it. Nothing is held
 * against a kernel that has no such file; see `unarmedNote`.
 */
export function warnsAgain(where: string, guest: Armed): Assumption[] {
  if (!hasBoth(guest)) return [];
  const asked = answersIn(guest);
  const failed = asked.find((record) => record?.ok !== true);
  if (asked.length > 0 && asked.every(isMissing)) return [];
  return [
    {
      name: `what warns only once can warn in every leg (${where})`,
      held: asked.length > 0 && failed === undefined,
      needed: `${warnOnce} can be written to in each`,
      observed:
        asked.length === 0
          ? 'it was not written to'
          : failed === undefined
            ? `it was, in ${asked.length}`
            : (failed.error ?? 'it failed'),
    },
  ];
}

/** What is not seen of a patch where a kernel cannot be made to warn again, and had reason to warn. */
export function unarmedNote(guest: Armed & Pick<Guest, 'splats'>): string[] {
  const warned = guest.splats.some((splat) => subjectOf(splat).report === 'WARNING');
  if (!warned || !hasBoth(guest) || !answersIn(guest).some(isMissing)) return [];
  return [
    'This kernel has no clear_warn_once (4.15 or later, with debugfs): what warns only once and did so in one leg was silent in those after it.',
  ];
}

const hasBoth = ({ job }: Armed): boolean =>
  new Set(legsIn(job).map(({ variant }) => variant)).size > 1;

const answersIn = ({ plan, records }: Armed): (AgentRecord | undefined)[] =>
  plan
    .filter(({ op, args }) => op === 'write' && args['file'] === warnOnce)
    .map((line) => records.find(({ id }) => id === line.id));

const isMissing = (record: AgentRecord | undefined): boolean => record?.error === 'ENOENT';
