import { describe, expect, test } from 'vitest';
import { chooseMirrors, parseIndexTargets, renderSources, signedByOf } from '../src/mirrors.ts';

const target = (uri: string, release: string) => ({ uri, release, entry: `/etc/${release}:1` });
const bookworm = target('http://a.test/debian', 'bookworm');
const security = target('http://a.test/debian-security', 'bookworm-security');
const keyOf = ({ release }: { release: string }) => `/keys/${release}.gpg`;

describe('the index targets of the host', () => {
  test('give mirror, release and the source entry of every package list', () => {
    const answer = [
      'MetaKey: main/binary-amd64/Packages\nCreated-By: Packages\nRelease: bookworm',
      'Repo-URI: http://a.test/debian/\nSourcesentry: /etc/apt/sources.list.d/debian.sources:1\n',
      'MetaKey: main/i18n/Translation-en\nCreated-By: Translations\nRelease: bookworm\n',
    ].join('\n');
    expect(parseIndexTargets(answer)).toEqual([
      {
        uri: 'http://a.test/debian',
        release: 'bookworm',
        entry: '/etc/apt/sources.list.d/debian.sources:1',
      },
    ]);
  });
});

describe('the mirrors of a suite', () => {
  test("are the host's, with the keys it trusts them by", () => {
    expect(chooseMirrors('bookworm', [bookworm, security], keyOf, {})).toEqual([
      {
        uri: 'http://a.test/debian',
        suites: ['bookworm', 'bookworm-updates'],
        signedBy: '/keys/bookworm.gpg',
      },
      {
        uri: 'http://a.test/debian-security',
        suites: ['bookworm-security'],
        signedBy: '/keys/bookworm-security.gpg',
      },
    ]);
  });

  test('are found on a host that runs another release, whatever it is called there', () => {
    const host = [
      target('http://b.test/debian', 'stable'),
      target('http://b.test/s', 'stable/updates'),
    ];
    const uris = chooseMirrors('bookworm', host, keyOf, {}).map(({ uri }) => uri);
    expect(uris).toEqual(['http://b.test/debian', 'http://b.test/s']);
  });

  test("prefer the suite's own where a host has several", () => {
    const host = [target('http://b.test/debian', 'trixie'), bookworm];
    expect(chooseMirrors('bookworm', host, keyOf, {})[0]?.uri).toBe('http://a.test/debian');
  });

  test('of backports hold nothing else, so that nothing else can be taken for them', () => {
    expect(chooseMirrors('trixie-backports', [bookworm, security], keyOf, {})).toEqual([
      {
        uri: 'http://a.test/debian',
        suites: ['trixie-backports'],
        signedBy: '/keys/bookworm.gpg',
      },
    ]);
  });

  test('are none where the host has no Debian in its sources', () => {
    const host = [target('http://u.test/ubuntu', 'jammy'), security];
    expect(chooseMirrors('bookworm', host, keyOf, {})).toEqual([]);
  });

  test('follow the settings before the host', () => {
    const settings = { mirror: 'http://m.test/debian', securityMirror: '', keyring: '/k.gpg' };
    expect(chooseMirrors('bookworm', [bookworm, security], keyOf, settings)).toEqual([
      { uri: 'http://m.test/debian', suites: ['bookworm', 'bookworm-updates'], signedBy: '/k.gpg' },
    ]);
  });
});

describe('the key of a source entry', () => {
  test('stands in the numbered stanza of a deb822 file', () => {
    const text = 'Types: deb\nURIs: x\n\nTypes: deb\nSigned-By: /usr/share/keyrings/d.gpg\n';
    expect(signedByOf('/etc/apt/sources.list.d/debian.sources:2', text)).toBe(
      '/usr/share/keyrings/d.gpg',
    );
    expect(signedByOf('/etc/apt/sources.list.d/debian.sources:1', text)).toBeUndefined();
  });

  test('stands in the options of the numbered line of a one-line file', () => {
    const text = '# main\ndeb [arch=amd64 signed-by=/k.gpg] http://a.test/debian bookworm main\n';
    expect(signedByOf('/etc/apt/sources.list:2', text)).toBe('/k.gpg');
    expect(signedByOf('/etc/apt/sources.list:1', text)).toBeUndefined();
  });
});

test('sources are written as deb822, and without a key where the host trusts the mirror anyway', () => {
  const mirrors = [{ uri: 'http://a.test/debian', suites: ['bookworm', 'bookworm-updates'] }];
  expect(renderSources(mirrors)).toBe(
    'Types: deb\nURIs: http://a.test/debian\nSuites: bookworm bookworm-updates\nComponents: main\n',
  );
});
