/** AES-GCM and ChaCha20-Poly1305 by Node's OpenSSL, faster than ours. What browsers have does not answer at once. */

/** @typedef {(...args: unknown[]) => import('node:crypto').CipherGCM & import('node:crypto').DecipherGCM} Make */

/** As in platform.h: name, bytes of a key, and how the tag that prove() asks for begins. */
const CIPHERS = /** @type {const} */ ([
  ['aes-128-gcm', 16, 'fEubNHuU'],
  ['aes-256-gcm', 32, 'nan132V4'],
  ['chacha20-poly1305', 32, 'zbPQWORK'],
]);

/** Records that our own code does in the time of loading and proving: most connections have fewer. */
const FIRST = 16;

/**
 * Makes pagetls_host_aead() of platform.h.
 * @param {() => Uint8Array} memory all of the module's
 * @returns {(...args: number[]) => number}
 */
export function hostAead(memory) {
  let asked = 0;
  /** @type {typeof import('node:crypto')} */
  let crypto;
  /** @type {boolean[]} */
  const proven = [];

  /** Throws, if it does, before anything is written. @param {Uint8Array} bytes @param {number[]} args */
  function crypt(bytes, [cipher, decrypt, key, nonce, ad, adLength, input, length, output, tag]) {
    const part = (/** @type {number} */ at, /** @type {number} */ size) => bytes.subarray((at >>>= 0), at + size);
    const [name, keyLength] = CIPHERS[cipher];
    const make = /** @type {Make} */ (decrypt ? crypto.createDecipheriv : crypto.createCipheriv);
    const coder = make(name, part(key, keyLength), part(nonce, 12), { authTagLength: 16 });
    coder.setAAD(part(ad, adLength));
    if (decrypt) {
      coder.setAuthTag(part(tag, 16));
    }
    const text = coder.update(part(input, length));
    try {
      coder.final();
      if (text.length !== length) {
        throw Error();
      }
      if (!decrypt) {
        bytes.set(coder.getAuthTag(), tag >>> 0);
      }
      bytes.set(text, output >>> 0);
    } finally {
      text.fill(0);
    }
  }

  /** Whether the tag is right, what was encrypted comes back, and not with another tag. @param {number} cipher */
  function prove(cipher) {
    const bytes = Uint8Array.from({ length: 255 }, (_, i) => i);
    const decrypt = () => crypt(bytes, [cipher, 1, 0, 32, 44, 5, 104, 55, 200, 160]);
    crypt(bytes, [cipher, 0, 0, 32, 44, 5, 49, 55, 104, 160]);
    decrypt();
    const good =
      btoa(String.fromCharCode(...bytes.subarray(160, 166))) === CIPHERS[cipher][2] &&
      bytes.subarray(200).every((byte, i) => byte === 49 + i);
    bytes[175] ^= 1;
    try {
      decrypt();
    } catch {
      return good;
    }
    return false;
  }

  return (...args) => {
    const [cipher] = args;
    if (++asked > FIRST && proven[cipher] !== false) {
      try {
        crypto ??= process.getBuiltinModule('node:crypto');
        if ((proven[cipher] ??= prove(cipher))) {
          crypt(memory(), args);
          return 0;
        }
      } catch {
        proven[cipher] ??= false;
      }
    }
    return 1;
  };
}
