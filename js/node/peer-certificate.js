/** A certificate in the shape of Node's tls: what getPeerCertificate() returns there. */
import { hexText } from '../bytes.js';
import { tbsOf } from '../certificate.js';
import { fromBase64 } from '../input.js';
import { BIT_STRING, childrenOf, contentOf, elementAt, OID, oidText } from './der.js';
import { generalNameText, nameObject } from './general-names.js';
import { Buffer } from '#stream';

/** @typedef {import('../certificate.js').Certificate} Certificate */
/** @typedef {import('../certificate.js').Verification} Verification */

/**
 * @typedef {object} PeerCertificate
 * @property {Record<string, string | string[]>} [subject]
 * @property {Record<string, string | string[]>} [issuer]
 * @property {string | null} [subjectaltname] null: malformed
 * @property {Record<string, string[]> | null} [infoAccess] null: malformed
 * @property {boolean} [ca]
 * @property {string} [modulus]
 * @property {number} [bits]
 * @property {string} [exponent]
 * @property {Buffer} [pubkey]
 * @property {string} [asn1Curve]
 * @property {string} [nistCurve]
 * @property {string} [valid_from]
 * @property {string} [valid_to]
 * @property {string} [fingerprint] a root of Mozilla's list lacks this, `fingerprint512` and `raw` until loadRootCertificates(), in a page
 * @property {string} [fingerprint256]
 * @property {string} [fingerprint512]
 * @property {string[]} [ext_key_usage]
 * @property {string} [serialNumber]
 * @property {Buffer} [raw]
 * @property {PeerCertificate} [issuerCertificate]
 */

const RSA_OID = '1.2.840.113549.1.1.1';
const EC_OID = '1.2.840.10045.2.1';

/** Of elliptic curves by OID: OpenSSL's name, and NIST's. @type {Readonly<Record<string, [string, string?]>>} */
const CURVES = {
  '1.2.840.10045.3.1.1': ['prime192v1', 'P-192'],
  '1.2.840.10045.3.1.7': ['prime256v1', 'P-256'],
  '1.3.132.0.10': ['secp256k1'],
  '1.3.132.0.33': ['secp224r1', 'P-224'],
  '1.3.132.0.34': ['secp384r1', 'P-384'],
  '1.3.132.0.35': ['secp521r1', 'P-521'],
  '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1'],
  '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1'],
  '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1'],
};

/** @type {Readonly<Record<string, string>>} */
const ACCESS_METHODS = {
  '1.3.6.1.5.5.7.48.1': 'OCSP',
  '1.3.6.1.5.5.7.48.2': 'CA Issuers',
  '1.3.6.1.5.5.7.48.3': 'AD Time Stamping',
  '1.3.6.1.5.5.7.48.4': 'ad dvcs',
  '1.3.6.1.5.5.7.48.5': 'CA Repository',
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * @param {Verification} verification
 * @param {boolean} detailed with `issuerCertificate`, up to the trust anchor
 * @returns {PeerCertificate | {}}
 */
export function peerCertificateOf({ path, sent }, detailed) {
  const chain = path.length > 0 ? path : sent;
  const [leaf, ...issuers] = (detailed ? chain : chain.slice(0, 1)).map(legacyObject);
  if (detailed && leaf) {
    let last = leaf;
    for (const [i, issuer] of issuers.entries()) {
      if (path.length === 0 && chain[i + 1].subject?.text !== chain[i].issuer?.text) {
        return leaf;
      }
      last.issuerCertificate = issuer;
      last = issuer;
    }
    if (chain[chain.length - 1].selfIssued) {
      last.issuerCertificate = last; // circular, as in Node
    }
  }
  return leaf ?? {};
}

/**
 * @param {Certificate} certificate
 * @returns {PeerCertificate} `raw` alone if it cannot be read
 */
export function legacyObject(certificate) {
  const whole = certificate.der === null ? {} : { raw: Buffer.from(certificate.der) };
  try {
    return certificate.subject === undefined ? whole : { ...fieldsOf(certificate, whole.raw), ...whole };
  } catch {
    return whole;
  }
}

/** @param {Certificate} certificate @param {Buffer | undefined} raw @returns {PeerCertificate} */
function fieldsOf(certificate, raw) {
  const { basicConstraints, keyUsage, extendedKeyUsage, fingerprints, validity, serialNumber } = certificate;
  const der = raw ?? Buffer.from(/** @type {Uint8Array} */ (tbsOf(certificate)));
  const outermost = elementAt(der, 0, der.length);
  const fields = childrenOf(der, raw ? childrenOf(der, outermost)[0] : outermost);
  const [, , issuer, , subject, spki] = fields[0].tag === 0xa0 ? fields.slice(1) : fields;
  return {
    subject: nameObject(der, subject),
    issuer: nameObject(der, issuer),
    ...given('subjectaltname', ofExtension(certificate, 'subjectAltName', alternativeNames)),
    ...given('infoAccess', ofExtension(certificate, 'authorityInfoAccess', infoAccess)),
    ca: basicConstraints?.ca === true && (keyUsage === null || keyUsage.includes('keyCertSign')),
    ...(certificate.publicKey.malformed ? {} : publicKeyFields(der, spki)),
    valid_from: timeText(validity.notBefore),
    valid_to: timeText(validity.notAfter),
    ...given('fingerprint', withColons(fingerprints.sha1)),
    ...given('fingerprint256', withColons(fingerprints.sha256)),
    ...given('fingerprint512', withColons(fingerprints.sha512)),
    ...given(
      'ext_key_usage',
      extendedKeyUsage?.map(({ oid }) => oid),
    ),
    serialNumber: serialText(serialNumber),
  };
}

/** @template T @param {string} name @param {T | undefined} value @returns {Record<string, T>} */
const given = (name, value) => (value === undefined ? {} : { [name]: value });

/** @param {string} hex octets of an INTEGER @returns {string} its value in whole octets, and 0 as one digit */
function serialText(hex) {
  const value = BigInt.asIntN(4 * hex.length, BigInt(`0x${hex || '0'}`));
  const digits = (value < 0n ? -value : value).toString(16).toUpperCase();
  return `${value < 0n ? '-' : ''}${digits.length % 2 && value !== 0n ? '0' : ''}${digits}`;
}

/** @param {string | null} hex @returns {string | undefined} */
const withColons = (hex) => hex?.replace(/..(?=.)/g, '$&:');

/** @param {string} iso @returns {string} as OpenSSL prints it */
function timeText(iso) {
  const time = new Date(iso);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(iso) || Number.isNaN(time.getTime())) {
    return 'Bad time value'; // what cannot be read is described as it is
  }
  const day = String(time.getUTCDate()).padStart(2);
  return `${MONTHS[time.getUTCMonth()]} ${day} ${time.toISOString().slice(11, 19)} ${time.getUTCFullYear()} GMT`;
}

