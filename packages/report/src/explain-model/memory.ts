import type { BehindCommit, ExplainedMemory, ModelExplanation } from '@pinbench/model';
import wrapAnsi from 'wrap-ansi';
import type { Page } from '../terminal/page.ts';
import { grouped } from './grouped.ts';

/** All that is said of one kind of memory. */
export function memoryLines(
  memory: ExplainedMemory,
  { kernel, designs }: Omit<ModelExplanation, 'memories'>,
  page: Page,
): string[] {
  return [
    ...page.hang(`${page.bold(`${memory.backing} on Linux ${kernel}`)}: ${sayMemory(memory)}`, 2),
    ...designs.flatMap(({ name, title, source }) =>
      page.hang(`${page.dim(name)}  ${title} (${source.why}, ${source.commit})`, 2),
    ),
    '',
    page.bold('Expected'),
    ...expected(memory, designs, page),
    '',
    page.bold('Because'),
    ...because(memory, page),
    ...(memory.commits.length > 0 ? ['', page.bold('Commits behind it')] : []),
    ...memory.commits.flatMap((commit) => commitLines(commit, page)),
    '',
    page.bold('On other kernels'),
    ...elsewhere(memory, page),
  ];
}

const touched = { write: 'written to', read: 'read', none: 'not touched' };

const sayMemory = ({ share, prot, touch }: ExplainedMemory): string =>
  [
    `mapped ${share}`,
    prot === 'ro' ? 'for reading' : 'for reading and writing',
    `${touched[touch]} by the process`,
  ].join(', ');

type Designs = ModelExplanation['designs'];

function expected({ answers }: ExplainedMemory, designs: Designs, page: Page): string[] {
  const first = Math.max(...answers.map(({ question }) => question.length));
  const room = Math.floor((page.width - first - 2 * (designs.length + 1)) / designs.length);
  return page.table(
    ['', ...designs.map(({ name }) => name)],
    answers.map(({ question, answers: given }) => [
      question,
      ...designs.map(({ name }) => {
        const said = given.find(({ design }) => design === name)?.said;
        return said === undefined ? '-' : wrapAnsi(said, room);
      }),
    ]),
    [],
  );
}

/** Each reason once, with all that it is the reason for. */
function because({ answers }: ExplainedMemory, page: Page): string[] {
  const told = answers.flatMap(({ question, answers: given }) =>
    given.flatMap(({ design, why }) => (why === undefined ? [] : [{ question, design, why }])),
  );
  return grouped(told, ({ why }) => why).flatMap(([why, of]) => {
    const names = grouped(of, ({ design }) => design).map(
      ([design, each]) => `${design}: ${each.map(({ question }) => question).join(', ')}`,
    );
    return [...page.text(why, 2), ...page.text(page.dim(names.join('; ')), 4)];
  });
}

function commitLines({ commit, why, ...when }: BehindCommit, page: Page): string[] {
  const [first = '', ...rest] = page.text(`${why}${sayBefore(when)}`, 4);
  return [`  ${page.bold(commit)}  ${sayWhen(when)}`, first, ...rest];
}

function sayWhen({
  from,
  until,
  ended,
  stable = [],
  holds,
}: Omit<BehindCommit, 'commit' | 'why' | 'before'>): string {
  if (from === undefined) return 'in every kernel';
  const when =
    until === undefined ? `from ${from} on` : `from ${from}, ended by ${ended ?? '?'} in ${until}`;
  const taken = stable.length === 0 ? when : `${when}, and in stable ${and.format(stable)}`;
  return holds ? taken : `${taken}, so not here`;
}

const and = new Intl.ListFormat('en-GB');

const sayBefore = ({ before }: Pick<BehindCommit, 'before'>): string =>
  before === undefined ? '' : `; before it ${before}`;

function elsewhere({ elsewhere: others }: ExplainedMemory, page: Page): string[] {
  if (others.length === 0) return ['  every kernel that the model knows answers alike'];
  const alike = grouped(others, ({ design, said, commit, from, to }) =>
    [from, to, design, said, commit].join('|'),
  );
  const rows = alike.map(([, each]) => {
    const [{ design, said, commit, ...kernels }] = each;
    const asked = each.map(({ question }) => question).join(', ');
    return [sayKernels(kernels), design, wrapAnsi(asked, 26), wrapAnsi(said, 30), commit];
  });
  return page.table(['kernels', 'design', 'asked', 'answer', 'changed by'], rows, []);
}

function sayKernels({ from, to }: { from?: string | undefined; to?: string | undefined }): string {
  if (from === undefined) return `up to ${to ?? '?'}`;
  if (to === undefined) return `from ${from} on`;
  return from === to ? from : `${from} to ${to}`;
}
