import { expect, test } from 'vitest';
import { renderAptConf } from '../src/apt-conf.ts';

const hostAcquire = [
  'Acquire "";',
  'Acquire::http::Proxy "http://proxy.test:3128";',
  'Acquire::https::CAInfo "/etc/ssl/own.pem";',
  'Acquire::AllowInsecureRepositories "true";',
  'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "true";',
  'Acquire::Languages:: "en";',
].join('\n');

const render = (root: boolean) => renderAptConf('/c', { architecture: 'amd64', root, hostAcquire });

test("how the host reaches its mirrors is carried over, what it fetches and trusts isn't", () => {
  const conf = render(false);
  expect(conf).toContain('Acquire::http::Proxy "http://proxy.test:3128";');
  expect(conf).toContain('Acquire::https::CAInfo "/etc/ssl/own.pem";');
  expect(conf).not.toMatch(/AllowInsecure|DEP-11|"en"/);
});

test("state, cache and sources are ours, and the host's configuration and hooks are not read", () => {
  const conf = render(false);
  expect(conf).toContain('Dir::State "/c/state";');
  expect(conf).toContain('Dir::Cache "/c/cache";');
  expect(conf).toContain('Dir::Etc::sourceparts "/dev/null";');
  expect(conf).toContain('Dir::Etc::parts "/dev/null";');
});

test('root fetches as root, so that a cache in its home can be written to', () => {
  expect(render(true)).toContain('APT::Sandbox::User "root";');
  expect(render(false)).not.toContain('Sandbox');
});
