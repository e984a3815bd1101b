import {
  sayCommit,
  saySpapr,
  sayStand,
  type Citation,
  type PinPath,
  type Prerequisite,
  type SpaprStatus,
  type StatusReport,
} from '@pinbench/model';
import type { Page } from '../terminal/page.ts';
import { plain } from '../words.ts';
import { sayPath, standVerdict } from './words.ts';

/** What the source of one base says, path by path, with the lines that say so. */
export function baseDetail(report: StatusReport, page: Page): string[] {
  const { base, version, commit, type1, spapr } = report;
  const source = commit === undefined ? version : `${version}, commit ${commit.slice(0, 12)}`;
  const stand = page.verdict(standVerdict[type1.stand], sayStand(type1));
  const cited = new Set<string>();
  return [
    ...page.hang(`${page.bold(plain(base))} (${plain(source)})  ${stand}`, 2),
    ...pathLines('own mm', type1.own, cited, page),
    ...(type1.other ? pathLines('other mm', type1.other, cited, page) : []),
    ...prerequisiteLines(type1.prerequisites, page),
    ...spaprLines('TCE v1', spapr.v1, cited, page),
    ...spaprLines('TCE v2', spapr.v2, cited, page),
  ];
}

const pathLines = (name: string, path: PinPath, cited: Set<string>, page: Page): string[] => [
  ...page.field(name, plain(sayPath(path))),
  ...citationLines(path.citations, cited, page),
];

function spaprLines(name: string, status: SpaprStatus, cited: Set<string>, page: Page): string[] {
  if (status.stand === 'absent') return [];
  const how = status.unclear ?? status.call;
  const said = `${saySpapr(status)}${how === undefined ? '' : `: ${how}`}`;
  return [...page.field(name, plain(said)), ...citationLines(status.citations, cited, page)];
}

/** What the fix needs is of interest where it is not there yet. */
function prerequisiteLines(prerequisites: readonly Prerequisite[], page: Page): string[] {
  const missing = prerequisites.filter(({ state }) => state !== 'there');
  const states = { missing: 'is missing', unknown: 'is not understood', there: '' };
  return missing.flatMap(({ name, state, commit, citation }, index) =>
    page.field(
      index === 0 ? 'needed' : '',
      plain(
        `${name} ${states[state]}${citation ? ` (${placeOf(citation)})` : ''}: ${sayCommit(commit)}`,
      ),
    ),
  );
}

/** A line is quoted once, and named by its place after that. */
function citationLines(citations: readonly Citation[], cited: Set<string>, page: Page): string[] {
  return citations.flatMap((citation) => {
    const place = placeOf(citation);
    if (cited.has(place)) return indented(page, page.dim(`${place}, as above`));
    cited.add(place);
    const since = citation.commit ? `, since ${sayCommit(citation.commit)}` : '';
    return [
      ...indented(page, plain(`${place} ${citation.says}${since}`)),
      ...page.quote(plain(citation.code)).map((line) => ' '.repeat(10) + line),
    ];
  });
}

const indented = (page: Page, text: string): string[] => page.text(text, 12);

const placeOf = ({ file, line }: Citation): string => `${file}:${line}`;
