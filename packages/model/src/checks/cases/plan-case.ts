import type { Variant } from '../../result.ts';
import type { CheckContext } from '../check.ts';
import type { Case, CaseLeg } from './case.ts';

/** What a case is told of a leg of its check. */
export function caseLeg(
  check: string,
  { name }: Pick<Case, 'name'>,
  { variant, index }: { variant: Variant; index: number },
  context: CheckContext,
): CaseLeg {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return {
    variant,
    index,
    context,
    id: (step) => `${check}.${slug}.${step}`,
    name: (what) => `${index}-${check}-${slug}-${what}`,
  };
}
