/** The expected host, and the names of the leaf. */
import * as der from '../../../../certs/der.js';
import { raw, subjectAltName } from '../../../../certs/extensions.js';
import { HOST } from '../plan.js';

/** @typedef {import('../../../../certs/names.js').GeneralName} GeneralName */
/** @typedef {import('../../../../certs/names.js').Name} Name */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../plan.js').Extensible} Extensible */

/**
 * @param {string} feature
 * @param {{ host?: string, names?: GeneralName[], extension?: Extensible, subject?: Name }} what the expected
 *   host, the alternative names or their whole extension, and the subject
 * @returns {Mutation}
 */
const naming = (feature, { host = HOST, names, extension, subject }) => ({
  feature,
  slots: ['naming', 'subjectAltName@leaf'],
  apply(plan) {
    plan.hostname = host;
    const { leaf } = plan;
    if (names !== undefined) leaf.extensions.subjectAltName = subjectAltName(names);
    if (extension !== undefined) leaf.extensions.subjectAltName = extension;
    if (subject !== undefined) leaf.subject = subject;
  },
});

/** @param {string} feature @param {string} host @param {string} dns @returns {Mutation} with one DNS name and the expected host */
const dns = (feature, host, dns) => naming(feature, { host, names: [{ dns }] });

const V4 = '192.0.2.1';
const V6 = '2001:db8::1';
const MAPPED = Uint8Array.from([...Array(10).fill(0), 255, 255, 192, 0, 2, 1]);
const EMPTY = der.sequence();

/** @param {GeneralName[]} names */
const critical = (...names) => subjectAltName(names, true);