/**
 * @template T
 * @param {Certificate} certificate
 * @param {string} name of an extension that is a list
 * @param {(der: Uint8Array, parts: import('./der.js').Element[]) => T} read
 * @returns {T | null | undefined} undefined without the extension; null if it is malformed, as in Node
 */
function ofExtension({ extensions }, name, read) {
  const found = extensions.find((extension) => extension.name === name);
  if (!found || found.malformed) {
    return found && null;
  }
  try {
    const der = fromBase64(found.value);
    return read(der, childrenOf(der, elementAt(der, 0, der.length)));
  } catch {
    return null;
  }
}

/** @param {Uint8Array} der @param {import('./der.js').Element[]} names */
const alternativeNames = (der, names) => names.map((one) => generalNameText(der, one)).join(', ');

/** @param {Uint8Array} der @param {import('./der.js').Element[]} descriptions @returns {Record<string, string[]>} */
function infoAccess(der, descriptions) {
  /** @type {Record<string, string[]>} */
  const access = Object.create(null);
  for (const description of descriptions) {
    const [method, location] = childrenOf(der, description);
    const oid = oidText(contentOf(der, method));
    const [, type, value] = /** @type {RegExpExecArray} */ (/^([^:]*):(.*)$/s.exec(generalNameText(der, location)));
    (access[`${ACCESS_METHODS[oid] ?? oid} - ${type}`] ??= []).push(value.startsWith('"') ? JSON.parse(value) : value);
  }
  return access;
}

/**
 * @param {Buffer} raw
 * @param {import('./der.js').Element} spki
 * @returns {Partial<PeerCertificate>} empty for keys that Node does not describe
 */
function publicKeyFields(raw, spki) {
  const [algorithm, key] = childrenOf(raw, spki);
  const [type, parameters] = childrenOf(raw, algorithm);
  const oid = oidText(contentOf(raw, type));
  if (key.tag !== BIT_STRING) {
    return {};
  }
  const bits = raw.subarray(key.start + 1, key.end); // after the number of unused bits
  if (oid === RSA_OID) {
    const [modulus, exponent] = childrenOf(bits, elementAt(bits, 0, bits.length)).map((one) =>
      withoutZeros(contentOf(bits, one)),
    );
    return {
      modulus: hexText(modulus),
      bits: modulus.length * 8 - Math.clz32(modulus[0]) + 24,
      exponent: `0x${hexText(exponent)
        .toLowerCase()
        .replace(/^0(?=.)/, '')}`,
      pubkey: rsaPublicKeyInfo(raw.subarray(key.from, key.end)),
    };
  }
  if (oid === EC_OID && parameters?.tag === OID) {
    const [asn1Curve, nistCurve] = CURVES[oidText(contentOf(raw, parameters))] ?? [];
    return {
      ...given('bits', asn1Curve && Number(/\d+/.exec(asn1Curve)?.[0])),
      pubkey: Buffer.from(bits),
      ...given('asn1Curve', asn1Curve),
      ...given('nistCurve', nistCurve),
    };
  }
  return {};
}

/** AlgorithmIdentifier of rsaEncryption with NULL. */
const RSA_ALGORITHM = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];

/** OpenSSL writes it anew, with the parameters that belong there. @param {Uint8Array} key a BIT STRING */
function rsaPublicKeyInfo(key) {
  const length = RSA_ALGORITHM.length + key.length;
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([0x30, ...octets, ...RSA_ALGORITHM, ...key]);
}

/** @param {Uint8Array} number big endian @returns {Uint8Array} */
function withoutZeros(number) {
  const first = number.findIndex((octet) => octet !== 0);
  return number.subarray(Math.max(0, first));
}
