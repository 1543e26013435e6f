/**
 * What a case declares, and what ordinary cases have in common: one root, one intermediate, one kind of leaf.
 */
import { constructed, integer } from './der.js';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from './extensions.js';
import { keyIdentifier } from './signatures.js';

/** @typedef {import('./certificate.js').CertificateDescription} CertificateDescription */
/** @typedef {import('./certificate.js').CrlDescription} CrlDescription */
/** @typedef {import('./extensions.js').Extension} Extension */
/** @typedef {import('./extensions.js').Reason} Reason */
/** @typedef {import('./keys.js').KeyKind} KeyKind */
/** @typedef {import('./names.js').GeneralName} GeneralName */
/** @typedef {import('./names.js').Name} Name */
/** @typedef {import('./signatures.js').KeyObject} KeyObject */

/** The time at which every case is judged unless it says otherwise. */
export const CLOCK = '2026-06-15T12:00:00Z';

/** Ordinary certificates hold at CLOCK and on the day of the reader. */
export const VALID = { notBefore: '2024-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };

/** Authorities begin before everything that they issue, also what has ended since. */
const AUTHORITY_BEGINS = '2015-01-01T00:00:00Z';

/** Ordinary certificate lists too. */
export const FRESH = { thisUpdate: '2026-06-01T00:00:00Z', nextUpdate: '2049-12-31T23:59:59Z' };

/**
 * What an extension may need to know of the certificate that it goes into.
 * @typedef {object} Context
 * @property {KeyObject} publicKey of the subject
 * @property {KeyObject} issuerKey public
 * @property {Name} issuer
 * @property {bigint} issuerSerial
 */

/** @typedef {Extension | ((context: Context) => Extension)} Extensible */

/**
 * One certificate of a case. Serial number and key follow from the case and the name it is declared under.
 * @typedef {object} Entity
 * @property {KeyKind} key
 * @property {string} [sameKeyAs] the entity whose key this one has too, of the same kind
 * @property {string} issuer the entity that issues it; its own name when self-signed
 * @property {string} [signer] the entity whose key signs, when that is not the issuer
 * @property {Name} subject
 * @property {Record<string, Extensible | null>} extensions in this order; null leaves one out
 * @property {Partial<CertificateDescription>} [fields] put over everything else
 */

/**
 * One certificate list of a case.
 * @typedef {object} Crl
 * @property {string} issuer the entity that issues it
 * @property {string} [signer] the entity whose key signs, when that is not the issuer
 * @property {{ certificate: string, date?: string, reason?: Reason }[]} [revoked]
 * @property {Extension[]} [extensions] besides the key identifier and the number
 * @property {Partial<CrlDescription>} [fields] put over everything else
 */

/**
 * What pagetls, asked as a client of `hostname` at `clock`, is to say.
 * @typedef {object} Expected
 * @property {boolean} ok
 * @property {string[]} flags names of Mbed TLS without MBEDTLS_X509_; every one that must be there, no other
 * @property {number} [depth] of the certificate that has the flags, 0 the leaf
 * @property {string[]} [problems] the rules that are broken (wasm/verify/rules.def), each as "depth: RULE", in their
 *   order; left out, there is one for each flag, at `depth`
 * @property {string} [error] why the leaf cannot be read, as "field: reason" (wasm/x509/read_errors.def); beside flags,
 *   why another certificate cannot be read, which is then passed over
 */

/**
 * What it takes to serve the case.
 * @typedef {object} Server
 * @property {string[]} chain the entities sent, leaf first
 * @property {string} [minVersion] a version below which a server cannot use the certificate
 * @property {string} [ciphers] an OpenSSL cipher string without which a server refuses the certificate
 */

/**
 * @typedef {object} Profile
 * @property {string} id
 * @property {string} title
 * @property {string} explain one plain sentence
 * @property {string} hostname what the client asks for
 * @property {string} clock ISO 8601
 * @property {Record<string, Entity>} certificates those of the case itself; others come from AUTHORITIES
 * @property {Server} server
 * @property {boolean} serve false: no server sends it to pagetls, so a relay puts it in (swap.js)
 * @property {boolean} malformed one of its certificates is not what X.509 says: programs differ in what they make of it
 * @property {'webpki' | 'rfc5280' | 'suiteb'} profile the client's option of that name
 * @property {string[]} trust the entities that the client trusts
 * @property {Crl[]} crls
 * @property {{ trust: string[], credentials: Record<string, string[]> }} [clients] for mutual TLS: whom the
 *   server trusts, and the chains that clients present
 * @property {Expected} expected
 * @property {string} openssl 'ok', words from the complaint of `openssl verify`, or 'unreadable'
 */

/** @param {Context} context @returns {Extension} */
export function ownKeyIdentifier({ publicKey }) {
  return subjectKeyIdentifier(keyIdentifier(publicKey));
}

/** @param {Context} context @returns {Extension} */
export function issuerKeyIdentifier({ issuerKey }) {
  return authorityKeyIdentifier({ id: keyIdentifier(issuerKey) });
}

/** @param {string} commonName @returns {Name} */
export function named(commonName) {
  return [{ O: 'pagetls test' }, { CN: commonName }];
}

/** @param {string} id @returns {GeneralName[]} the case's own name, and the loopback's, for live servers */
export function ordinaryNames(id) {
  return [{ dns: `${id}.pagetls.test` }, { dns: 'localhost' }, { ip: '127.0.0.1' }];
}

/**
 * @param {string} name
 * @param {Partial<Entity>} [over]
 * @returns {Entity} a self-signed trust anchor declared as `name`
 */
export function root(name, { extensions, fields, ...over } = {}) {
  return {
    key: 'p256',
    issuer: name,
    subject: named(`pagetls Test ${name}`),
    ...over,
    fields: { notBefore: AUTHORITY_BEGINS, ...fields },
    extensions: {
      basicConstraints: basicConstraints({ ca: true }),
      keyUsage: keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyIdentifier: ownKeyIdentifier,
      ...extensions,
    },
  };
}

/** @param {string} name @param {Partial<Entity>} [over] @returns {Entity} a certificate authority below `root` */
export function intermediate(name, { extensions, ...over } = {}) {
  return root(name, {
    issuer: 'root',
    ...over,
    extensions: { authorityKeyIdentifier: issuerKeyIdentifier, ...extensions },
  });
}

/**
 * @param {string} id
 * @param {Partial<Entity> & { names?: GeneralName[] }} [over]
 * @returns {Entity} a server's certificate for `<id>.pagetls.test`, or for `names`
 */
export function leaf(id, { names = ordinaryNames(id), extensions, ...over } = {}) {
  return {
    key: 'p256',
    issuer: 'intermediate',
    subject: named(`${id}.pagetls.test`),
    ...over,
    extensions: {
      basicConstraints: basicConstraints({ ca: false }),
      keyUsage: keyUsage('digitalSignature'),
      extKeyUsage: extKeyUsage('serverAuth'),
      subjectAltName: subjectAltName(names),
      subjectKeyIdentifier: ownKeyIdentifier,
      authorityKeyIdentifier: issuerKeyIdentifier,
      ...extensions,
    },
  };
}

/** The authorities that cases share. @type {Record<string, Entity>} */
export const AUTHORITIES = {
  root: root('root', { subject: named('pagetls Test Root') }),
  intermediate: intermediate('intermediate', { subject: named('pagetls Test Intermediate') }),
};

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @returns {Profile} an ordinary good case wherever nothing else is declared
 */
export function profile(declared) {
  const { id } = declared;
  return {
    hostname: `${id}.pagetls.test`,
    clock: CLOCK,
    server: { chain: ['leaf', 'intermediate'] },
    serve: true,
    malformed: false,
    profile: 'webpki',
    trust: ['root'],
    crls: [],
    expected: { ok: true, flags: [] },
    openssl: 'ok',
    ...declared,
    certificates: { leaf: leaf(id), ...declared.certificates },
  };
}

/** The field of a certificate that cannot be read, and that servers load all the same. */
export const NEGATIVE_VERSION = constructed(0, integer(-3));

/** @param {string} error why the leaf cannot be read, as "field: reason" @returns {Expected} */
export function unreadable(error) {
  return { ok: false, flags: [], error };
}

/**
 * @param {string | string[]} flags
 * @param {number} depth
 * @param {...string} rules that are broken there, where the flags do not say all
 * @returns {Expected}
 */
export function rejected(flags, depth, ...rules) {
  const problems = rules.map((rule) => `${depth}: ${rule}`);
  return { ok: false, flags: [flags].flat(), depth, ...(problems.length > 0 && { problems }) };
}
