/** The fields of a certificate, its times and key identifiers, its keys and signatures, and invalid DER. */
import * as der from '../../../../certs/der.js';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  raw,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../../../certs/extensions.js';
import { algorithmIdentifier, keyIdentifier } from '../../../../certs/signatures.js';
import { changes, extensions, fields } from '../mutation.js';
import { issuerIdentifier, keyOf, named } from '../plan.js';

/** @typedef {import('../../../../certs/keys.js').KeyKind} KeyKind */
/** @typedef {import('../mutation.js').Change} Change */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../mutation.js').Role} Role */
/** @typedef {import('../plan.js').Draft} Draft */

/** @type {Role[]} */
const ALL = ['leaf', 'ca', 'root'];
/** @type {Role[]} */
const BELOW = ['leaf', 'ca'];
const ELSE = Uint8Array.from({ length: 20 }, (_, i) => i);

const TIMES = fields('times', ALL, {
  expired: { notAfter: '2021-01-01T00:00:00Z' },
  future: { notBefore: '2048-01-01T00:00:00Z' },
  'times-swapped': { notBefore: '2049-12-31T23:59:59Z', notAfter: '2020-01-01T00:00:00Z' },
  'ends-2060': { notAfter: '2060-01-01T00:00:00Z' },
  'ends-9999': { notAfter: der.generalizedTime('99991231235959Z') },
  'starts-1950': { notBefore: der.utcTime('500101000000Z') },
  'generalized-2049': { notAfter: der.generalizedTime('20491231235959Z') },
  'generalized-start': { notBefore: der.generalizedTime('20200101000000Z') },
  'no-seconds': { notAfter: der.utcTime('4912312359Z') },
  'no-zone': { notAfter: der.utcTime('491231235959') },
  'another-zone': { notAfter: der.utcTime('491231235959+0000') },
  'fraction-of-second': { notAfter: der.generalizedTime('20600101000000.5Z') },
  'no-such-day': { notAfter: der.utcTime('490230000000Z') },
});

const FIELDS = [
  ...fields('serial', ALL, {
    'serial-zero': { serial: 0n },
    'serial-negative': { serial: -5n },
    'serial-20-octets': { serial: (1n << 159n) - 1n },
    'serial-21-octets': { serial: 1n << 159n },
    'serial-padded': { serial: der.tlv(0x02, Uint8Array.of(0, 0, 9)) },
  }),
  ...fields('version', ALL, {
    'version-1-with-extensions': { version: 1 },
    'version-2-with-extensions': { version: 2 },
    'version-4': { version: der.constructed(0, der.integer(3)) },
    'unique-id': { uniqueIds: der.primitive(1, Uint8Array.of(0, 1)) },
  }),
  ...changes('*', ALL, {
    'version-1': (draft) => {
      draft.extensions = {};
      draft.fields.version = 1;
    },
    'no-extensions': (draft) => {
      draft.extensions = {};
    },
  }),
  ...extensions('more', ALL, {
    'unknown-critical': raw('1.3.6.1.4.1.99999.1', der.nullValue(), true),
    'unknown-uncritical': raw('1.3.6.1.4.1.99999.1', der.nullValue()),
    'aia-critical': { ...authorityInfoAccess({ ocsp: ['http://a.example/'] }), critical: true },
    'issuer-alternative-name-critical': raw('2.5.29.18', subjectAltName([{ dns: 'a.example' }]).value, true),
    'aia-malformed': raw('1.3.6.1.5.5.7.1.1', der.nullValue()),
    'critical-false-written': { ...raw('1.3.6.1.4.1.99999.1', der.nullValue()), critical: der.boolean(false) },
    'critical-not-der': { ...raw('1.3.6.1.4.1.99999.1', der.nullValue()), critical: der.tlv(0x01, Uint8Array.of(1)) },
    'no-extension-value': der.sequence(der.oid('1.3.6.1.4.1.99999.1')),
  }),
  ...changes('more', ALL, {
    'unknown-twice': ({ extensions }) => {
      extensions.more = raw('1.3.6.1.4.1.99999.1', der.nullValue());
      extensions.again = extensions.more;
    },
    'aia-twice': ({ extensions }) => {
      extensions.more = authorityInfoAccess({ ocsp: ['http://a.example/'] });
      extensions.again = extensions.more;
    },
    'ski-twice': ({ extensions, key }) => {
      extensions.more = subjectKeyIdentifier(keyIdentifier(key));
    },
  }),
];

