import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  designNamed,
  formatPlan,
  parseSequence,
  planSequence,
  ruleIn,
  rulesOf,
  walk,
  type Exploration,
  type ExplorationResult,
  type FindingOutcome,
  type KernelVersion,
} from '@pinbench/model';
import { eduAddress } from '@pinbench/qemu';
import { writeFiles } from '@pinbench/report';
import { debianLines } from '../matrix/index.ts';
import { claimFolder } from '../run/claim-folder.ts';
import { shortPath } from '../run/request.ts';
import { writing } from '../run/run-to-reports.ts';
import type { ExploreRequest } from './explore-request.ts';

/** Which variant of a kernel has a design, with the patch that pinbench ships for it; undefined where neither has. */
function variantWith(
  design: Exploration['design']['name'],
  kernel: KernelVersion,
): 'before' | 'after' | undefined {
  if (design === 'gup-fast') return 'before';
  return design === ruleIn(kernel) ? 'after' : undefined;
}

/** Writes the shortest way to each finding down, and says in the result where that is and how to replay it. */
export async function writeFindings(
  result: ExplorationResult,
  { out, kernel }: ExploreRequest,
): Promise<ExplorationResult> {
  const folder = path.join(out, 'explore');
  const files: Record<string, string> = {};
  const explorations = result.explorations.map((exploration) => ({
    ...exploration,
    findings: exploration.findings.map((finding) => {
      const written = findingFiles(finding, exploration, { kernel, folder });
      Object.assign(files, written.files);
      return written.finding;
    }),
  }));
  await claimFolder(folder);
  const stale = storiesOf(result.explorations).filter((name) => !(name in files));
  await writing(folder, async () => {
    await Promise.all(stale.map((name) => rm(path.join(folder, name), { force: true })));
    return writeFiles(folder, files);
  });
  return { ...result, explorations };
}

/** The files that an earlier exploration, of another kernel say, may have laid here for these designs. */
const storiesOf = (explorations: readonly Exploration[]): string[] =>
  explorations.flatMap(({ design, findings }) =>
    findings.flatMap(({ name }) =>
      ['sequence', 'plan'].map((ending) => `${design.name}-${name}.${ending}`),
    ),
  );

function findingFiles(
  finding: FindingOutcome,
  { design }: Exploration,
  { kernel, folder }: { kernel: KernelVersion; folder: string },
): { finding: FindingOutcome; files: Record<string, string> } {
  const { name, kind, title, shortest } = finding;
  if (!shortest) return { finding, files: {} };
  const base = `${design.name}-${name}`;
  const file = shortPath(path.join(folder, `${base}.sequence`));
  const comments = [
    `${kind}: ${title}`,
    `${design.name} on ${kernel.major}.${kernel.minor}: ${design.title}`,
    ...shortest.steps.map(({ does, then }, index) => `${index + 1}. ${does} ${then}`.trim()),
  ];
  const text = `${comments.map((line) => `# ${line}\n`).join('')}${shortest.sequence.join('\n')}\n`;
  const variant = variantWith(design.name, kernel);
  const plan = variant && planOf(shortest.sequence, design.name, kernel);
  return {
    finding: {
      ...finding,
      shortest: {
        ...shortest,
        file,
        ...(plan !== undefined && {
          plan: shortPath(path.join(folder, `${base}.plan`)),
          command: `npm run qemu:test -- conform ${baseWords(kernel)}--replay ${file} --variant ${variant}`,
        }),
      },
    },
    files: {
      [`${base}.sequence`]: text,
      ...(plan !== undefined && { [`${base}.plan`]: plan }),
    },
  };
}

/** For the guest agent; undefined where a guest is not asked something of it. */
function planOf(
  sequence: readonly string[],
  design: Exploration['design']['name'],
  kernel: KernelVersion,
): string | undefined {
  const operations = parseSequence(sequence.join('\n'));
  const walked = walk(operations, rulesOf(designNamed(design), kernel));
  if (walked.notAsked.length > 0) return undefined;
  const names = { id: (step: string) => step, name: (what: string) => `explore-${what}` };
  return formatPlan(planSequence(walked, names, eduAddress));
}

/** Debian's 6.1 is what is taken by itself; a kernel that Debian has not is a tree of the user's. */
function baseWords({ major, minor }: KernelVersion): string {
  const line = `debian:${major}.${minor}`;
  if (line === 'debian:6.1') return '';
  return debianLines.some((each) => each === line)
    ? `--base ${line} `
    : `--base tree:../linux@v${major}.${minor} `;
}
