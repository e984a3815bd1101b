import {
  emptyWorld,
  formatOperation,
  rulesOf,
  step,
  type Area,
  type Design,
  type DesignName,
  type Rules,
  type World,
  type WorldOperation,
} from '../world/index.ts';
import type { KernelVersion } from '../kernel-version.ts';
import { AreaTable } from './area-table.ts';
import { findings, tellFindings } from './findings.ts';
import type { Balance, Exploration, ToldSequence } from './result.ts';
import { retrace } from './retrace.ts';
import { tell } from './story.ts';
import { systemOf } from './system.ts';
import { walk, type Extent } from './walk.ts';

export type NamedDesign = Design & { readonly name: DesignName };

/**
 * Looks at every sequence of operations up to a bound for what a design does, and for the shortest way to each. Gives the
 * number of worlds so far now and then.
 */
export function* explore(
  design: NamedDesign,
  kernel: KernelVersion,
  extent: Extent,
): Generator<number, Exploration> {
  const rules = rulesOf(design, kernel);
  const system = systemOf(rules, tellFindings);
  const areas = new AreaTable<Area>(system);
  const walked = yield* walk(areas, extent);
  const { states, transitions, depths, found } = walked;
  return {
    design: { name: design.name, title: design.title, source: design.source },
    areas: areas.size,
    ...{ states, transitions, depths: [...depths] },
    findings: findings.map(({ name, kind, title }) => {
      const path = found.get(name);
      if (!path) return { name, kind, title };
      const operations = retrace({ system, areas }, path, name, extent.slots);
      return { name, kind, title, shortest: storyOf(operations, rules, extent.slots) };
    }),
  };
}

/** A sequence as it goes in the model, step by step, from a world with nothing in it. */
export function storyOf(
  operations: readonly WorldOperation[],
  rules: Rules,
  slots: number,
): ToldSequence {
  let before: World = emptyWorld(slots);
  const steps = operations.map((operation) => {
    const stepped = step(before, operation, rules);
    if (!stepped) throw new RangeError(`cannot be asked: ${formatOperation(operation)}`);
    const { result, world: after } = stepped;
    const told = tell({ operation, before, result, after, rules });
    before = after;
    return told;
  });
  return { sequence: operations.map(formatOperation), steps };
}

/** What one design does better than another, and what worse. */
export function balanceOf(exploration: Exploration, against: Exploration): Balance {
  const without = (left: Exploration, right: Exploration) =>
    left.findings
      .filter(
        ({ name, kind, shortest }) =>
          kind !== 'flaw' &&
          shortest &&
          !right.findings.some((each) => each.name === name && each.shortest),
      )
      .map(({ name }) => name);
  return {
    design: exploration.design.name,
    against: against.design.name,
    buys: without(against, exploration),
    costs: without(exploration, against),
  };
}
