/** AES-GCM and ChaCha20-Poly1305 from Node's OpenSSL, faster than our own. Browsers offer only an asynchronous API. */

/** @typedef {(...args: unknown[]) => import('node:crypto').CipherGCM & import('node:crypto').DecipherGCM} MakeCipher */
/** @typedef {{createCipheriv: MakeCipher, createDecipheriv: MakeCipher}} NodeCiphers the part of node:crypto used here */

/** In the order of host/host.h: OpenSSL's name, key length in bytes, and in base64 the start of the tag that selfTest() expects. */
const CIPHERS = /** @type {const} */ ([
  ['aes-128-gcm', 16, 'fEubNHuU'],
  ['aes-256-gcm', 32, 'nan132V4'],
  ['chacha20-poly1305', 32, 'zbPQWORK'],
]);

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Records that our own code handles first: most connections have fewer, so they skip the self-test. */
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
 * Encrypts or decrypts one record in `bytes`. If it throws, it has written nothing.
 * @param {NodeCiphers} ciphers
 * @param {Uint8Array} bytes
 * @param {number[]} args
 */
function crypt(ciphers, bytes, [cipher, decrypt, key, nonce, ad, adLength, input, length, output, tag]) {
  const part = (/** @type {number} */ at, /** @type {number} */ size) => bytes.subarray((at >>>= 0), at + size);
  const [name, keyLength] = CIPHERS[cipher];
  const make = decrypt ? ciphers.createDecipheriv : ciphers.createCipheriv;
  const coder = make(name, part(key, keyLength), part(nonce, NONCE_BYTES), { authTagLength: TAG_BYTES });
  coder.setAAD(part(ad, adLength));
  if (decrypt) {
    coder.setAuthTag(part(tag, TAG_BYTES));
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
 * Whether encryption yields the known tag, and decryption returns the plaintext and rejects a changed tag.
 * `bytes` holds: key at 0, nonce at 32, additional data at 44, plaintext at 49, ciphertext at 104, tag at 160,
 * decrypted text at 200.
 * @param {NodeCiphers} ciphers
 * @param {number} cipher
 */
function selfTest(ciphers, cipher) {
  const bytes = Uint8Array.from({ length: 255 }, (_, i) => i);
  const decrypt = () => crypt(ciphers, bytes, [cipher, 1, 0, 32, 44, 5, 104, 55, 200, 160]);
  crypt(ciphers, bytes, [cipher, 0, 0, 32, 44, 5, 49, 55, 104, 160]);
  decrypt();
  const correct =
    btoa(String.fromCharCode(...bytes.subarray(160, 166))) === CIPHERS[cipher][2] &&
    bytes.subarray(200).every((byte, i) => byte === 49 + i);
  bytes[175] ^= 1;
  try {
    decrypt();
  } catch {
    return correct;
  }
  return false;
}

/**
 * Makes pagetls_host_aead() of host/host.h. Loads node:crypto right away: loading a module during a call from the core
 * could run other code (Deno runs microtasks then).
 * @param {() => Uint8Array} memory the module's whole memory
 * @returns {(...args: number[]) => number}
 */
export function hostAead(memory) {
  const ciphers = nodeCiphers();
  let records = 0;
  /** Result of the self-test by cipher; undefined before it. @type {boolean[]} */
  const passed = [];

  return (...args) => {
    const [cipher] = args;
    if (ciphers && ++records > WARMUP_RECORDS && passed[cipher] !== false) {
      try {
        if ((passed[cipher] ??= selfTest(ciphers, cipher))) {
          crypt(ciphers, memory(), args);
          return 0;
        }
      } catch {
        passed[cipher] ??= false;
      }
    }
    return 1;
  };
}
