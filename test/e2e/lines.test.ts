import { isFsdax } from '@pinbench/model';
import { describe, expect, test } from 'vitest';
import { checkOf, patchFile, pinbench, resultOf } from './support/pinbench.ts';

describe.each([
  { spec: 'debian:5.10', release: /^5\.10\./, compiler: 'gcc-10', refused: [] },
  // From 6.5 on a long-term pin of a shared file mapping is refused whatever lies under it.
  { spec: 'debian:6.12', release: /^6\.12\./, compiler: 'gcc-14', refused: ['page-cache'] },
  { spec: 'debian:7', release: /^7\./, compiler: 'gcc-14', refused: ['page-cache'] },
])('$spec', ({ spec, release, compiler, refused }) => {
  test('passes every check with the patch that is shipped for it', async () => {
    const run = await pinbench(['--base', spec]);
    const result = await resultOf(run);
    expect(result.explanation.join('\n')).toContain('fail with EOPNOTSUPP');
    expect(result.verdict).toBe('pass');
    expect(run.exitCode).toBe(0);
    expect(result.base?.release).toMatch(release);
    expect(result.build?.compiler).toContain(`${compiler} (Debian`);
    expect(checkOf(result, 'splats').verdict).toBe('pass');

    for (const row of checkOf(result, 'pin-refusal').rows ?? []) {
      const errno = isFsdax(row.backing)
        ? 'EOPNOTSUPP'
        : refused.some((each) => each === row.backing) && 'EFAULT';
      expect(row.before).toMatchObject({ outcome: 'maps' });
      expect(row.after).toMatchObject(
        errno === false ? { outcome: 'maps' } : { outcome: 'refused', errno },
      );
    }
    expect(checkOf(result, 'map-unmap-time').time?.rows).toHaveLength(18);
  });
});

test('a wrong patch is caught on another line, too', async () => {
  const patch = patchFile('refuses-device-dax-7.patch');
  const run = await pinbench(['--base', 'debian:7', '--patch', patch, '--check', 'pin-refusal']);
  const result = await resultOf(run);
  expect(checkOf(result, 'pin-refusal').reason).toMatch(
    /^after: device-dax was refused with EOPNOTSUPP/,
  );
  expect(result.verdict).toBe('fail');
  expect(run.exitCode).toBe(1);
});
