/** AES-CCM decryption (RFC 3610), built from AES-CTR and AES-CBC. */
import { cbc, ctr } from '@noble/ciphers/aes.js';

const BLOCK_BYTES = 16;

/** 15 less the length of the nonce. */
const COUNTER_BYTES = 3;

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce 12 bytes
 * @param {Uint8Array} data additional authenticated data, 1 to 65279 bytes
 * @param {Uint8Array} sealed ciphertext and tag, at least tagBytes long
 * @param {number} tagBytes
 * @returns {Uint8Array} the plaintext
 * @throws {Error} if the tag does not match
 */
export function decryptCcm(key, nonce, data, sealed, tagBytes) {
  const length = sealed.length - tagBytes;
  // Section 2.3: the first block of the key stream encrypts the tag, the others the plaintext.
  const masked = new Uint8Array(BLOCK_BYTES + length);
  masked.set(sealed.subarray(length));
  masked.set(sealed.subarray(0, length), BLOCK_BYTES);
  const start = new Uint8Array(BLOCK_BYTES);
  start[0] = COUNTER_BYTES - 1;
  start.set(nonce, 1);
  const clear = ctr(key, start).decrypt(masked);
  const plaintext = clear.subarray(BLOCK_BYTES);
  const expected = computeTag(key, nonce, data, plaintext, tagBytes);
  const difference = expected.reduce((sum, byte, at) => sum | (byte ^ clear[at]), 0);
  if (difference !== 0) throw new Error('invalid tag');
  return plaintext;
}

/**
 * CBC-MAC (section 2.2).
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} data
 * @param {Uint8Array} plaintext
 * @param {number} tagBytes
 */
function computeTag(key, nonce, data, plaintext, tagBytes) {
  const begin = BLOCK_BYTES + Math.ceil((2 + data.length) / BLOCK_BYTES) * BLOCK_BYTES;
  const blocks = new Uint8Array(begin + Math.ceil(plaintext.length / BLOCK_BYTES) * BLOCK_BYTES);
  const view = new DataView(blocks.buffer);
  blocks[0] = 0x40 | (((tagBytes - 2) / 2) << 3) | (COUNTER_BYTES - 1);
  blocks.set(nonce, 1);
  view.setUint16(14, plaintext.length); // the length field's first byte stays 0: records are shorter than 64 KB
  view.setUint16(BLOCK_BYTES, data.length);
  blocks.set(data, BLOCK_BYTES + 2);
  blocks.set(plaintext, begin);
  const chained = cbc(key, new Uint8Array(BLOCK_BYTES), { disablePadding: true }).encrypt(blocks);
  return chained.subarray(-BLOCK_BYTES).subarray(0, tagBytes);
}
