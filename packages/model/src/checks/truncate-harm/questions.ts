import { iova, operations as op, type FileChange, type Operation } from '../../plan.ts';
import type { CaseLeg } from '../cases/index.ts';
import { bufferParts, EDU_PIECE, IOVA, PAGE } from '../memory.ts';
import { pinnerIn } from '../mapping.ts';
import { expectChange, type FileSystem, type Rule } from './fate.ts';

export type Question = { readonly fs: FileSystem; readonly change: FileChange };

/** Patterns that differ: of the device, and of whoever has the block next. */
const DEVICE = 94;
const OWNER = 15;
const SOURCE = 2 * IOVA;

export const backingOf = ({ fs }: Question): 'fsdax-ext4' | 'fsdax-xfs' => `fsdax-${fs}`;

export const ruleOf = ({ fs, change }: Question, leg: Pick<CaseLeg, 'variant' | 'context'>): Rule =>
  expectChange(pinnerIn(leg), fs, change);

/** In the returning cases of one change the device is shown to write at all: a transfer takes 100 ms of guest time. */
export const provesDevice = ({ change }: Question): boolean => change === 'truncate';

/** Of a file longer than the page that is pinned, which is what is taken from it: no collapse may end a file. */
const LENGTH = 4 * PAGE;

/**
 * The file's first page is offered to the device, then its block is taken from it. Where that waits, it is
 * interrupted, and tried again while the mapping goes; where it returns, another file takes the block and the device
 * writes to where the page was.
 */
export function planQuestion(question: Question, leg: CaseLeg): Operation[] {
  const { id, name } = leg;
  const [buffer, source] = [name('file'), name('source')];
  const folder = `/mnt/${question.fs}-dax`;
  // The agent names a file after its buffer.
  const file = `${folder}/pinbench-${buffer}-0`;
  const change = { file, do: question.change };
  const unlinks = question.change === 'unlink';
  // Whoever unlinks a file that is pinned may never come back: files stay, and are short.
  const release = op.release({ name: buffer, file: 'keep' });
  const { fate } = ruleOf(question, leg);
  return [
    // What was freed before is to be free by now: it would lie nearer to whoever comes next.
    op.settle({ folder }),
    op.buffer({ name: buffer, parts: bufferParts(backingOf(question), LENGTH) }, id('buffer')),
    op.block({ file }, id('block')),
    op.buffer({ name: source, parts: bufferParts('anon', PAGE) }, id('source')),
    op.fill({ buffer: source, off: 0, len: EDU_PIECE, seed: DEVICE }),
    op.map({ iova: iova(SOURCE), buffer: source }, id('map-source')),
    op.map({ iova: iova(IOVA), buffer, len: PAGE }, id('map')),
    ...(unlinks ? [release] : []),
    op.change(change, id('change')),
    op.changeInterrupt(id('interrupt')),
    ...(fate === 'waits' ? planWait(change, id) : []),
    ...(fate === 'overwrites' || fate === 'harmless'
      ? planReuse(question, `${folder}/${name('other')}`, leg)
      : []),
    op.unmap({ iova: iova(IOVA), len: PAGE }),
    op.unmap({ iova: iova(SOURCE), len: PAGE }),
    op.release({ name: source }),
    ...(unlinks ? [] : [release]),
  ];
}

function planWait(
  change: { file: string; do: FileChange },
  id: (step: string) => string,
): Operation[] {
  return [
    op.block({ file: change.file }, id('block-kept')),
    op.change(change, id('change-again')),
    op.unmap({ iova: iova(IOVA), len: PAGE }, id('unmap')),
    op.changeWait(id('unmapped')),
    op.changeInterrupt(id('interrupt-again')),
  ];
}

function planReuse(question: Question, other: string, { id, name }: CaseLeg): Operation[] {
  const source = name('source');
  return [
    op.claim({ file: other, seed: OWNER }, id('claim')),
    op.dmaCopy({ from: iova(SOURCE), to: iova(IOVA), len: EDU_PIECE }, id('dma')),
    op.claimed({ file: other, seed: OWNER, other: DEVICE }, id('claimed')),
    ...(provesDevice(question)
      ? [
          op.dmaCopy({ from: iova(SOURCE), to: iova(SOURCE + EDU_PIECE), len: EDU_PIECE }),
          op.compare(
            { buffer: source, off: EDU_PIECE, len: EDU_PIECE, seed: DEVICE },
            id('device'),
          ),
        ]
      : []),
  ];
}
