import type { FileChange } from '../../plan.ts';
import type { Assumption } from '../../result.ts';
import { caseCheck, type Answers, type Case, type CaseLeg } from '../cases/index.ts';
import { bufferAssumptions, describeFailure } from '../memory.ts';
import { judgeAnswers } from './answers.ts';
import { notesOf, saysOf } from './says.ts';
import { backingOf, planQuestion, provesDevice, ruleOf, type Question } from './questions.ts';

const fileSystems = ['ext4', 'xfs'] as const;
const changes: readonly FileChange[] = ['truncate', 'punch', 'collapse', 'unlink'];

const names: Readonly<Record<FileChange, string>> = {
  truncate: 'truncate',
  punch: 'hole punch',
  collapse: 'collapse',
  unlink: 'unlink',
};

const caseOf = (question: Question): Case => ({
  name: `${question.fs}: ${names[question.change]}`,
  backings: [backingOf(question)],
  expect: (leg) => ruleOf(question, leg),
  plan: (leg) => planQuestion(question, leg),
  judge: (answer, leg) => judgeAnswers(ruleOf(question, leg), answer),
  assume: (answer, leg) => assumptionsOf(question, answer, leg),
});

function assumptionsOf(question: Question, answer: Answers, leg: CaseLeg): Assumption[] {
  const where = `leg ${leg.index + 1} ${leg.variant}, ${names[question.change]}`;
  const { fate } = ruleOf(question, leg);
  const returns = fate === 'overwrites' || fate === 'harmless';
  return [
    ...bufferAssumptions(backingOf(question), where, answer('buffer')),
    ...(returns && provesDevice(question) ? [deviceWrites(answer, where)] : []),
  ];
}

/** That nothing was overwritten says something only of a device that writes. */
function deviceWrites(answer: Answers, where: string): Assumption {
  const device = answer('device');
  const held = device?.['equal'] === true;
  return {
    name: `the device writes (${where})`,
    held,
    needed: 'a DMA to memory that is mapped arrives',
    observed: held ? 'it did' : device?.ok === true ? 'it did not' : describeFailure(device),
  };
}

/** What becomes of a file system whose pages a device holds: what the patch is for. */
export const truncateHarm = caseCheck({
  name: 'truncate-harm',
  title: 'What a pinned page of a DAX file does to its file system',
  cases: fileSystems.flatMap((fs) => changes.map((change) => caseOf({ fs, change }))),
  says: saysOf,
  notes: notesOf,
});
