/** Why a client identity (`cert`, `key`, `pfx`, `passphrase`) cannot be used, and what to do. */
import { DOCUMENTS, documentText } from './documents.js';

const PKCS8 = 'Encrypt the key again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out key.pem';
const PKCS12 = 'For PKCS#12: openssl pkcs12 -in FILE -nodes -legacy -out identity.pem';
const JKS = 'keytool -importkeystore -srckeystore FILE -destkeystore identity.p12 -deststoretype PKCS12';

/** What to do with an input that has no private key, by kind. @type {Record<string, string>} */
const NO_KEY = {
  certificate: 'Pass the private key that it was issued for.',
  'public-key': 'Pass the private key that it belongs to.',
  'certificate-request': 'Pass the private key that it was made with.',
  'openssh-private-key': 'Convert a copy of the file: ssh-keygen -p -m PKCS8 -f COPY',
  'putty-private-key': 'Convert it: puttygen FILE -O private-openssh -o KEY && ssh-keygen -p -m PKCS8 -f KEY',
  'java-key-store': `Convert it, and pass it as \`pfx\`: ${JKS}`,
  pkcs7: 'PKCS#7 has no private keys: pass the key too.',
  pkcs12: 'It has only certificates: export it again with the private key.',
  'utf-16': DOCUMENTS['utf-16'].fix,
  'decoded-bytes': DOCUMENTS['decoded-bytes'].fix,
  archive: DOCUMENTS.archive.fix,
};
const ANY_KEY = 'Pass a key in PKCS#8, PKCS#1 or SEC 1, as PEM or DER, or PKCS#12.';

/** Algorithms that old tools use, by OID. @type {Record<string, string>} */
const ALGORITHMS = {
  '1.2.840.113549.1.5.1': 'pbeWithMD2AndDES-CBC',
  '1.2.840.113549.1.5.3': 'pbeWithMD5AndDES-CBC',
  '1.2.840.113549.1.5.6': 'pbeWithMD5AndRC2-CBC',
  '1.2.840.113549.1.5.10': 'pbeWithSHA1AndDES-CBC',
  '1.2.840.113549.1.12.1.1': 'pbeWithSHAAnd128BitRC4',
  '1.2.840.113549.1.12.1.2': 'pbeWithSHAAnd40BitRC4',
  '1.2.840.113549.3.2': 'RC2-CBC',
  '1.3.14.3.2.7': 'DES-CBC',
  '1.2.840.113549.2.5': 'MD5',
  '1.2.840.113549.1.7.2': 'a signature by a key (SignedData)',
  '1.2.840.113549.1.7.3': 'a public key (EnvelopedData)',
};

/** @param {string} number */
const grouped = (number) => number.replace(/\B(?=(\d{3})+$)/g, ',');

/** @param {string} what `iterations`, `bytes` or `encrypted` @param {string} number @param {string} limit */
function costText(what, number, limit) {
  const [n, most] = [grouped(number), grouped(limit)];
  if (what === 'iterations') {
    return `Its passphrase takes ${n} iterations; the limit is ${most} for the whole file. ${PKCS8}`;
  }
  return what === 'bytes'
    ? `Its passphrase takes ${Number(number) >= 2 ** 30 ? '1 GiB or more' : `${n} bytes`} of memory for scrypt; the limit is ${most}. ${PKCS8}`
    : `The encrypted part has ${n} bytes; the limit is ${most} for the whole file.`;
}

/**
 * The message for an input without a private key; undefined for an unknown kind.
 * @param {import('./documents.js').Document} document
 */
export function noKeyText(document) {
  if (!Object.hasOwn(DOCUMENTS, document.kind)) {
    return undefined;
  }
  const { sentence, fix } = documentText(document, 'key');
  return `${sentence} ${document.fault === undefined ? (NO_KEY[document.kind] ?? ANY_KEY) : fix}`;
}

/**
 * The message for another error of an identity; undefined for any other error.
 * @param {string} id identifier in wasm/errors.def
 * @param {string} detail written by wasm/identity/
 * @returns {string | undefined}
 */
export function identityText(id, detail) {
  if (id === 'KEY_ENCRYPTION' && /^[\w.-]+$/.test(detail)) {
    const name = ALGORITHMS[detail];
    const algorithm = name ? `${name} (${detail})` : detail;
    return `It is encrypted or authenticated with ${algorithm}, which is not supported. ${PKCS8}. ${PKCS12}`;
  }
  const [, ...cost] = /^(\w+) (\d+) (\d+)$/.exec(detail) ?? [];
  return id === 'KEY_COST' && cost.length > 0 ? costText(cost[0], cost[1], cost[2]) : undefined;
}