/** @type {Mutation[]} */
const IDENTIFIERS = [
  ...extensions('authorityKeyIdentifier', BELOW, {
    'aki-missing': null,
    'aki-else': authorityKeyIdentifier({ id: ELSE }),
    'aki-critical': (draft) => ({ ...issuerIdentifier(draft), critical: true }),
    'aki-empty': authorityKeyIdentifier({}),
    'aki-issuer-and-serial': ({ issuer }) =>
      authorityKeyIdentifier({ issuer: (issuer?.issuer ?? issuer)?.subject, serial: issuer?.serial }),
    'aki-all-three': ({ issuer, key }) =>
      authorityKeyIdentifier({
        id: keyIdentifier(issuer?.key ?? key),
        issuer: (issuer?.issuer ?? issuer)?.subject,
        serial: issuer?.serial,
      }),
    'aki-serial-else': ({ issuer, key }) =>
      authorityKeyIdentifier({
        id: keyIdentifier(issuer?.key ?? key),
        issuer: (issuer?.issuer ?? issuer)?.subject,
        serial: 12345n,
      }),
    'aki-malformed': raw('2.5.29.35', der.nullValue()),
  }),
  ...extensions('authorityKeyIdentifier', ['root'], {
    'aki-own': issuerIdentifier,
    'aki-else': authorityKeyIdentifier({ id: ELSE }),
    'aki-all-three': (draft) =>
      authorityKeyIdentifier({ id: keyIdentifier(draft.key), issuer: draft.subject, serial: draft.serial }),
  }),
  ...extensions('subjectKeyIdentifier', ALL, {
    'ski-missing': null,
    'ski-critical': ({ key }) => ({ ...subjectKeyIdentifier(keyIdentifier(key)), critical: true }),
    'ski-else': subjectKeyIdentifier(ELSE),
    'ski-empty': subjectKeyIdentifier(new Uint8Array(0)),
    'ski-malformed': raw('2.5.29.14', der.nullValue()),
  }),
];

/** @param {KeyKind} kind @returns {Change} */
const keyed = (kind) => async (draft) => {
  draft.key = await keyOf('weak', kind);
};

/** @param {Draft} draft @returns {boolean} */
const hasRsaIssuer = ({ issuer, key }) => (issuer?.key ?? key).asymmetricKeyType === 'rsa';

/** @param {'sha1' | 'sha224' | 'sha384' | 'sha512'} hash @returns {Change} */
const hashed = (hash) => (draft) => {
  draft.fields.signature = hasRsaIssuer(draft) ? `rsa-pkcs1-${hash}` : `ecdsa-${hash}`;
};

/** @type {Mutation[]} */
const STRENGTH = [
  ...changes('key', ALL, {
    'rsa-1024': keyed('rsa1024'),
    'rsa-3072': keyed('rsa3072'),
    'p-521': keyed('p521'),
    'p-224': keyed('p224'),
    ed25519: keyed('ed25519'),
    'rsa-pss-key': keyed('rsa-pss'),
  }),
  ...changes('signature', ALL, {
    'sha-1': hashed('sha1'),
    'sha-224': hashed('sha224'),
    'sha-384': hashed('sha384'),
    'sha-512': hashed('sha512'),
  }),
  ...changes('signature', BELOW, {
    'signature-turned': ({ fields }) => {
      fields.edit = { signature: (bits) => bits.map((octet, i) => (i === bits.length - 3 ? octet ^ 1 : octet)) };
    },
    'signed-by-another': async ({ fields }) => {
      fields.signer = await keyOf('stranger');
    },
    'changed-after-signing': ({ fields }) => {
      fields.edit = { whole: (bytes) => bytes.map((octet, i) => (i === 20 ? octet ^ 1 : octet)) };
    },
    'inner-algorithm-else': ({ fields }) => {
      fields.innerAlgorithm = algorithmIdentifier('ecdsa-sha512');
    },
  }),
];

const BYTES = [
  ...changes('bytes', ['leaf', 'top'], {
    truncated: ({ fields }) => {
      fields.edit = { whole: (bytes) => bytes.subarray(0, -1) };
    },
    trailing: ({ fields }) => {
      fields.edit = { whole: (bytes) => der.concat(bytes, Uint8Array.of(0)) };
    },
  }),
  ...changes('bytes', ['leaf', 'top', 'root'], {
    'length-not-shortest': ({ fields }) => {
      fields.edit = { tbs: (bytes) => der.concat(Uint8Array.of(0x30, 0x83, 0), bytes.subarray(2)) };
    },
  }),
];

/** The leaf's issuer is an intermediate; the issuer of the topmost intermediate is the root. */
const NAMES = changes('issuer-name', ['leaf', 'top'], {
  'issuer-in-capitals': (draft) => {
    draft.fields.issuer = [{ O: 'EXAMPLE' }, { CN: commonNameOf(draft.issuer).toUpperCase() }];
  },
  'issuer-other-string-type': (draft) => {
    const cn = der.printableString(commonNameOf(draft.issuer));
    draft.fields.issuer = [{ O: der.printableString('Example') }, { CN: cn }];
  },
  'issuer-more-spaces': (draft) => {
    draft.fields.issuer = [{ O: ' Example ' }, { CN: commonNameOf(draft.issuer).replace(' ', '  ') }];
  },
  'issuer-else': (draft) => {
    draft.fields.issuer = named('Somebody Else');
  },
  'issuer-empty': (draft) => {
    draft.fields.issuer = der.sequence();
  },
});

/** @param {Draft | null} draft @returns {string} */
function commonNameOf(draft) {
  const name = draft?.subject;
  return name instanceof Uint8Array ? '' : String(name?.[1]?.CN ?? '');
}

export const FORM_MUTATIONS = [
  ...TIMES,
  ...FIELDS,
  ...IDENTIFIERS.map((mutation) => ({ ...mutation, slots: [...mutation.slots, 'serial@ca', 'serial@root'] })), // the AKI may contain them
  ...STRENGTH.map((mutation) => ({ ...mutation, slots: ['strength'] })), // the signature depends on the key
  ...BYTES,
  ...NAMES.map((mutation) => ({ ...mutation, intermediates: 1 })),
];
