/** One test of a KTAP document, as a strict reader of Documentation/dev-tools/ktap.rst sees it. */
export type KtapTest = {
  ok: boolean;
  name: string;
  directive: string | undefined;
  data: string;
  parts: KtapTest[];
};

/**
 * Reads KTAP by its rules: a version line and a plan at each level, two spaces of indentation a level, numbers that
 * count from 1 to the plan's, and nothing that is neither a result nor a diagnostic line.
 * @throws Error with the line that breaks a rule.
 */
export function readKtap(text: string): KtapTest[] {
  const lines = text.trimEnd().split('\n');
  const tests = readLevel(lines, '');
  if (lines.length > 0) throw new Error(`not part of any test: ${lines[0] ?? ''}`);
  return tests;
}

function readLevel(lines: string[], indent: string): KtapTest[] {
  if (lines.shift() !== `${indent}KTAP version 1`) throw new Error('no version line');
  const plan = new RegExp(`^${indent}1\\.\\.(\\d+)$`).exec(lines.shift() ?? '');
  if (plan === null) throw new Error('no plan line after the version line');
  const tests: KtapTest[] = [];
  while (tests.length < Number(plan[1])) tests.push(readTest(lines, indent, tests.length + 1));
  return tests;
}

const result = /^(ok|not ok) (\d+) ([^#]*?)(?: # (?:(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b ?)?(.*))?$/;

function readTest(lines: string[], indent: string, number: number): KtapTest {
  const parts = lines[0] === `${indent}  KTAP version 1` ? readLevel(lines, `${indent}  `) : [];
  while (lines[0]?.startsWith(`${indent}# `)) lines.shift();
  const line = lines.shift() ?? '(end of text)';
  const match = line.startsWith(indent) ? result.exec(line.slice(indent.length)) : null;
  if (match?.[2] !== String(number)) throw new Error(`not the result of test ${number}: ${line}`);
  const [, status, , name = '', directive, data = ''] = match;
  return { ok: status === 'ok', name, directive, data, parts };
}
