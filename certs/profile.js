/**
 * The declaration of a case, and its defaults: the shared root and intermediate, and an ordinary leaf.
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

/** The default time of verification. */
export const CLOCK = '2026-06-15T12:00:00Z';

/** Ordinary certificates are valid at CLOCK and today. */
export const VALID = { notBefore: '2024-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };

/** Authorities are valid before everything they issue, even before certificates that have expired. */
const AUTHORITY_BEGINS = '2015-01-01T00:00:00Z';

/** Ordinary CRLs are current at CLOCK and today. */
export const FRESH = { thisUpdate: '2026-06-01T00:00:00Z', nextUpdate: '2049-12-31T23:59:59Z' };

/**
 * Properties of a certificate that its extensions may need.
 * @typedef {object} Context
 * @property {KeyObject} publicKey of the subject
 * @property {KeyObject} issuerKey public
 * @property {Name} issuer
 * @property {bigint} issuerSerial
 */

/** @typedef {Extension | ((context: Context) => Extension)} Extensible */

/**
 * One certificate of a case. Its serial number and key are derived from the case and the name it is declared under.
 * @typedef {object} Entity
 * @property {KeyKind} key
 * @property {string} [sameKeyAs] the entity to share the key with; `key` must be of the same kind
 * @property {string} issuer the issuing entity; its own name if self-signed
 * @property {string} [signer] the entity whose key signs; default: the issuer
 * @property {Name} subject
 * @property {Record<string, Extensible | null>} extensions in this order; null leaves one out
 * @property {Partial<CertificateDescription>} [fields] override everything else
 */

/**
 * One CRL of a case.
 * @typedef {object} Crl
 * @property {string} issuer the issuing entity
 * @property {string} [signer] the entity whose key signs; default: the issuer
 * @property {{ certificate: string, date?: string, reason?: Reason }[]} [revoked]
 * @property {Extension[]} [extensions] in addition to the key identifier and the CRL number
 * @property {Partial<CrlDescription>} [fields] override everything else
 */

/**
 * The expected result of pagetls as a client of `hostname` at `clock`.
 * @typedef {object} Expected
 * @property {boolean} ok
 * @property {string[]} flags exactly the flags that are set, with Mbed TLS's names without MBEDTLS_X509_
 * @property {number} [depth] of the certificate that has the flags; 0 is the leaf
 * @property {string[]} [problems] the broken rules (wasm/verify/rules.def) in order, each as "depth: RULE"; default:
 *   one for each flag, at `depth`
 * @property {string[]} [warnings] the rules that are broken but not enforced, likewise; default: none, or not declared if
 *   the chain is not valid
 * @property {string} [error] why the leaf cannot be read, as "field: reason" (wasm/x509/read_errors.def); together with
 *   flags, why another certificate cannot be read, which is then ignored
 */

/**
 * How to serve the case.
 * @typedef {object} Server
 * @property {string[]} chain the entities whose certificates are sent, leaf first
 * @property {string} [minVersion] the lowest TLS version with which servers can use the certificate
 * @property {string} [ciphers] the OpenSSL cipher string that a server needs to accept the certificate
 */

/**
 * @typedef {object} Profile
 * @property {string} id
 * @property {string} title
 * @property {string} explain one plain sentence
 * @property {string} hostname the host name that the client connects to
 * @property {string} clock ISO 8601
 * @property {Record<string, Entity>} certificates the case's own; all others come from AUTHORITIES
 * @property {Server} server
 * @property {boolean} serve false: no server can send it to pagetls, so a relay swaps it in (swap.js)
 * @property {boolean} malformed one of its certificates violates X.509, and programs disagree about it
 * @property {'auto' | 'webpki' | 'rfc5280' | 'suiteb'} profile the client's `profile` option
 * @property {string[]} trust the client's trust anchors
 * @property {Crl[]} crls
 * @property {{ trust: string[], credentials: Record<string, string[]> }} [clients] for mutual TLS: the server's trust
 *   anchors, and the chains that clients present
 * @property {Expected} expected
 * @property {string} openssl 'ok', part of the error message of `openssl verify`, or 'unreadable'
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

/** @param {string} id @returns {GeneralName[]} the case's own name, and those of loopback for live servers */
export function ordinaryNames(id) {
  return [{ dns: `${id}.pagetls.test` }, { dns: 'localhost' }, { ip: '127.0.0.1' }];
}

/**
 * @param {string} name
 * @param {Partial<Entity>} [overrides]
 * @returns {Entity} a self-signed trust anchor declared as `name`
 */
export function root(name, { extensions, fields, ...overrides } = {}) {
  return {
    key: 'p256',
    issuer: name,
    subject: named(`pagetls Test ${name}`),
    ...overrides,
    fields: { notBefore: AUTHORITY_BEGINS, ...fields },
    extensions: {
      basicConstraints: basicConstraints({ ca: true }),
      keyUsage: keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyIdentifier: ownKeyIdentifier,
      ...extensions,
    },
  };
}

/** @param {string} name @param {Partial<Entity>} [overrides] @returns {Entity} a certificate authority issued by `root` */
export function intermediate(name, { extensions, ...overrides } = {}) {
  return root(name, {
    issuer: 'root',
    ...overrides,
    extensions: { authorityKeyIdentifier: issuerKeyIdentifier, ...extensions },
  });
}

/**
 * @param {string} id
 * @param {Partial<Entity> & { names?: GeneralName[] }} [overrides]
 * @returns {Entity} a server's certificate for `<id>.pagetls.test`, or for `names`
 */
export function leaf(id, { names = ordinaryNames(id), extensions, ...overrides } = {}) {
  return {
    key: 'p256',
    issuer: 'intermediate',
    subject: named(`${id}.pagetls.test`),
    ...overrides,
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
 * @returns {Profile} undeclared properties are those of a valid case
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

/** A version field that pagetls cannot read, but that servers load. */
export const NEGATIVE_VERSION = constructed(0, integer(-3));

/** @param {string} error why the leaf cannot be read, as "field: reason" @returns {Expected} */
export function unreadable(error) {
  return { ok: false, flags: [], error };
}

/**
 * @param {string | string[]} flags
 * @param {number} depth
 * @param {...string} rules broken at that depth, if the flags do not imply them
 * @returns {Expected}
 */
export function rejected(flags, depth, ...rules) {
  const problems = rules.map((rule) => `${depth}: ${rule}`);
  return { ok: false, flags: [flags].flat(), depth, ...(problems.length > 0 && { problems }) };
}
