import type { ExplainedMemory, ModelExplanation } from '@pinbench/model';
import wrapAnsi from 'wrap-ansi';
import type { Page } from '../terminal/page.ts';

/** What is asked of every kind of memory, in the words of the head of the table. */
const columns = [
  ['map for reading and writing', 'map'],
  ['truncate of the file', 'truncate'],
  ['pins left after the unmap', 'pins left'],
] as const;

/** What a cell may take. */
const WIDTH = 22;

/** Every kind of memory in a line for each design. */
export function overview({ kernel, designs, memories }: ModelExplanation, page: Page): string[] {
  const rows = memories.flatMap((memory) =>
    designs.map(({ name }, index) => [
      index === 0 ? memory.backing : '',
      name,
      ...columns.map(([question]) => cell(memory, question, name)),
    ]),
  );
  return [
    page.bold(`What the model says of Linux ${kernel}`),
    ...page.table(['memory', 'design', ...columns.map(([, head]) => head)], rows, []),
    '',
    ...designs.flatMap(({ name, title, source }) =>
      page.hang(`${page.dim(name)}  ${title} (${source.why}, ${source.commit})`, 2),
    ),
    ...page.text(
      page.dim(
        '--backing NAME tells the rest: every answer, its reason, the commits, other kernels',
      ),
      0,
    ),
  ];
}

function cell(memory: ExplainedMemory, question: string, design: string): string {
  const asked = memory.answers.find((each) => each.question === question);
  const answer = asked?.answers.find((each) => each.design === design);
  return answer === undefined ? '-' : wrapAnsi(answer.said, WIDTH);
}
