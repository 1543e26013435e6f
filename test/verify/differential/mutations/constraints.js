/** Name constraints in a CA, and a leaf that satisfies or violates them. */
import * as der from '../../../../certs/der.js';
import { nameConstraints, raw, subjectAltName } from '../../../../certs/extensions.js';
import { HOST } from '../plan.js';

/** @typedef {import('../../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../../../../certs/names.js').GeneralName} GeneralName */
/** @typedef {import('../../../../certs/names.js').Name} Name */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../plan.js').Draft} Draft */

/** @param {number} end @param {GeneralName} base @param {Uint8Array[]} more @returns {Extension} a single subtree with these contents */
const subtree = (end, base, ...more) =>
  raw('2.5.29.30', der.sequence(der.constructed(end, der.sequence(encoded(base), ...more))), true);

/** @param {GeneralName} name @returns {Uint8Array} */
function encoded(name) {
  const [names] = der.elements(subjectAltName([name]).value);
  return new Uint8Array(names.content);
}

/**
 * @param {string} feature
 * @param {Extension} constraints of any CA of the chain, the root included
 * @param {{ names?: GeneralName[], subject?: Name, san?: Extension | null }} [leaf] names in addition to HOST
 * @returns {Mutation}
 */
const constrained = (feature, constraints, { names = [], subject, san } = {}) => ({
  feature,
  slots: ['constraints', 'naming', 'subjectAltName@leaf'],
  apply(plan, random) {
    random.pick([...plan.authorities, plan.root]).extensions.nameConstraints = constraints;
    plan.leaf.extensions.subjectAltName = san === undefined ? subjectAltName([{ dns: HOST }, ...names]) : san;
    if (subject !== undefined) plan.leaf.subject = subject;
  },
});

/** @param {...GeneralName} permitted */
const permitted = (...permitted) => nameConstraints({ permitted });
/** @param {...GeneralName} excluded */
const excluded = (...excluded) => nameConstraints({ excluded });

/**
 * Four mutations for a kind of name: permitted and excluded, within and outside.
 * @param {string} kind
 * @param {GeneralName} base
 * @param {GeneralName} within
 * @param {GeneralName} outside
 * @returns {Mutation[]}
 */
const fourfold = (kind, base, within, outside) => [
  constrained(`nc-${kind}-permitted-within`, permitted(base), { names: [within] }),
  constrained(`nc-${kind}-permitted-outside`, permitted(base), { names: [outside] }),
  constrained(`nc-${kind}-excluded-within`, excluded(base), { names: [within] }),
  constrained(`nc-${kind}-excluded-outside`, excluded(base), { names: [outside] }),
];

/** @param {string} feature @param {GeneralName} base @param {GeneralName} name @returns {Mutation[]} */
const both = (feature, base, name) => [
  constrained(`nc-${feature}-permitted`, permitted(base), { names: [name] }),
  constrained(`nc-${feature}-excluded`, excluded(base), { names: [name] }),
];

/**
 * Constraints that are not critical, which the leaf keeps or breaks.
 * @param {string} kind
 * @param {GeneralName} base
 * @param {GeneralName} within
 * @param {GeneralName} outside
 * @returns {Mutation[]}
 */
const uncritical = (kind, base, within, outside) => [
  constrained(`nc-not-critical-${kind}-kept`, nameConstraints({ permitted: [base] }, false), { names: [within] }),
  constrained(`nc-not-critical-${kind}-broken`, nameConstraints({ permitted: [base] }, false), { names: [outside] }),
];

/** "Example" in string types other than UTF8String: the name, tag and content. @type {[string, number, Uint8Array][]} */
const STRINGS = [
  ['printable', 0x13, Buffer.from('Example')],
  ['t61', 0x14, Buffer.from('Example')],
  ['bmp', 0x1e, Buffer.from('Example', 'utf16le').swap16()],
  [
    'universal',
    0x1c,
    Uint8Array.from(
      Buffer.from('Example')
        .toJSON()
        .data.flatMap((octet) => [0, 0, 0, octet]),
    ),
  ],
];

/** @type {Name} */
const MAIL_SUBJECT = [{ O: 'Example' }, { emailAddress: 'me@example.com' }];
const OTHER_NAME = { otherName: { oid: '1.3.6.1.4.1.99999.5', value: der.utf8String('x') } };

