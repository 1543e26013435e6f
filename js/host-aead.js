/** AES-GCM and ChaCha20-Poly1305 by Node's OpenSSL, faster than ours. What browsers have does not answer at once. */

/** @typedef {(...args: unknown[]) => import('node:crypto').CipherGCM & import('node:crypto').DecipherGCM} MakeCipher */
/** @typedef {{createCipheriv: MakeCipher, createDecipheriv: MakeCipher}} NodeCiphers the part of node:crypto that is used */

/** As in host/host.h: name, bytes of a key, and the first bytes of the tag that prove() compares, in base64. */
const CIPHERS = /** @type {const} */ ([
  ['aes-128-gcm', 16, 'fEubNHuU'],
  ['aes-256-gcm', 32, 'nan132V4'],
  ['chacha20-poly1305', 32, 'zbPQWORK'],
]);

/** Records that our own code does before the host's ciphers are proven: most connections have fewer, and need no proof. */
const WARMUP_RECORDS = 16;

/** @returns {NodeCiphers | undefined} */
function nodeCiphers() {
  try {
    const found = /** @type {NodeCiphers | undefined} */ (
      /** @type {unknown} */ (process.getBuiltinModule('node:crypto'))
    );
    const complete = typeof found?.createCipheriv === 'function' && typeof found.createDecipheriv === 'function';
    return complete ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Throws, if it does, before anything is written.
 * @param {NodeCiphers} ciphers
 * @param {Uint8Array} bytes
 * @param {number[]} args
 */
function crypt(ciphers, bytes, [cipher, decrypt, key, nonce, ad, adLength, input, length, output, tag]) {
  const part = (/** @type {number} */ at, /** @type {number} */ size) => bytes.subarray((at >>>= 0), at + size);
  const [name, keyLength] = CIPHERS[cipher];
  const make = decrypt ? ciphers.createDecipheriv : ciphers.createCipheriv;
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

/**
 * Whether the tag is right, what was encrypted comes back, and not with another tag.
 * @param {NodeCiphers} ciphers
 * @param {number} cipher
 */
function prove(ciphers, cipher) {
  const bytes = Uint8Array.from({ length: 255 }, (_, i) => i);
  const decrypt = () => crypt(ciphers, bytes, [cipher, 1, 0, 32, 44, 5, 104, 55, 200, 160]);
  crypt(ciphers, bytes, [cipher, 0, 0, 32, 44, 5, 49, 55, 104, 160]);
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

/**
 * Makes pagetls_host_aead() of host/host.h. It looks for node:crypto now: loading a module inside of a call from the
 * core would run other code there (Deno runs microtasks then).
 * @param {() => Uint8Array} memory all of the module's
 * @returns {(...args: number[]) => number}
 */
export function hostAead(memory) {
  const ciphers = nodeCiphers();
  let asked = 0;
  /** By cipher; undefined until it has been tried. @type {boolean[]} */
  const proven = [];

  return (...args) => {
    const [cipher] = args;
    if (ciphers && ++asked > WARMUP_RECORDS && proven[cipher] !== false) {
      try {
        if ((proven[cipher] ??= prove(ciphers, cipher))) {
          crypt(ciphers, memory(), args);
          return 0;
        }
      } catch {
        proven[cipher] ??= false;
      }
    }
    return 1;
  };
}
