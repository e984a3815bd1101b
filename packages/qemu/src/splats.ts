import type { Splat } from '@pinbench/model';
import { secondsOf } from './console.ts';
import { classify, closes, isRule, type SplatKind } from './splat-lines.ts';

/**
 * The splats seen so far. `open`: the last one still takes lines. `lead`: a report was announced, and these are its
 * lines up to here. `at`: when the kernel spoke last, in seconds.
 */
export type Splats = {
  list: readonly Splat[];
  open: boolean;
  lead: readonly string[];
  at?: number | undefined;
};

export const noSplats: Splats = { list: [], open: false, lead: [] };

/** A report of lockdep with a long chain has some 120 lines; one without a closing line ends here. */
const longest = 150;

/** WARN() with words has one or two lines of them before its own. */
const longestLead = 12;

/** Seconds: the lines of one report follow each other within far less, by any clock. */
const silence = 0.1;

/**
 * Takes one more console line into account. A report goes from the line that is drawn before it, if there is one, to
 * its closing line; an oops is opened by the line that names its cause and the lines that follow belong to it.
 */
export function withLine(splats: Splats, line: string): Splats {
  const at = secondsOf(line) ?? splats.at;
  const next = take(hush(splats, at), line);
  return { ...next, at };
}

/** After a silence nothing is told any further. */
function hush(splats: Splats, at: number | undefined): Splats {
  const quiet = at !== undefined && splats.at !== undefined && at - splats.at >= silence;
  return quiet ? { ...splats, open: false, lead: [] } : splats;
}

function take(splats: Splats, line: string): Splats {
  const current = splats.open ? splats.list.at(-1) : undefined;
  const kind = classify(line);
  if (current !== undefined && !(kind !== undefined && opensAnew(current.kind, kind))) {
    // What is drawn within a report may end it, or begin the next.
    if (isRule(line) && !closes(current, line)) return { ...splats, open: false, lead: [line] };
    return goOn(splats, current, line);
  }
  if (kind !== undefined) {
    const splat: Splat = { kind, headline: line, excerpt: [...splats.lead, line] };
    return { list: [...splats.list, splat], open: true, lead: [] };
  }
  if (isRule(line)) return { ...splats, open: false, lead: [line] };
  const lead = splats.lead.length > 0 ? [...splats.lead, line] : [];
  return { ...splats, lead: lead.length > longestLead ? [] : lead };
}

function goOn(splats: Splats, current: Splat, line: string): Splats {
  const excerpt = [...current.excerpt, line];
  return {
    list: [...splats.list.slice(0, -1), { ...current, excerpt }],
    open: !closes(current, line) && excerpt.length < longest,
    lead: [],
  };
}

/** The second and later lines of one oops look like openings themselves. */
const opensAnew = (current: SplatKind, next: SplatKind): boolean =>
  next === 'panic' ? current !== 'panic' : !(current === 'oops' || current === 'panic');
