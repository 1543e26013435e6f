/** The fragment of the inspector's URL: it reproduces a request, and ignores what it does not know. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blankRequest, fromHash, suggestedStarttls, tidyAddress, toHash } from '../../inspector/src/model/permalink.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').Request} Request */

const config = { bridge: 'ws://127.0.0.1:1/', targets: { expired: '127.0.0.1:2' }, system: true };
const cases = /** @type {LabCase[]} */ (
  /** @type {unknown} */ ([
    { id: 'expired', address: 'expired.pagetls.test' },
    { id: 'wildcard', address: 'a.b.pagetls.test' },
    { id: 'revoked', address: 'revoked.pagetls.test', hasCrl: true },
  ])
);

/** @param {string} hash */
const read = (hash) => fromHash(hash, config, cases);

describe('a permalink', () => {
  for (const [name, change] of /** @type {[string, Partial<Request>][]} */ ([
    ['a host', { address: 'example.org' }],
    ['a port', { address: 'example.org:8443' }],
    ['an IPv6 address', { address: '[::1]:443' }],
    [
      'a time, a name, rules and anchors',
      {
        address: 'a.test',
        now: new Date('2026-01-31T12:00:00Z'),
        servername: 'b.test',
        profile: 'rfc5280',
        trust: 'system',
      },
    ],
    ['milliseconds', { address: 'a.test', now: new Date('2026-01-31T12:00:00.123Z') }],
    ['another bridge, with a query', { address: 'a.test', bridge: 'wss://bridge.test/x?a=1&b=#2' }],
    ['the protocol before TLS', { address: 'a.test:587', starttls: 'xmpp-server' }],
    ['a request for /', { address: 'a.test', get: true }],
    ['characters that are not allowed in host names', { address: 'bücher & co%2F.test' }],
  ])) {
    test(`restores ${name}`, () => {
      const request = { ...blankRequest(config), ...change };
      assert.deepEqual(read(toHash(request, config)), request);
    });
  }

  test('restores that the CRL of a case is not used, and has no such part for other addresses', () => {
    const request = { ...read('#revoked.pagetls.test'), crls: '' };
    assert.equal(toHash(request, config), '#revoked.pagetls.test&crl=off');
    assert.deepEqual(read('#revoked.pagetls.test&crl=off'), request);
    assert.equal(toHash({ ...blankRequest(config), address: 'a.test', crls: '' }, config), '#a.test');
  });

  test('is short and legible with default settings', () => {
    assert.equal(toHash({ ...blankRequest(config), address: 'example.org:8443' }, config), '#example.org:8443');
    assert.equal(toHash({ ...blankRequest(config), address: '[::1]:443' }, config), '#[::1]:443');
  });

  test('contains no certificates, CRLs or tampering', () => {
    const request = { ...blankRequest(config), address: 'a.test', ownRoots: 'PEM', crls: 'PEM' };
    assert.equal(toHash({ ...request, tamper: { direction: 'sent', offset: 1, mask: 1 } }, config), '#a.test');
  });

  test('ignores unknown and invalid parts', () => {
    assert.deepEqual(read('#a.test&at=yesterday&profile=lax&trust=nobody&starttls=telnet&x=y&&GET&=&%'), {
      ...blankRequest(config),
      address: 'a.test',
    });
    assert.equal(read('#%').address, '');
    assert.equal(read('').address, '');
  });

  test('finds a lab case by its host or id, and its server', () => {
    assert.deepEqual(
      [
        '#expired.pagetls.test',
        '#Expired.pagetls.test:443',
        '#wildcard.pagetls.test',
        '#a.b.pagetls.test',
        '#b.test',
      ].map((hash) => [read(hash).lab?.id, read(hash).target]),
      [
        ['expired', '127.0.0.1:2'],
        ['expired', '127.0.0.1:2'],
        ['wildcard', null],
        ['wildcard', null],
        [undefined, null],
      ],
    );
  });
});

test('suggestedStarttls() knows the ports on which servers begin without TLS', () => {
  assert.equal(suggestedStarttls('mail.example:587'), 'smtp');
  assert.equal(suggestedStarttls('[::1]:5432'), 'postgres');
  for (const other of ['mail.example', 'mail.example:993', 'mail.example:', '%', '']) {
    assert.equal(suggestedStarttls(other), null);
  }
});

test('tidyAddress() reduces a URL to its host and port', () => {
  assert.equal(tidyAddress(' https://example.org:8443/path?x#y '), 'example.org:8443');
  assert.equal(tidyAddress('HTTP://example.org'), 'example.org');
  assert.equal(tidyAddress('example.org'), 'example.org');
  assert.equal(tidyAddress('https://'), 'https://');
  assert.equal(tidyAddress('https://bücher.example/x'), 'bücher.example');
  // Not tidied by the URL parser: the parser of addresses says what is wrong with them.
  assert.equal(tidyAddress('https://user:pw@example.org/'), 'user:pw@example.org');
  assert.equal(tidyAddress('https://0x7f.1/'), '0x7f.1');
});
