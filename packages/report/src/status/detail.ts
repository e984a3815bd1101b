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

/** The lines that were quoted, by their place. */
type Cited = Map<string, Citation>;

/** What the source of one base says, path by path, with the lines that say so. */
export function baseDetail(report: StatusReport, page: Page): string[] {
  const { base, version, commit, type1, spapr } = report;
  const source = commit === undefined ? version : `${version}, commit ${commit.slice(0, 12)}`;
  const stand = page.verdict(standVerdict[type1.stand], sayStand(type1));
  const cited: Cited = new Map();
  return [
    ...page.hang(`${page.bold(plain(base))} (${plain(source)})  ${stand}`, 2),
    ...pathLines('own mm', type1.own, cited, page),
    ...(type1.other ? pathLines('other mm', type1.other, cited, page) : []),
    ...prerequisiteLines(type1.prerequisites, page),
    ...spaprLines('TCE v1', spapr.v1, cited, page),
    ...spaprLines('TCE v2', spapr.v2, cited, page),
  ];
}

const pathLines = (name: string, path: PinPath, cited: Cited, page: Page): string[] => [
  ...page.field(name, plain(sayPath(path))),
  ...citationLines(path.citations, cited, page),
];

function spaprLines(name: string, status: SpaprStatus, cited: Cited, page: Page): string[] {
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
        `${name} ${states[state]}${citation ? ` (${placeOf(citation)})` : ''}: ${sayCommit(commit)} brings it`,
      ),
    ),
  );
}

/** A line is quoted once, and named by its place after that; one call may pin two kinds of memory, for two reasons. */
function citationLines(citations: readonly Citation[], cited: Cited, page: Page): string[] {
  return citations.flatMap((citation) => {
    const place = placeOf(citation);
    const above = cited.get(place);
    if (above) {
      const { commit } = citation;
      const but = commit && commit.hash !== above.commit?.hash ? sayCommit(commit) : undefined;
      const since = but === undefined ? '' : `, but since ${but}`;
      return indented(page, page.dim(plain(`${place}, as above${since}`)));
    }
    cited.set(place, citation);
    return [
      ...indented(page, plain(`${place} ${citation.says}${sayHistory(citation)}`)),
      ...page.quote(plain(citation.code)).map((line) => ' '.repeat(10) + line),
    ];
  });
}

const sayHistory = ({ commit, form, mended }: Citation): string =>
  [
    commit ? `, since ${sayCommit(commit)}` : '',
    form ? `, in this form since ${sayCommit(form)}` : '',
    mended ? `; mended by ${sayCommit(mended)}` : '',
  ].join('');

const indented = (page: Page, text: string): string[] => page.text(text, 12);

const placeOf = ({ file, line }: Citation): string => `${file}:${line}`;
