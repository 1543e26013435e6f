/** Derives keys from an NSS key log and decrypts records with them. */
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import { decryptCcm } from './ccm.js';
import { hex } from './fields.js';

/** @typedef {import('./cipher-suites.js').Suite} Suite */

/** Content type, version and length (RFC 8446, section 5.1). */
export const RECORD_HEADER_BYTES = 5;

const HASHES = { sha256, sha384 };

/** @param {...Uint8Array} parts */
function concat(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {string} text */
const ascii = (text) => new TextEncoder().encode(text);

/** @param {number} number @param {number} size in bytes */
function bigEndian(number, size) {
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(number / 256 ** (size - 1 - i)) % 256);
}

/**
 * The secrets of one connection.
 * @param {string[]} lines of an NSS key log; others are ignored
 * @param {Uint8Array} clientRandom of the connection
 * @returns {Map<string, Uint8Array>} by label
 */
export function readKeyLog(lines, clientRandom) {
  /** @type {Map<string, Uint8Array>} */
  const secrets = new Map();
  for (const line of lines) {
    const match = /^([A-Z0-9_]+) ([0-9a-f]{64}) ((?:[0-9a-f]{2}){16,64})\s*$/i.exec(line);
    if (match?.[2].toLowerCase() === hex(clientRandom)) {
      secrets.set(
        match[1],
        Uint8Array.from(match[3].match(/../g) ?? [], (digits) => parseInt(digits, 16)),
      );
    }
  }
  return secrets;
}

/**
 * @param {Suite} suite
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} data additional authenticated data
 * @param {Uint8Array} sealed
 * @returns {Uint8Array | null} null if the authentication tag does not match
 */
function decrypt({ aead, tagBytes }, key, nonce, data, sealed) {
  if (sealed.length < tagBytes) return null;
  try {
    if (aead === 'ccm') return decryptCcm(key, nonce, data, sealed, tagBytes);
    return (aead === 'gcm' ? gcm : chacha20poly1305)(key, nonce, data).decrypt(sealed);
  } catch {
    return null;
  }
}

/** RFC 8446, section 5.3; RFC 7905, section 2. @param {Uint8Array} iv @param {number} sequence */
function nonceOf(iv, sequence) {
  const number = bigEndian(sequence, iv.length);
  return iv.map((byte, at) => byte ^ number[at]);
}

/* --- TLS 1.3 ---------------------------------------------------------------------- */

/**
 * RFC 8446, section 7.1.
 * @param {Suite} suite
 * @param {Uint8Array} secret
 * @param {string} label
 * @param {Uint8Array} context
 * @param {number} length
 */
export function expandLabel({ hash }, secret, label, context, length) {
  const full = ascii(`tls13 ${label}`);
  const info = concat(bigEndian(length, 2), bigEndian(full.length, 1), full, bigEndian(context.length, 1), context);
  return expand(HASHES[hash], secret, info, length);
}

const EMPTY = new Uint8Array();

/** Protection of one direction's records by a TLS 1.3 traffic secret. */
export class Protection13 {
  #sequence = 0;
  #secret;

  /** @param {Suite} suite @param {Uint8Array} secret */
  constructor(suite, secret) {
    this.suite = suite;
    this.#secret = secret;
    this.key = expandLabel(suite, secret, 'key', EMPTY, suite.keyBytes); // section 7.3
    this.iv = expandLabel(suite, secret, 'iv', EMPTY, 12);
  }

  /** The protection after a KeyUpdate: section 7.2. */
  next() {
    return new Protection13(
      this.suite,
      expandLabel(this.suite, this.#secret, 'traffic upd', EMPTY, this.#secret.length),
    );
  }

  /**
   * @param {Uint8Array} record with its header
   * @returns {Uint8Array | null} TLSInnerPlaintext; null if the authentication tag does not match
   */
  decrypt(record) {
    const nonce = nonceOf(this.iv, this.#sequence);
    return decrypt(
      this.suite,
      this.key,
      nonce,
      record.subarray(0, RECORD_HEADER_BYTES),
      record.subarray(RECORD_HEADER_BYTES),
    );
  }

  /** Moves to the next record, whether or not this one could be decrypted. */
  advance() {
    this.#sequence += 1;
  }
}

/* --- TLS 1.2 ---------------------------------------------------------------------- */

/**
 * P_hash of RFC 5246, section 5.
 * @param {Suite} suite
 * @param {Uint8Array} secret
 * @param {Uint8Array} seed
 * @param {number} length
 */
function prf({ hash }, secret, seed, length) {
  let chained = seed;
  let output = EMPTY;
  while (output.length < length) {
    chained = hmac(HASHES[hash], secret, chained);
    output = concat(output, hmac(HASHES[hash], secret, concat(chained, seed)));
  }
  return output.subarray(0, length);
}

/** Length of the explicit nonce in a TLS 1.2 record: RFC 5288, section 3; none in RFC 7905. @param {Suite} suite */
export function explicitNonceBytes({ aead }) {
  return aead === 'chacha20' ? 0 : 8;
}

/** Protection of one direction's records in TLS 1.2. */
export class Protection12 {
  #sequence = 0;

  /**
   * @param {Suite} suite
   * @param {Uint8Array} master the master secret
   * @param {Uint8Array} clientRandom
   * @param {Uint8Array} serverRandom
   * @param {boolean} client whether the client sends the records
   */
  constructor(suite, master, clientRandom, serverRandom, client) {
    this.suite = suite;
    const iv = 12 - explicitNonceBytes(suite);
    // RFC 5246, section 6.3; an AEAD has no MAC keys.
    const seed = concat(ascii('key expansion'), serverRandom, clientRandom);
    const block = prf(suite, master, seed, 2 * (suite.keyBytes + iv));
    const second = client ? 0 : 1;
    this.key = block.slice(second * suite.keyBytes, (second + 1) * suite.keyBytes);
    this.iv = block.slice(2 * suite.keyBytes + second * iv).subarray(0, iv);
  }

  /**
   * @param {Uint8Array} record with its header
   * @returns {Uint8Array | null} null if the authentication tag does not match
   */
  decrypt(record) {
    const explicit = explicitNonceBytes(this.suite);
    const sealed = record.subarray(RECORD_HEADER_BYTES + explicit);
    const length = sealed.length - this.suite.tagBytes;
    if (length < 0) return null;
    const nonce =
      explicit > 0
        ? concat(this.iv, record.subarray(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + explicit))
        : nonceOf(this.iv, this.#sequence);
    // RFC 5246, section 6.2.3.3
    const data = concat(bigEndian(this.#sequence, 8), record.subarray(0, 3), bigEndian(length, 2));
    return decrypt(this.suite, this.key, nonce, data, sealed);
  }

  advance() {
    this.#sequence += 1;
  }
}
