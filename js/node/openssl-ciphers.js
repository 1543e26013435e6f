/** Cipher strings of OpenSSL, for the suites that pagetls has. */
import { TLSError } from '../errors.js';
import { opensslName } from './negotiated.js';
import { nodeError } from './node-error.js';

/**
 * @typedef {object} Suite
 * @property {string} name OpenSSL's
 * @property {string} iana
 * @property {string[]} words of cipher strings that mean it, besides those of every suite
 */

/** The words of OpenSSL that mean every suite of TLS 1.2 that pagetls has. */
const COMMON = ['ALL', 'HIGH', 'ECDHE', 'EECDH', 'kECDHE', 'kEECDH', 'ECDH', 'TLSv1.2'];

/** @param {string} iana @param {...string} words @returns {Suite} */
function suite(iana, ...words) {
  const name = opensslName(iana);
  return { name, iana, words: [name, iana, ...COMMON, ...words] };
}

const CHACHA = ['CHACHA20'];
const AES128_GCM = ['AES', 'AES128', 'AESGCM', 'FIPS'];
const AES256_GCM = ['AES', 'AES256', 'AESGCM', 'FIPS'];
/** OpenSSL's word RSA means the key exchange, which no suite here has. */
const RSA = ['aRSA'];
const ECDSA = ['aECDSA', 'ECDSA'];

/** In pagetls's order of preference. */
const TLS12 = [
  suite('TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', ...CHACHA, ...ECDSA),
  suite('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', ...CHACHA, ...RSA),
  suite('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', ...AES128_GCM, ...ECDSA),
  suite('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', ...AES128_GCM, ...RSA),
  suite('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', ...AES256_GCM, ...ECDSA),
  suite('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', ...AES256_GCM, ...RSA),
  suite('TLS_ECDHE_ECDSA_WITH_AES_128_CCM', 'AES', 'AES128', 'AESCCM', ...ECDSA),
  suite('TLS_ECDHE_ECDSA_WITH_AES_256_CCM', 'AES', 'AES256', 'AESCCM', ...ECDSA),
];

const TLS13 = [
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_CCM_SHA256',
];

/** In OpenSSL's form; those of TLS 1.3 first, as in Node. */
export const DEFAULT_CIPHERS = [...TLS13, ...TLS12.map(({ name }) => name)].join(':');

/** @returns {string[]} in lower case and in order, as in Node */
export function getCiphers() {
  return DEFAULT_CIPHERS.toLowerCase().split(':').sort();
}

/**
 * @param {string} text
 * @returns {{ciphers: string[], minVersion?: 'TLSv1.3'}} IANA names; without names of TLS 1.3 all of its suites, as in Node
 * @throws {Error} ERR_SSL_NO_CIPHER_MATCH, or ERR_TLS_INVALID_OPTION for what would have to be stricter than pagetls is
 */
export function readCiphers(text) {
  const words = text
    .replace(/^DEFAULT/, 'ALL:!AESCCM:') // OpenSSL's default
    .split(/[:, ]+|(?=@)/)
    .filter((word) => word !== '');
  const tls13 = words.filter((word) => TLS13.includes(word));
  const tls12 = selectSuites(words.filter((word) => !/^!?TLS_(?!.*_WITH_)/.test(word)));
  if (tls13.length + tls12.length === 0) {
    throw nodeError(Error, 'ERR_SSL_NO_CIPHER_MATCH', 'no cipher match');
  }
  return {
    ciphers: [...new Set(tls13.length > 0 ? tls13 : TLS13), ...tls12],
    ...(tls12.length === 0 ? { minVersion: 'TLSv1.3' } : {}),
  };
}

/**
 * As OpenSSL's ciphers(1) describes it. Words that it does not know, or that mean other suites, select nothing.
 * @param {string[]} words
 * @returns {string[]} IANA names
 */
function selectSuites(words) {
  /** @type {Suite[]} */
  let selected = [];
  /** @type {Set<Suite>} */
  const removed = new Set();
  for (const word of words) {
    if (word.startsWith('@')) {
      checkCommand(word);
      continue;
    }
    const [, action, rest] = /** @type {RegExpExecArray} */ (/^([!+-]?)(.*)$/s.exec(word));
    const names = rest.split('+');
    const meant = TLS12.filter((one) => !removed.has(one) && names.every((name) => one.words.includes(name)));
    const others = selected.filter((one) => !meant.includes(one));
    if (action === '') {
      selected = [...selected, ...meant.filter((one) => !selected.includes(one))];
    } else if (action === '+') {
      selected = [...others, ...selected.filter((one) => meant.includes(one))];
    } else {
      selected = others;
      meant.forEach((one) => action === '!' && removed.add(one));
    }
  }
  return selected.map(({ iana }) => iana);
}

/** Up to this security level of OpenSSL, what pagetls accepts is at least as strong. */
const MAX_SECURITY_LEVEL = 2;

/** @param {string} word @STRENGTH changes the order only */
function checkCommand(word) {
  const level = /^@SECLEVEL=(\d)$/.exec(word)?.[1];
  if (level !== undefined && Number(level) > MAX_SECURITY_LEVEL) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `The option ciphers: pagetls has no security level ${level}.`);
  }
}
