/** Name constraints that cannot be applied: unsupported names, invalid encoding, wrong place, or too many. */
import * as der from '../../../certs/der.js';
import { nameConstraints, raw } from '../../../certs/extensions.js';
import { encodeName } from '../../../certs/names.js';
import { HOST } from '../../helpers/chains.js';
import { below, bytes, constrained, longer, numbered, UNKNOWN } from './vector.js';

/** @typedef {import('../../../certs/names.js').GeneralName} GeneralName */

const A_ORG = der.primitive(2, bytes('a.org'));

/**
 * The domain .example.com, with a leading dot, permitted or excluded, and what it means for other names: problems in
 * every profile.
 * @param {'permitted' | 'excluded'} tree
 * @param {string[]} names in addition to HOST
 * @param {string[]} bad
 * @param {string} [domain]
 * @returns {import('./vector.js').Vector}
 */
const dotted = (tree, names, bad, domain = 'example.com') => ({
  what: `${tree}: .${domain}, with ${[HOST, ...names].join(', ')}`,
  change: below(
    { [tree]: [{ dns: `.${domain}` }] },
    names.map((dns) => ({ dns })),
  ),
  bad: [...bad.map((problem) => `0: CERT_NAME_${problem}`), '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
});

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const CONSTRAINTS_FORM = {
  NAME_UNCHECKABLE: [
    {
      what: 'registered IDs constrained, and one present',
      change: below({ excluded: [{ registeredID: '1.2.3' }] }, [{ registeredID: '1.2.4' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'registered IDs constrained, and none present',
      change: below({ excluded: [{ registeredID: '1.2.3' }] }, []),
    },
    {
      what: 'a registered ID, not constrained',
      change: below({ permitted: [{ dns: 'com' }] }, [{ registeredID: '1.2.4' }]),
    },
    {
      what: 'other names constrained, and one present',
      change: below({ permitted: [{ otherName: { oid: UNKNOWN, value: der.utf8String('a') } }] }, [
        { otherName: { oid: UNKNOWN, value: der.utf8String('a') } },
      ]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'other names constrained, and none present',
      change: below({ permitted: [{ otherName: { oid: UNKNOWN, value: der.utf8String('a') } }] }, []),
    },
    {
      what: 'a URI without an authority',
      change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'urn:isbn:1' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI whose host is an IPv4 address',
      change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'https://192.0.2.1/' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI whose host is an IPv6 address',
      change: below({ permitted: [{ uri: 'example.org' }] }, [{ uri: 'https://[2001:db8::1]/' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI without an authority, not constrained',
      change: below({ permitted: [{ dns: 'com' }] }, [{ uri: 'urn:isbn:1' }]),
    },
    {
      what: 'a mailbox without a host',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: 'me' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a mailbox in quotes',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: '"a@b"@example.com' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'an invalid DNS name',
      change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns: 'a..example.com' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    ...['*ab.org', 'a{.org', 'a`.org', 'a:.org', 'a/.org', 'a.', '*.', '*'].map((dns) => ({
      what: `the DNS name ${dns}`,
      change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    })),
    ...['"a"@example.com', 'a b@example.com', 'a\x7f@example.com', 'a@example..com', '@example.com', 'a@'].map(
      (email) => ({
        what: `the mailbox ${JSON.stringify(email)}`,
        change: below({ excluded: [{ email: 'example.org' }] }, [{ email }]),
        bad: ['0: CERT_NAME_UNCHECKABLE'],
      }),
    ),
    ...['http:/example.com/', 'http:a/example.com', 'example.com', 'http://', 'https://example.com./', '//a.com'].map(
      (uri) => ({
        what: `the URI ${uri}`,
        change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri }]),
        bad: ['0: CERT_NAME_UNCHECKABLE'],
      }),
    ),
    {
      what: 'a directory name constrained by an attribute of three parts',
      change: below(
        {
          excluded: [
            der.constructed(
              4,
              der.sequence(der.set(der.sequence(der.oid('2.5.4.10'), der.utf8String('Example'), der.nullValue()))),
            ),
          ],
        },
        [],
      ),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a subject with a non-minimal length, without alternative names',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: {
          subject: der.sequence(longer(encodeName([{ O: 'Example' }]).subarray(2))),
          extensions: { subjectAltName: null },
        },
      },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'a subject with a non-minimal length, with alternative names',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: { subject: der.sequence(longer(encodeName([{ O: 'Example' }]).subarray(2))) },
      },
      bad: ['0: CERT_PARSE'],
    },
  ],
  NC_MALFORMED: [
    ...[
      { what: 'no subtree', value: der.sequence(der.constructed(0)) },
      ...[Uint8Array.of(1), Uint8Array.of(0, 0), new Uint8Array()].map((minimum) => ({
        what: `a minimum of the octets [${minimum}]`,
        value: der.sequence(der.constructed(1, der.sequence(A_ORG, der.primitive(0, minimum)))),
      })),
      {
        what: 'a minimum of 0 and a maximum',
        value: der.sequence(
          der.constructed(
            1,
            der.sequence(A_ORG, der.primitive(0, Uint8Array.of(0)), der.primitive(1, Uint8Array.of(9))),
          ),
        ),
      },
      {
        what: 'a maximum',
        value: der.sequence(der.constructed(1, der.sequence(A_ORG, der.primitive(1, Uint8Array.of(1))))),
      },
      {
        what: 'an undefined kind of name',
        value: der.sequence(der.constructed(1, der.sequence(der.primitive(9, bytes('a.org'))))),
      },
      {
        what: 'a constructed DNS name',
        value: der.sequence(der.constructed(1, der.sequence(der.tlv(0xa2, bytes('a.org'))))),
      },
      { what: 'no base', value: der.sequence(der.constructed(1, der.sequence())) },
      {
        what: 'an element after permitted and excluded',
        value: der.sequence(der.constructed(1, der.sequence(A_ORG)), der.nullValue()),
      },
      {
        what: 'trailing bytes',
        value: der.concat(der.sequence(der.constructed(1, der.sequence(A_ORG))), der.nullValue()),
      },
      { what: 'not a sequence', value: der.nullValue() },
    ].map(({ what, value }) => ({
      what,
      change: { intermediate: { extensions: { nameConstraints: raw('2.5.29.30', value, true) } } },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    })),
    ...[
      { what: 'DNS with two leading dots', base: { dns: '..example.org' } },
      { what: 'DNS with a wildcard', base: { dns: '*.example.org' } },
      { what: 'DNS with a trailing dot', base: { dns: 'example.org.' } },
      { what: 'IP without a mask', base: { ip: '192.0.2.1' } },
      { what: 'IP of 16 octets', base: { ip: '2001:db8::1' } },
      { what: 'IP with a mask that is not contiguous', base: { ip: Uint8Array.of(192, 0, 2, 0, 255, 0, 255, 0) } },
      {
        what: 'IP with a mask that is not contiguous at the end',
        base: { ip: Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 253) },
      },
      { what: 'IP of 10 octets', base: { ip: new Uint8Array(10) } },
      { what: 'e-mail with a leading character that is not a dot', base: { email: '!a.org' } },
      { what: 'URI with a leading character that is not a dot', base: { uri: '!a.org' } },
      { what: 'e-mail with an empty mailbox', base: { email: '@example.org' } },
      { what: 'e-mail with only a dot', base: { email: '.' } },
      { what: 'URI with a scheme', base: { uri: 'https://example.org/' } },
      { what: 'empty URI', base: { uri: '' } },
    ].map(({ what, base }) => ({
      what,
      change: below({ excluded: [/** @type {GeneralName} */ (base)] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    })),
    {
      what: 'directory that is not a sequence',
      change: below({ excluded: [der.constructed(4, der.nullValue())] }, []),
      bad: ['0: CERT_NAME_UNCHECKABLE', '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'DNS with only a dot',
      change: below({ excluded: [{ dns: '.' }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED', '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'in a root',
      change: { root: { extensions: { nameConstraints: raw('2.5.29.30', der.nullValue(), true) } } },
      bad: ['2: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'every base well formed',
      change: below(
        {
          excluded: [
            { dns: 'a_b.org' },
            { ip: '192.0.2.1/32' },
            { ip: '2001:db8::/128' },
            { email: '.a.org' },
            { uri: '.a.org' },
            { email: 'a' },
            { uri: 'a' },
            { email: 'a@b' },
            { dirName: [{ O: 'x' }] },
          ],
        },
        [],
      ),
    },
    {
      what: 'directory with trailing bytes',
      change: below({ excluded: [der.constructed(4, encodeName([{ O: 'Other' }]), der.nullValue())] }, []),
      bad: ['0: CERT_NAME_UNCHECKABLE', '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'the second of two bases',
      change: below({ excluded: [{ dns: 'example.org' }, { dns: '*.example.org' }] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'an empty list before one that is not empty',
      change: {
        intermediate: {
          extensions: {
            nameConstraints: raw(
              '2.5.29.30',
              der.sequence(der.constructed(0), der.constructed(1, der.sequence(A_ORG))),
              true,
            ),
          },
        },
      },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'an empty list after one that is not empty',
      change: {
        intermediate: {
          extensions: {
            nameConstraints: raw(
              '2.5.29.30',
              der.sequence(der.constructed(0, der.sequence(der.primitive(2, bytes('com')))), der.constructed(1)),
              true,
            ),
          },
        },
      },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
  ],
  NC_FORM: [
    dotted('permitted', [], []),
    dotted('permitted', ['example.com'], ['NOT_PERMITTED']),
    dotted('permitted', ['a.b.EXAMPLE.com', '*.example.com', '*.a.example.com'], []),
    dotted('permitted', ['notexample.com'], ['NOT_PERMITTED']),
    dotted('permitted', ['*.com'], ['NOT_PERMITTED']),
    dotted('permitted', ['a..example.com'], ['UNCHECKABLE']),
    dotted('excluded', [], [], 'example.org'),
    dotted('excluded', ['example.org'], [], 'example.org'),
    dotted('excluded', ['a.example.org'], ['EXCLUDED'], 'example.org'),
    dotted('excluded', ['*.example.org'], ['EXCLUDED'], 'example.org'),
    dotted('excluded', ['*.a.example.org'], ['EXCLUDED'], 'example.org'),
    dotted('excluded', ['*.org'], [], 'example.org'),
    dotted('excluded', ['*.b.example.org'], [], 'a.b.c.example.org'),
    dotted('excluded', ['notexample.org'], [], 'example.org'),
    dotted('excluded', ['a..example.com'], ['UNCHECKABLE'], 'example.org'),
    {
      what: 'the second of two bases',
      change: below({ permitted: [{ dns: 'com' }, { dns: '.example.org' }] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'empty',
      change: { intermediate: { extensions: { nameConstraints: raw('2.5.29.30', der.sequence(), true) } } },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'empty, in a root',
      change: { root: { extensions: { nameConstraints: raw('2.5.29.30', der.sequence(), true) } } },
      bad: ['2: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    ...['a.org', 'com'].map((dns) => ({
      what: `${dns} excluded, with a minimum of 0`,
      change: {
        intermediate: {
          extensions: {
            nameConstraints: raw(
              '2.5.29.30',
              der.sequence(
                der.constructed(
                  1,
                  der.sequence(der.primitive(2, bytes(dns)), der.primitive(0, Uint8Array.of(0))),
                  der.sequence(A_ORG),
                ),
              ),
              true,
            ),
          },
        },
      },
      bad: [...(dns === 'com' ? ['0: CERT_NAME_EXCLUDED'] : []), '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    })),
    {
      what: 'e-mail and URI with a leading dot',
      change: below({ permitted: [{ email: '.a.org' }, { uri: '.a.org' }] }, []),
    },
  ],
  NC_NOT_CRITICAL: [
    {
      what: 'an intermediate',
      change: {
        intermediate: { extensions: { nameConstraints: nameConstraints({ permitted: [{ dns: 'com' }] }, false) } },
      },
      warned: ['1: CERT_NAME_CONSTRAINTS_NOT_CRITICAL'],
      rfc5280: ['1: CERT_NAME_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'not critical, and still enforced',
      change: {
        intermediate: { extensions: { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }, false) } },
      },
      bad: ['0: CERT_NAME_EXCLUDED'],
      warned: ['1: CERT_NAME_CONSTRAINTS_NOT_CRITICAL'],
    },
    { what: 'critical', change: below({ permitted: [{ dns: 'com' }] }, []) },
  ],
  NC_IN_LEAF: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { nameConstraints: nameConstraints({ permitted: [{ dns: 'com' }] }) } } },
      bad: ['0: CERT_NAME_CONSTRAINTS_IN_LEAF'],
    },
    { what: 'an intermediate', change: below({ permitted: [{ dns: 'com' }] }, []) },
  ],
  NC_TOO_MANY: [
    { what: '99 856 comparisons', change: below({ excluded: numbered(316) }, numbered(314)) },
    {
      what: '100 489 comparisons',
      change: below({ excluded: numbered(317) }, numbered(315)),
      bad: ['0: CERT_NAME_CONSTRAINTS_TOO_MANY'],
    },
  ],
};
