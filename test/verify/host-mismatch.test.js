/** A name that looks like the host but does not count: the message of the problem says why. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { chain, HOST, verificationInput, verify } from '../helpers/chains.js';
import { sharedCase, SHARED_CLOCK, skipSharedCases } from '../helpers/shared-cases.js';
import { bytes, names } from './rules/vector.js';

/** @typedef {import('../../certs/names.js').GeneralName} GeneralName */
/** @typedef {import('../../certs/names.js').Name} Name */

/**
 * The message of the host name's problem, without the text of the rule.
 * @param {string} hostname
 * @param {GeneralName[]} alternatives
 * @param {Name} [subject]
 */
async function explain(hostname, alternatives, subject = [{ O: 'Example' }]) {
  const made = chain({ leaf: { subject, extensions: names(...alternatives) } });
  const { problems } = await verify({ ...verificationInput(made), hostname }, 'rfc5280');
  const problem = problems.find(({ code }) => code === 'ERR_TLS_CERT_CN_MISMATCH');
  const text = 'The certificate is not for this name: ';
  assert.ok(problem?.message.startsWith(text), problem?.message);
  return problem?.message.slice(text.length);
}

const AS_DNS_NAME = 'as a DNS name: an IP address must be an iPAddress';
const AS_TEXT = 'as text: an iPAddress must hold the 4 or 16 octets of the address';
const FINAL_DOT = 'with a final dot, which a DNS name in a certificate must not have';
const BLANKS = 'with blanks or a dot around it, which a DNS name in a certificate must not have';
const COMMON_NAME = 'only as its common name, which does not count: it has';

