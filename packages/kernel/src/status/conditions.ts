import type { Node } from 'web-tree-sitter';
import { bare, callsIn } from './c-source.ts';

/** Memory of the process that asks, or of another one. */
export type Memory = 'own' | 'other';

/** Whose memory a condition lets through: `mm == current->mm` that of the caller. */
export function whoseMemory(condition: Node): Memory | undefined {
  const { text } = bare(condition);
  const [, operator] =
    /^\w+\s*([=!]=)\s*current->mm$/.exec(text) ?? /^current->mm\s*([=!]=)\s*\w+$/.exec(text) ?? [];
  if (operator === undefined) return undefined;
  return operator === '==' ? 'own' : 'other';
}

/** Whether a condition is the call of `name`, alone or with others that all have to hold and that `others` knows. */
export function isPlainly(
  name: string,
  condition: Node,
  others: (text: string) => boolean,
): boolean {
  const node = bare(condition);
  const [left, right] = [node.childForFieldName('left'), node.childForFieldName('right')];
  if (node.childForFieldName('operator')?.text === '&&' && left && right) {
    return (
      (isPlainly(name, left, others) && others(bare(right).text)) ||
      (others(bare(left).text) && isPlainly(name, right, others))
    );
  }
  return node.type === 'call_expression' && node.childForFieldName('function')?.text === name;
}

const givesPageBack = /^(put_page|put_user_pages?|unpin_user_pages?)$/;

/**
 * What an `if` does about fs-dax after a pin, as `if (ret > 0 && vma_is_fsdax(…)) { ret = -EOPNOTSUPP; put_page(…); }`.
 * Undefined where it says nothing of fs-dax.
 */
export function refusesFsdax(condition: Node, then: Node): 'yes' | 'not understood' | undefined {
  if (!callsIn(condition).some(({ name }) => name === 'vma_is_fsdax')) return undefined;
  const understood =
    isPlainly('vma_is_fsdax', condition, (rest) => /^\w+ ?(>|>=|==) ?\d+$/.test(rest)) &&
    then.text.includes('= -EOPNOTSUPP') &&
    callsIn(then).some(({ name }) => givesPageBack.test(name));
  return understood ? 'yes' : 'not understood';
}
