/** Helpers for the tables of vectors. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import * as der from '../../../certs/der.js';
import {
  authorityKeyIdentifier,
  certificatePolicies,
  nameConstraints,
  raw,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../../certs/extensions.js';
import { keyIdentifier } from '../../../certs/signatures.js';
import { authority, crl, HOST, keyOf } from '../../helpers/chains.js';

/** @typedef {import('../../helpers/chains.js').Chain} Chain */
/** @typedef {import('../../helpers/chains.js').Changes} Changes */
/** @typedef {import('../../helpers/chains.js').VerificationInput} VerificationInput */
/** @typedef {import('../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../../../certs/names.js').GeneralName} GeneralName */

/**
 * A change to a valid chain, and the expected problems and warnings: "depth: code" without ERR_TLS_.
 * @typedef {object} Vector
 * @property {string} what describes the change
 * @property {Changes} [change]
 * @property {(chain: Chain) => Partial<VerificationInput>} [ask] changes the input of the verification
 * @property {string[]} [bad] problems with webpki; omitted: the chain is valid
 * @property {string[]} [warned] warnings with webpki; omitted: none
 * @property {string[]} [rfc5280] problems with that profile; default: those of webpki, by the levels of their rules
 * @property {string[]} [private] likewise
 * @property {string[]} [suiteb] problems with that profile; omitted: suiteb is not tested
 */

/** @param {Extension} one @returns {Extension} */
export const critical = (one) => ({ ...one, critical: true });
/** @param {Extension} one @returns {Extension} */
export const uncritical = (one) => ({ ...one, critical: false });
/** @param {...GeneralName} names */
export const names = (...names) => ({ subjectAltName: subjectAltName(names) });
/** @param {string} text */
export const bytes = (text) => new Uint8Array(Buffer.from(text, 'latin1'));
/** @param {...number} octets of an INTEGER */
export const integer = (...octets) => der.tlv(0x02, Uint8Array.from(octets));
/** @param {string} text */
export const iso = (text) => new Date(text);
/** @param {string} owner */
export const idOf = (owner) => keyIdentifier(keyOf(owner));

/** @param {GeneralName[]} permitted @param {GeneralName[]} [excluded] @returns {Changes['intermediate']} */
export const constrained = (permitted, excluded = []) => ({
  extensions: { nameConstraints: nameConstraints({ permitted, excluded }) },
});

/**
 * A leaf with these names below an intermediate with name constraints.
 * @param {{ permitted?: GeneralName[], excluded?: GeneralName[] }} trees
 * @param {GeneralName[]} present in addition to HOST
 * @returns {Changes}
 */
export const below = ({ permitted = [], excluded = [] }, present) => ({
  intermediate: constrained(permitted, excluded),
  leaf: { extensions: names({ dns: HOST }, ...present) },
});

export const EMPTY_NAME = der.sequence();
export const UNKNOWN = '1.3.6.1.4.1.99999.1';

/** @param {Uint8Array} [require] of requireExplicitPolicy @param {boolean} [isCritical] */
export const policyConstraints = (require, isCritical = true) =>
  raw('2.5.29.36', require === undefined ? der.sequence() : der.sequence(der.primitive(0, require)), isCritical);
export const policies = { certificatePolicies: certificatePolicies({ oid: '2.23.140.1.2.1' }) };

/**
 * The same element with a non-minimal length, which Mbed TLS accepts and DER forbids.
 * @param {Uint8Array} element of less than 128 bytes
 */
export const longer = (element) => Uint8Array.of(element[0], 0x81, ...element.subarray(1));

/** @param {Extension} one @param {(value: Uint8Array) => Uint8Array} edit @returns {Extension} */
export const edited = (one, edit) => ({ ...one, value: edit(one.value) });
/** @param {Uint8Array} value */
export const withMore = (value) => der.concat(value, der.nullValue());

/** @param {...Uint8Array} parts of the one AccessDescription @returns {Changes} */
export const infoAccess = (...parts) => ({
  leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence(der.sequence(...parts))) } },
});
export const OCSP = der.oid('1.3.6.1.5.5.7.48.1');
export const LOCATION = der.primitive(6, bytes('http://a.example/'));

/** @param {...Uint8Array} fields of the intermediate's policy constraints @returns {Changes} */
export const policyFields = (...fields) => ({
  intermediate: { extensions: { policy: raw('2.5.29.36', der.sequence(...fields), true) } },
});

/** @param {string} oid of the algorithm @param {string} curve @returns {Uint8Array} the key of HOST, with this algorithm */
export const keyFor = (oid, curve) => {
  const info = new Uint8Array(createPublicKey(keyOf(HOST, curve)).export({ type: 'spki', format: 'der' }));
  const [algorithm, bits] = der.elements(der.elements(info)[0].content);
  const [, parameters] = der.elements(algorithm.content);
  return der.sequence(der.sequence(der.oid(oid), parameters.der), bits.der);
};

