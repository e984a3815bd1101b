/** A large number as people read it. */
export const sayCount = (value: number): string => value.toLocaleString('en-GB');
