import { expect, test } from 'vitest';
import { relocate } from '../src/headers.ts';

test('the common headers are found beside the others instead of on the host', () => {
  expect(relocate('include /usr/src/linux-headers-6.1.0-56-common/Makefile\n')).toBe(
    'include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))../linux-headers-6.1.0-56-common/Makefile\n',
  );
});

test('a Makefile that would go on reading the host is not passed over', () => {
  expect(() => relocate('include ../elsewhere/Makefile\n')).toThrow('not as expected');
});

test('what is built is looked for where they are, too', () => {
  const makefile = [
    'KBUILD_OUTPUT=/usr/src/linux-headers-7.3.4+deb13-amd64',
    'include /usr/src/linux-headers-7.3.4+deb13-common/Makefile',
  ];
  expect(relocate(makefile.join('\n'))).toBe(
    [
      'KBUILD_OUTPUT:=$(dir $(abspath $(lastword $(MAKEFILE_LIST))))',
      'include $(dir $(abspath $(lastword $(MAKEFILE_LIST))))../linux-headers-7.3.4+deb13-common/Makefile',
    ].join('\n'),
  );
});