/** @param {(point: Uint8Array) => Uint8Array} change @returns {Uint8Array} the key of HOST with its point changed */
export const changedKey = (change) => {
  const info = new Uint8Array(createPublicKey(keyOf(HOST)).export({ type: 'spki', format: 'der' }));
  const [identifier, bits] = der.elements(der.elements(info)[0].content);
  return der.sequence(identifier.der, der.bitString(change(bits.content.subarray(1))));
};

/** @param {string} oid @returns {Uint8Array} an AlgorithmIdentifier without parameters */
export const algorithm = (oid) => der.sequence(der.oid(oid));

const ED25519 = '1.3.101.112';
/** Ed25519 with NULL as parameters, which must be absent (RFC 8410, section 3). */
export const ED25519_WITH_NULL = der.sequence(der.oid(ED25519), der.nullValue());
/** @param {Uint8Array} bits @param {Uint8Array} [identifier] @returns {Uint8Array} an Ed25519 key */
export const ed25519Key = (bits, identifier = algorithm(ED25519)) => der.sequence(identifier, der.bitString(bits));
/** ECDSA with SHA-256, with a parameter, which is not allowed. */
export const WITH_PARAMETER = der.sequence(der.oid('1.2.840.10045.4.3.2'), der.integer(1));

/**
 * @param {string | Uint8Array} subject the common name of the intermediate
 * @param {string | Uint8Array} issuer the common name of the issuer in the leaf, where the O is in capitals
 * @returns {Changes}
 */
export const issuedAs = (subject, issuer) => ({
  intermediate: { subject: [{ O: 'Example' }, { CN: subject }] },
  leaf: { issuer: [{ O: 'EXAMPLE' }, { CN: issuer }] },
});
export const BMP = 0x1e; // the tag of a BMPString
export const ID_ECDH = '1.3.132.1.12';

/** RSASSA-PSS with SHA-256, but SHA-1 in MGF1 (RFC 4055, section 3.1). */
export const mgf1OfSha1 = (() => {
  const hash = (/** @type {string} */ oid) => der.sequence(der.oid(oid), der.nullValue());
  const mask = der.sequence(der.oid('1.2.840.113549.1.1.8'), hash('1.3.14.3.2.26'));
  return der.sequence(
    der.oid('1.2.840.113549.1.1.10'),
    der.sequence(
      der.constructed(0, hash('2.16.840.1.101.3.4.2.1')),
      der.constructed(1, mask),
      der.constructed(2, der.integer(32)),
    ),
  );
})();

/** The RSA key, restricted to signing with mgf1OfSha1. */
export const pssSigner = () => {
  const pkcs1 = new Uint8Array(keyOf('any', 'rsa2048').export({ type: 'pkcs1', format: 'der' }));
  const pkcs8 = der.sequence(der.integer(0), mgf1OfSha1, der.octetString(pkcs1));
  return createPrivateKey({ key: Buffer.from(pkcs8), type: 'pkcs8', format: 'der' });
};

/** @param {(chain: Chain) => Uint8Array[]} make @returns {Vector['ask']} */
export const withCrls = (make) => (made) => ({ crls: make(made) });

/** @param {import('../../helpers/chains.js').Issued} issuer @param {Parameters<typeof crl>[1]} [change] */
export const crlOf = (issuer, change) =>
  crl(issuer, { extensions: [authorityKeyIdentifier({ id: keyIdentifier(issuer.key) })], ...change });

/** @param {{ serial: bigint }} certificate */
export function entry({ serial }) {
  return { serial, date: '2026-06-02T00:00:00Z' };
}

/** @param {number} count @returns {GeneralName[]} */
export function numbered(count) {
  return Array.from({ length: count }, (_, i) => ({ dns: `n${i}.${count}.example.net` }));
}

/** @param {number} count @returns {Record<string, Extension>} unknown extensions */
export function unknowns(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`more ${i}`, raw(`${UNKNOWN}.${i}`, der.nullValue())]),
  );
}

/** @param {Uint8Array} tbs */
export function withoutExtensions(tbs) {
  const [{ content }] = der.elements(tbs);
  return der.sequence(...der.elements(content).flatMap((field) => (field.tag === 0xa3 ? [] : [field.der])));
}

/** @param {Uint8Array} tbs */
export function longerExtensions(tbs) {
  const fields = der.elements(der.elements(tbs)[0].content);
  const [{ content }] = der.elements(fields[fields.length - 1].content);
  const longer = der.concat(Uint8Array.of(0x30, 0x83, 0, content.length >> 8, content.length & 255), content);
  return der.sequence(...fields.slice(0, -1).map((field) => field.der), der.constructed(3, longer));
}

/**
 * Sends intermediates with the name and key identifier of the leaf's issuer before the issuer.
 * @param {Chain} made
 * @param {number} count
 * @param {string} [kind] of their keys; see keyOf()
 */
export function crowd({ root, leaf, intermediate }, count, kind) {
  const extensions = { subjectKeyIdentifier: subjectKeyIdentifier(keyIdentifier(intermediate.key)) };
  const others = Array.from({ length: count }, (_, i) =>
    authority('Intermediate', root, { key: keyOf(`one of a crowd ${i}`, kind), extensions }),
  );
  return [leaf, ...others, intermediate];
}
