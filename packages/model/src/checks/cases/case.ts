import type { Backing } from '../../backing.ts';
import type { Operation } from '../../plan.ts';
import type { AgentRecord } from '../../record.ts';
import type { Assumption, Variant } from '../../result.ts';
import type { CheckContext } from '../check.ts';

/** What a case is told of the leg it is asked in. */
export type CaseLeg = {
  readonly variant: Variant;
  /** Of the leg in the check's order, from 0. */
  readonly index: number;
  readonly context: CheckContext;
  /** Names a record of this case. */
  readonly id: (step: string) => string;
  /** Names a buffer or a file of this case, unlike any other in the guest's life. */
  readonly name: (what: string) => string;
};

/** The records of one case in one leg, by step. */
export type Answers = (step: string) => AgentRecord | undefined;

/** What a kernel is expected to do, and by which rule: a sentence with its commit, without its end. */
export type CaseExpectation = { readonly said: string; readonly why: string };

/** What a kernel did. */
export type Seen = {
  /** In the words of the expectation. */
  readonly saw: string;
  /** Why it is not as expected: a sentence without its subject, which is the case. */
  readonly wrong?: string | undefined;
  /** Why it could not be asked. */
  readonly unknown?: string | undefined;
  /** Lines to be shown: bytes, the name of a function. */
  readonly evidence?: readonly string[];
};

/** One question of a check, asked in every leg, and one row of its table. */
export type Case = {
  readonly name: string;
  /** It is left out where one of them was not asked for. */
  readonly backings: readonly Backing[];
  /** Why this kernel cannot be asked, or undefined when it can. */
  readonly skip?: (context: CheckContext) => string | undefined;
  readonly expect: (leg: CaseLeg) => CaseExpectation;
  readonly plan: (leg: CaseLeg) => readonly Operation[];
  /** @param before what the first leg without the patch answered, to hold the others against */
  readonly judge: (answer: Answers, leg: CaseLeg, before: Answers) => Seen;
  /** What must hold for the answers to mean anything. */
  readonly assume?: (answer: Answers, leg: CaseLeg) => readonly Assumption[];
};
