import { expect, test } from 'vitest';
import { listsModulesByKo } from '../src/kbuild-session.ts';

const rule = (line: string): string =>
  ['PHONY += single_modpost', 'single_modpost: $(single-no-ko) modules_prepare', line, ''].join(
    '\n',
  );

test("the rule for single modules is ours to follow where it names modules by their .ko's", () => {
  const echo = (name: string) =>
    rule(`\t$(Q){ $(foreach m, $(single-ko), echo ${name};) } > $(MODORDER)`);
  expect(listsModulesByKo(echo('$(extmod-prefix)$m'))).toBe(true);
  expect(listsModulesByKo(echo('$(extmod_prefix)$m'))).toBe(true);
  expect(listsModulesByKo(echo('$(extmod_prefix)$(m:%.ko=%.o)'))).toBe(false);
  expect(listsModulesByKo(echo('$(m:%.ko=%.o)'))).toBe(false);
  expect(listsModulesByKo('modules: modules_prepare\n')).toBe(false);
});
