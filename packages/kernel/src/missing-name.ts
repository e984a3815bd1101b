/** A name that the compiler or the linker does not find. */
export type MissingName = { name: string; isCalled: boolean };

/**
 * What gcc, ld and modpost say of a name that nobody declares. Old kernels are built with warnings off, and then a
 * function that is not declared is found by the linker at last.
 */
const forms: readonly { pattern: RegExp; isCalled: boolean }[] = [
  { pattern: /error: implicit declaration of function ['‘](\w+)['’]/, isCalled: true },
  { pattern: /error: ['‘](\w+)['’] undeclared/, isCalled: false },
  { pattern: /undefined reference to [`'‘](\w+)['’]/, isCalled: true },
];

/** The name that a line of a failed build is about, if it is one that is missing. */
export function missingNameIn(line: string): MissingName | undefined {
  for (const { pattern, isCalled } of forms) {
    const [, name] = pattern.exec(line) ?? [];
    if (name !== undefined) return { name, isCalled };
  }
  return undefined;
}