export const NAME_MUTATIONS = [
  dns('host-other', HOST, 'other.example.com'),
  dns('host-parent', HOST, 'example.com'),
  dns('host-child', 'example.com', HOST),
  dns('host-san-capitals', HOST, 'WWW.Example.COM'),
  dns('host-asked-in-capitals', 'WWW.Example.COM', HOST),
  dns('host-one-label', 'intranet', 'intranet'),
  dns('host-wildcard', HOST, '*.example.com'),
  dns('host-wildcard-capitals', HOST, '*.EXAMPLE.com'),
  dns('host-wildcard-two-labels', 'a.www.example.com', '*.example.com'),
  dns('host-wildcard-no-label', 'example.com', '*.example.com'),
  dns('host-wildcard-of-top-level', 'example.com', '*.com'),
  dns('host-wildcard-alone', 'intranet', '*'),
  dns('host-wildcard-part-start', HOST, 'w*.example.com'),
  dns('host-wildcard-part-end', HOST, '*w.example.com'),
  dns('host-wildcard-second', HOST, 'www.*.com'),
  dns('host-wildcard-twice', HOST, '*.*.com'),
  dns('host-wildcard-in-idn', 'xn--bcher-kva.example.com', 'xn--*.example.com'),
  dns('host-wildcard-for-idn', 'xn--bcher-kva.example.com', '*.example.com'),
  dns('host-wildcard-of-registry', 'example.co.uk', '*.co.uk'),
  dns('host-wildcard-of-hoster', 'me.github.io', '*.github.io'),
  dns('host-idn-asked-in-unicode', 'b\u00fccher.example', 'xn--bcher-kva.example'),
  dns('host-idn-in-unicode', 'xn--bcher-kva.example', 'b\u00fccher.example'),
  naming('host-idn-in-cn-in-unicode', {
    host: 'xn--bcher-kva.example',
    names: [{ dns: 'xn--bcher-kva.example' }],
    subject: [{ CN: 'b\u00fccher.example' }],
  }),
  ...['0xC0000201', '0300.0.2.1', '192.0.513', '192.000.002.001'].map((cn) =>
    naming(`ip-in-cn-as-${cn}`, { host: V4, names: [{ ip: V4 }], subject: [{ CN: cn }] }),
  ),
  naming('ip-in-cn-too', { host: V4, names: [{ ip: V4 }], subject: [{ CN: V4 }] }),
  dns('host-idn', 'xn--bcher-kva.example', 'xn--bcher-kva.example'),
  dns('host-underscore', HOST, '_www.example.com'),
  dns('host-underscore-asked', 'a_b.example.com', 'a_b.example.com'),
  dns('host-underscore-wildcard', 'a_b.example.com', '*.example.com'),
  dns('host-dot-after', HOST, `${HOST}.`),
  dns('host-dot-before', HOST, '.example.com'),
  dns('host-dot-asked', `${HOST}.`, HOST),
  dns('host-hyphen-first', '-a.example.com', '-a.example.com'),
  dns('host-nul', HOST, `${HOST}\0.evil.example`),
  dns('host-space', HOST, ` ${HOST}`),
  dns('host-not-ascii', HOST, 'b\u00fccher.example.com'),
  dns('host-empty', HOST, ''),
  dns('host-label-of-64', `${'a'.repeat(64)}.example.com`, `${'a'.repeat(64)}.example.com`),
  naming('host-second-of-two', { names: [{ dns: 'a.example' }, { dns: HOST }] }),
  naming('host-one-of-hundred', {
    names: [...Array.from({ length: 100 }, (_, i) => ({ dns: `a${i}.example` })), { dns: HOST }],
  }),
  naming('host-uri-only', { names: [{ uri: `https://${HOST}/` }] }),
  naming('host-email-only', { names: [{ email: `me@${HOST}` }] }),
  naming('host-every-kind', {
    names: [
      { dns: HOST },
      { ip: V4 },
      { email: 'me@example.com' },
      { uri: 'https://example.com/' },
      { dirName: [{ O: 'x' }] },
      { registeredID: '1.3.6.1.4.1.99999.4' },
      { otherName: { oid: '1.3.6.1.4.1.99999.5', value: der.utf8String('x') } },
    ],
  }),
  naming('host-in-cn-too', { subject: [{ CN: HOST }] }),
  naming('host-in-cn-capitals', { subject: [{ CN: 'WWW.Example.com' }] }),
  naming('host-in-cn-only', { subject: [{ CN: HOST }], extension: null }),
  naming('host-in-cn-beside-other-dns', { subject: [{ CN: HOST }], names: [{ dns: 'a.example' }] }),
  naming('host-in-cn-beside-email', { subject: [{ CN: HOST }], names: [{ email: 'me@example.com' }] }),
  naming('host-wildcard-in-cn-only', { subject: [{ CN: '*.example.com' }], extension: null }),
  naming('ip', { host: V4, names: [{ ip: V4 }] }),
  naming('ip-other', { host: V4, names: [{ ip: '192.0.2.2' }] }),
  naming('ip-6', { host: V6, names: [{ ip: V6 }] }),
  naming('ip-6-long', { host: '2001:0DB8:0:0:0:0:0:1', names: [{ ip: V6 }] }),
  naming('ip-6-other', { host: V6, names: [{ ip: '2001:db8::2' }] }),
  naming('ip-mapped', { host: V4, names: [{ ip: MAPPED }] }),
  naming('ip-as-dns', { host: V4, names: [{ dns: V4 }] }),
  naming('ip-wildcard', { host: V4, names: [{ dns: '*.0.2.1' }] }),
  naming('ip-in-cn-only', { host: V4, subject: [{ CN: V4 }], extension: null }),
  naming('ip-of-five-octets', { names: [{ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4, 5) }] }),
  naming('ip-for-host', { host: HOST, names: [{ ip: V4 }] }),
  naming('san-critical', { extension: critical({ dns: HOST }) }),
  naming('san-missing', { extension: null }),
  naming('san-empty', { names: [] }),
  naming('san-malformed', { extension: raw('2.5.29.17', der.octetString(Uint8Array.of(1))) }),
  naming('san-trailing', {
    extension: raw('2.5.29.17', der.concat(subjectAltName([{ dns: HOST }]).value, der.nullValue())),
  }),
  naming('subject-not-utf8', { subject: [{ CN: der.tlv(0x0c, Uint8Array.of(0x61, 0xb2)) }] }),
  naming('san-uri-constructed', { names: [{ dns: HOST }, der.tlv(0xa6, Buffer.from('https://a.example/'))] }),
  naming('san-unknown-kind', { names: [{ dns: HOST }, der.primitive(9, Uint8Array.of(1))] }),
  naming('subject-empty-san-critical', { subject: EMPTY, extension: critical({ dns: HOST }) }),
  naming('subject-empty', { subject: EMPTY }),
  naming('subject-empty-san-missing', { subject: EMPTY, extension: null }),
  naming('subject-same-as-issuer', { subject: [{ O: 'Example' }, { CN: 'CA 1' }] }),
];
