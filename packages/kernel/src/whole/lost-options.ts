import type { Config } from '../kbuild.ts';
import type { WantedOption } from './fragments.ts';

/** An option that came out of kconfig other than it went in; `got` is `n` for one that is off or does not exist. */
export type LostOption = WantedOption & { got: string };

/** Holds what came out of kconfig against what was wanted. kconfig drops options without a word. */
export const lostOptions = (wanted: readonly WantedOption[], config: Config): LostOption[] =>
  wanted.flatMap((option) => {
    const got = config.get(option.symbol) ?? 'n';
    return got === option.value ? [] : [{ ...option, got }];
  });