describe('the message for another host', () => {
  /** What is named, and how: "it" if it is written like the host. @type {[string, string, GeneralName, string, string][]} */
  const close = [
    ['an IPv4 address as dNSName', '192.0.2.7', { dns: '192.0.2.7' }, 'it', AS_DNS_NAME],
    ['an IPv6 address as dNSName', '2001:db8::7', { dns: '2001:DB8::7' }, 'it', AS_DNS_NAME],
    ['another form of an address as dNSName', '2001:db8::7', { dns: '2001:db8:0::7' }, '2001:db8:0::7', AS_DNS_NAME],
    ['an address with a final dot as dNSName', '192.0.2.7', { dns: '192.0.2.7.' }, '192.0.2.7.', AS_DNS_NAME],
    ['the text of an address as iPAddress', '192.0.2.7', { ip: bytes('192.0.2.7') }, 'it', AS_TEXT],
    [
      'an IPv4-mapped address for an IPv4 address',
      '192.0.2.7',
      { ip: '::ffff:c000:207' },
      '::ffff:c000:207',
      'in another form: an IPv4 address and its IPv4-mapped IPv6 address are two addresses',
    ],
    ['a final dot', HOST, { dns: `${HOST}.` }, `${HOST}.`, FINAL_DOT],
    ['a wildcard with a final dot', HOST, { dns: '*.Example.com.' }, '*.Example.com.', FINAL_DOT],
    ['a leading dot', HOST, { dns: `.${HOST}` }, `.${HOST}`, BLANKS],
    ['a blank', HOST, { dns: ` ${HOST}` }, `\\20${HOST}`, BLANKS],
    ['a NUL', HOST, { dns: `${HOST}\0` }, `${HOST}\\00`, BLANKS],
    ['two final dots', HOST, { dns: `${HOST}..` }, `${HOST}..`, BLANKS],
    [
      'a wildcard before one label',
      'host.test',
      { dns: '*.test' },
      '*.test',
      'a wildcard needs at least two labels after it',
    ],
    ['a partial wildcard', HOST, { dns: 'w*.example.com' }, 'w*.example.com', 'a wildcard must be a whole label'],
    [
      'a wildcard inside a label',
      HOST,
      { dns: 'w*W.EXAMPLE.com' },
      'w*W.EXAMPLE.com',
      'a wildcard must be a whole label',
    ],
    ['a wildcard in the second label', HOST, { dns: 'www.*.com' }, 'www.*.com', 'a wildcard must be the first label'],
    ['two wildcard labels', HOST, { dns: '*.*.com' }, '*.*.com', 'a name may have only one wildcard'],
    [
      'two wildcards in a label',
      HOST,
      { dns: '*w*.example.com' },
      '*w*.example.com',
      'a name may have only one wildcard',
    ],
    [
      'a wildcard for two labels',
      'a.www.example.com',
      { dns: '*.example.com' },
      '*.example.com',
      'a wildcard stands for one label only',
    ],
    [
      'a wildcard without its label',
      'example.com',
      { dns: '*.Example.com' },
      '*.Example.com',
      'a wildcard stands for one label, not for none',
    ],
    [
      'a wildcard for an address',
      '192.0.2.7',
      { dns: '*.0.2.7' },
      '*.0.2.7',
      'a wildcard does not match an IP address',
    ],
  ];
  for (const [what, hostname, name, named, reason] of close) {
    test(`says why ${what} does not count`, async () => {
      const expected = `expected ${hostname}, and the certificate names ${named}, but ${reason}`;
      assert.equal(await explain(hostname, [name]), expected);
      // Other names before and after it, and of other kinds, change nothing.
      assert.equal(
        await explain(hostname, [
          { dns: 'other.example' },
          { uri: 'a:b' },
          name,
          { ip: '192.0.2.99' },
          { dns: 'z.test' },
        ]),
        expected,
      );
    });
  }

  test('says why a common name does not count, in any spelling', async () => {
    /** @type {[string, string, string][]} */
    const commonNames = [
      [HOST, HOST, 'it'],
      [HOST, 'WWW.example.COM', 'it'],
      [HOST, `${HOST}.`, `${HOST}.`],
      [HOST, '*.example.com', '*.example.com'],
      ['192.0.2.7', '192.0.2.7', 'it'],
      ['2001:db8::7', '2001:db8:0:0::7', '2001:db8:0:0::7'],
    ];
    for (const [hostname, CN, named] of commonNames) {
      assert.equal(
        await explain(hostname, [{ dns: 'other.example' }], [{ O: 'Example' }, { CN }]),
        `expected ${hostname}, and the certificate names ${named}, but ${COMMON_NAME} the alternative names other.example`,
      );
    }
  });

  test('says that there is no other name than the common name', async () => {
    assert.equal(
      await explain(HOST, [{ uri: 'a:b' }], [{ CN: HOST }]),
      `expected ${HOST}, and the certificate names it, but ${COMMON_NAME} no DNS name or IP address (subjectAltName)`,
    );
  });

  test('names the closest of several', async () => {
    const wildcards = [{ dns: '*.com' }, { dns: 'w*.example.com' }, { dns: `${HOST}.` }];
    assert.match(String(await explain(HOST, wildcards)), /but with a final dot/);
    assert.match(
      String(await explain(HOST, [{ dns: 'w*.example.com' }], [{ CN: HOST }])),
      /but only as its common name/,
    );
  });

  test('says that there are names of the other kind only', async () => {
    assert.equal(
      await explain('192.0.2.7', [{ dns: 'a.example' }, { dns: '*.b.example' }]),
      'expected 192.0.2.7, but the certificate has no IP address (iPAddress), only DNS names: a.example, *.b.example',
    );
    assert.equal(
      await explain(HOST, [{ ip: '192.0.2.7' }, { ip: '2001:db8::7' }]),
      `expected ${HOST}, but the certificate has no DNS name (dNSName), only IP addresses: 192.0.2.7, 2001:db8::7`,
    );
  });

  test('is about no name that only resembles the host', async () => {
    const others = [
      'ww.example.com',
      'xwww.example.com',
      '*.xample.com',
      '*.www.example.org',
      '*',
      '*.',
      '.',
      'com',
      '*com',
    ];
    for (const dns of others) {
      assert.match(
        String(await explain(HOST, [{ dns }])),
        /^expected www\.example\.com, but the certificate is for /,
        dns,
      );
    }
    for (const name of [
      { dns: '192.0.2.70' },
      { dns: '*.0.2.8' },
      { ip: bytes('192.0.2.70') },
      { dns: '192.0.2.07' },
    ]) {
      assert.doesNotMatch(String(await explain('192.0.2.7', [name])), /certificate names/);
    }
  });

  test('escapes what a name cannot have, so that one name does not look like two', async () => {
    const name = { dns: 'a.example, www.example.com\u0000\u202e"é\\' };
    assert.equal(
      await explain(HOST, [Uint8Array.from([0x82, Buffer.byteLength(name.dns), ...Buffer.from(name.dns)])]),
      `expected ${HOST}, but the certificate is for a.example\\2c\\20www.example.com\\00\\e2\\80\\ae\\22\\c3\\a9\\5c`,
    );
  });

  test('counts the names that it does not list', async () => {
    const many = Array.from({ length: 4100 }, (_, i) => ({ dns: `h${i}.example` }));
    assert.match(
      String(await explain(HOST, many)),
      /^expected www\.example\.com, but the certificate is for h0\.example, .*, h5\.example and 4094 more$/,
    );
  });

  test('of more than 240 bytes is cut at a character, and says so', async () => {
    for (let length = 50; length < 70; length++) {
      const label = 'a'.repeat(length);
      const message = String(await explain(HOST, [{ dns: [label, label, label, label].join('.') }]));
      assert.match(message, /[a.]…$/);
      assert.equal(Buffer.byteLength(message), 239);
    }
  });
});

test('a shared case with IP addresses as DNS names is explained', { skip: skipSharedCases }, async () => {
  const folder = '10-name-mismatch-says-it-matches';
  const trust = await TrustStore.from(sharedCase(`${folder}/ip-root.pem`));
  for (const hostname of ['192.0.2.7', '2001:db8::7', '2001:DB8:0::7']) {
    const input = sharedCase(`${folder}/ip-as-dns.pem`);
    const { ok, problems } = await verifyChain(input, { trust, hostname, now: SHARED_CLOCK, profile: 'rfc5280' });
    assert.equal(ok, false);
    const message = problems.find(({ code }) => code === 'ERR_TLS_CERT_CN_MISMATCH')?.message ?? '';
    assert.ok(message.endsWith(`, but ${AS_DNS_NAME}`), message);
  }
});