export const CONSTRAINT_MUTATIONS = [
  ...fourfold('dns', { dns: 'example.com' }, { dns: 'a.example.com' }, { dns: 'a.example.org' }).map((mutation) =>
    mutation.feature === 'nc-dns-excluded-outside'
      ? constrained(mutation.feature, excluded({ dns: 'example.org' }))
      : mutation,
  ),
  ...fourfold('ip', { ip: '192.0.2.0/24' }, { ip: '192.0.2.9' }, { ip: '192.0.3.9' }),
  ...fourfold('ip6', { ip: '2001:db8::/32' }, { ip: '2001:db8::9' }, { ip: '2001:db9::9' }),
  ...fourfold('email-host', { email: 'example.com' }, { email: 'me@EXAMPLE.com' }, { email: 'me@a.example.com' }),
  ...fourfold('email-domain', { email: '.example.com' }, { email: 'me@a.example.com' }, { email: 'me@example.com' }),
  ...fourfold('mailbox', { email: 'me@example.com' }, { email: 'me@example.com' }, { email: 'you@example.com' }),
  ...fourfold('uri-host', { uri: 'example.com' }, { uri: 'https://example.com/' }, { uri: 'https://a.example.com/' }),
  ...fourfold(
    'uri-domain',
    { uri: '.example.com' },
    { uri: 'https://a.example.com/' },
    { uri: 'https://example.com/' },
  ),
  ...fourfold(
    'directory',
    { dirName: [{ O: 'x' }] },
    { dirName: [{ O: 'x' }, { CN: 'y' }] },
    { dirName: [{ O: 'z' }] },
  ).map((mutation) => ({ ...mutation, apply: directory(mutation) })),
  ...both('dns-itself', { dns: HOST }, { dns: HOST }),
  ...both('dns-end-of-label', { dns: 'ample.org' }, { dns: 'a.example.org' }),
  ...both('dns-everything', { dns: '' }, { dns: HOST }),
  ...both('dns-capitals', { dns: 'EXAMPLE.com' }, { dns: 'a.example.com' }),
  ...both('dns-dot-before', { dns: '.example.com' }, { dns: 'a.example.com' }),
  ...[
    ['itself', 'example.com', 'example.org'],
    ['wildcard', '*.example.com', '*.example.org'],
    ['wildcard-over', '*.com', '*.org'],
  ].flatMap(([what, ofPermitted, ofExcluded]) => [
    constrained(`nc-dns-dot-before-${what}-permitted`, permitted({ dns: '.example.com' }), {
      names: [{ dns: ofPermitted }],
    }),
    constrained(`nc-dns-dot-before-${what}-excluded`, excluded({ dns: '.example.org' }), {
      names: [{ dns: ofExcluded }],
    }),
  ]),
  ...both('dns-wildcard-within', { dns: 'example.com' }, { dns: '*.example.com' }),
  ...both('dns-wildcard-over', { dns: 'a.example.org' }, { dns: '*.example.org' }),
  ...both('dns-not-a-name', { dns: 'example.org' }, { dns: 'a..example.com' }),
  ...both('email-quoted', { email: 'example.org' }, { email: '"a@b"@example.com' }),
  ...both('email-no-host', { email: 'example.org' }, { email: 'me' }),
  ...both('mailbox-capitals', { email: 'me@example.com' }, { email: 'Me@example.com' }),
  ...both('uri-no-authority', { uri: 'example.org' }, { uri: 'urn:isbn:1' }),
  ...both('uri-address', { uri: 'example.org' }, { uri: 'https://192.0.2.1/' }),
  ...both('uri-user-and-port', { uri: 'example.com' }, { uri: 'https://me@example.com:8443/?q' }),
  ...both('ip-mask-with-hole', { ip: Uint8Array.of(192, 0, 2, 0, 255, 0, 255, 0) }, { ip: '192.0.2.1' }),
  ...both('ip-without-mask', { ip: '192.0.2.1' }, { ip: '192.0.2.1' }),
  ...both('ip-of-other-family', { ip: '0.0.0.0/0' }, { ip: '2001:db8::1' }),
  ...both('other-name', OTHER_NAME, OTHER_NAME),
  ...both('registered-id', { registeredID: '1.3.6.1.4.1.99999.4' }, { registeredID: '1.3.6.1.4.1.99999.4' }),
  constrained('nc-other-name-absent', permitted(OTHER_NAME)),
  constrained('nc-subject-email', permitted({ email: 'example.org' }), { subject: MAIL_SUBJECT, san: null }),
  constrained('nc-subject-email-beside-san', permitted({ email: 'example.org' }), { subject: MAIL_SUBJECT }),
  constrained('nc-subject-permitted', permitted({ dirName: [{ O: 'Example' }] })),
  constrained('nc-subject-capitals', permitted({ dirName: [{ O: 'EXAMPLE' }] })),
  constrained('nc-subject-not-permitted', permitted({ dirName: [{ O: 'x' }] })),
  constrained('nc-subject-excluded', excluded({ dirName: [{ O: 'Example' }, { CN: 'Server' }] })),
  constrained('nc-cn-is-host-excluded', excluded({ dns: 'example.org' }), { subject: [{ CN: 'www.example.org' }] }),
  constrained('nc-not-critical-kept', nameConstraints({ permitted: [{ dns: 'example.com' }] }, false)),
  constrained('nc-not-critical-broken', nameConstraints({ excluded: [{ dns: 'example.com' }] }, false)),
  ...uncritical('ip', { ip: '192.0.2.0/24' }, { ip: '192.0.2.9' }, { ip: '192.0.3.9' }),
  ...uncritical('email', { email: '.example.com' }, { email: 'me@a.example.com' }, { email: 'me@example.org' }),
  ...uncritical('uri', { uri: '.example.com' }, { uri: 'https://a.example.com/' }, { uri: 'https://a.example.org/' }),
  constrained(
    'nc-not-critical-directory-kept',
    nameConstraints({ permitted: [{ dirName: [{ O: 'Example' }] }] }, false),
  ),
  constrained('nc-not-critical-directory-broken', nameConstraints({ permitted: [{ dirName: [{ O: 'x' }] }] }, false)),
  ...STRINGS.flatMap(([type, tag, octets]) => {
    const name = [{ O: der.tlv(tag, octets) }];
    return [
      constrained(`nc-subject-${type}-permitted`, permitted({ dirName: [{ O: 'Example' }] }), { subject: name }),
      constrained(`nc-subject-${type}-excluded`, excluded({ dirName: [{ O: 'Example' }] }), { subject: name }),
      constrained(`nc-subject-${type}-elsewhere-excluded`, excluded({ dirName: [{ O: 'Other' }] }), { subject: name }),
    ];
  }),
  constrained(
    'nc-permitted-and-excluded',
    nameConstraints({ permitted: [{ dns: 'com' }], excluded: [{ dns: 'example.org' }] }),
  ),
  constrained('nc-empty', raw('2.5.29.30', der.sequence(), true)),
  constrained('nc-unknown-kind', subtree(1, der.primitive(9, Buffer.from('example.org')))),
  constrained('nc-not-a-sequence', raw('2.5.29.30', der.nullValue(), true)),
  constrained('nc-minimum-zero', subtree(1, { dns: 'example.org' }, der.primitive(0, Uint8Array.of(0)))),
  constrained('nc-minimum-one', subtree(1, { dns: 'example.org' }, der.primitive(0, Uint8Array.of(1)))),
  constrained('nc-maximum', subtree(1, { dns: 'example.org' }, der.primitive(1, Uint8Array.of(9)))),
  constrained('nc-dns-with-wildcard', permitted({ dns: '*.example.com' })),
  constrained('nc-uri-with-scheme', excluded({ uri: 'https://example.org/' })),
  /** @type {Mutation} */ ({
    feature: 'nc-in-leaf',
    slots: ['constraints'],
    apply: ({ leaf }) => void (leaf.extensions.nameConstraints = permitted({ dns: 'example.com' })),
  }),
  /** @type {Mutation} */ ({
    feature: 'nc-breaks-intermediate',
    slots: ['constraints'],
    intermediates: 1,
    apply: ({ root }) =>
      void (root.extensions.nameConstraints = excluded({ dirName: [{ O: 'Example' }, { CN: 'CA 1' }] })),
  }),
];

/**
 * Constraints on directory names also apply to subjects: moves all subjects under the base.
 * @param {Mutation} mutation
 * @returns {Mutation['apply']}
 */
function directory({ feature, apply }) {
  return (plan, random) => {
    if (feature.includes('-permitted-')) {
      for (const one of [...plan.authorities, plan.leaf]) one.subject = [{ O: 'x' }, { CN: `Below ${one.serial}` }];
    }
    return apply(plan, random);
  };
}
