/** Secrets, key exchange, signatures and record protection, with node:crypto. */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  sign as signWith,
  verify as verifyWith,
  X509Certificate,
} from 'node:crypto';
import { bytes, join, reader, uint, vector } from './bytes.js';

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {'sha256' | 'sha384'} Hash */

/** Cipher suites. `auth` is the key type of the server in TLS 1.2. */
export const SUITES = {
  0x1301: { cipher: /** @type {const} */ ('aes-128-gcm'), keyBytes: 16, hash: /** @type {Hash} */ ('sha256') },
  0x1302: { cipher: /** @type {const} */ ('aes-256-gcm'), keyBytes: 32, hash: /** @type {Hash} */ ('sha384') },
  0x1303: { cipher: /** @type {const} */ ('chacha20-poly1305'), keyBytes: 32, hash: /** @type {Hash} */ ('sha256') },
  0xc02b: { cipher: /** @type {const} */ ('aes-128-gcm'), keyBytes: 16, hash: /** @type {Hash} */ ('sha256') },
  0xc02c: { cipher: /** @type {const} */ ('aes-256-gcm'), keyBytes: 32, hash: /** @type {Hash} */ ('sha384') },
  0xc02f: { cipher: /** @type {const} */ ('aes-128-gcm'), keyBytes: 16, hash: /** @type {Hash} */ ('sha256') },
  0xcca8: { cipher: /** @type {const} */ ('chacha20-poly1305'), keyBytes: 32, hash: /** @type {Hash} */ ('sha256') },
  0xcca9: { cipher: /** @type {const} */ ('chacha20-poly1305'), keyBytes: 32, hash: /** @type {Hash} */ ('sha256') },
};
/** @typedef {(typeof SUITES)[keyof typeof SUITES]} Suite */

/** @param {Hash} hash @param {Uint8Array} octets */
export const digest = (hash, octets) => createHash(hash).update(octets).digest();
/** @param {Hash} hash @param {Uint8Array} key @param {Uint8Array} octets */
export const hmac = (hash, key, octets) => createHmac(hash, key).update(octets).digest();

/* --- TLS 1.3 secrets (RFC 8446, section 7.1) ------------------------------------------- */

/** HKDF-Expand-Label, for lengths up to one digest. @param {Hash} hash @param {Uint8Array} secret @param {string} label @param {Uint8Array} context @param {number} length */
export const expandLabel = (hash, secret, label, context, length) =>
  hmac(
    hash,
    secret,
    join(uint(length, 2), vector(1, bytes(`tls13 ${label}`)), vector(1, context), Uint8Array.of(1)),
  ).subarray(0, length);

/** Derive-Secret. @param {Hash} hash @param {Uint8Array} secret @param {string} label @param {Uint8Array} transcript */
const derive = (hash, secret, label, transcript) => {
  const context = digest(hash, transcript);
  return expandLabel(hash, secret, label, context, context.length);
};

/** @param {Hash} hash @param {Uint8Array} shared of the key exchange @param {Uint8Array} transcript up to ServerHello */
export function handshakeSecrets(hash, shared, transcript) {
  const none = new Uint8Array();
  const zeros = new Uint8Array(digest(hash, none).length);
  const early = hmac(hash, zeros, zeros);
  const handshake = hmac(hash, derive(hash, early, 'derived', none), shared);
  return {
    clientHandshake: derive(hash, handshake, 'c hs traffic', transcript),
    serverHandshake: derive(hash, handshake, 's hs traffic', transcript),
    master: hmac(hash, derive(hash, handshake, 'derived', none), zeros),
  };
}

/** @param {Hash} hash @param {Uint8Array} master @param {Uint8Array} transcript up to the server's Finished */
export const applicationSecrets = (hash, master, transcript) => ({
  client: derive(hash, master, 'c ap traffic', transcript),
  server: derive(hash, master, 's ap traffic', transcript),
});

/** The secret after a KeyUpdate (section 7.2). @param {Hash} hash @param {Uint8Array} secret */
export const nextSecret = (hash, secret) => expandLabel(hash, secret, 'traffic upd', new Uint8Array(), secret.length);

/** The verify_data of Finished (section 4.4.4). @param {Hash} hash @param {Uint8Array} secret @param {Uint8Array} transcript */
export const finished13 = (hash, secret, transcript) =>
  hmac(hash, expandLabel(hash, secret, 'finished', new Uint8Array(), secret.length), digest(hash, transcript));

/* --- TLS 1.2 secrets (RFC 5246, section 5) ---------------------------------------------- */

/** @param {Hash} hash @param {Uint8Array} secret @param {string} label @param {Uint8Array} seed @param {number} length */
export function prf(hash, secret, label, seed, length) {
  const all = join(bytes(label), seed);
  let a = hmac(hash, secret, all);
  let out = new Uint8Array();
  while (out.length < length) {
    out = join(out, hmac(hash, secret, join(a, all)));
    a = hmac(hash, secret, a);
  }
  return out.subarray(0, length);
}

/* --- key exchange ------------------------------------------------------------------------ */

/** Named groups by their names in OpenSSL. @type {Record<number, string>} */
export const GROUPS = { 29: 'x25519', 23: 'prime256v1', 24: 'secp384r1', 25: 'secp521r1' };

/** Our half of a key exchange. @param {number} group @returns {{ share: Uint8Array, agree(theirs: Uint8Array): Uint8Array }} */
export function keyExchange(group) {
  if (group !== 29) {
    const ours = createECDH(GROUPS[group]);
    return { share: ours.generateKeys(), agree: (theirs) => ours.computeSecret(theirs) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    share: Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url'),
    agree(theirs) {
      const key = { kty: 'OKP', crv: 'X25519', x: Buffer.from(theirs).toString('base64url') };
      return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'jwk' }) });
    },
  };
}

/* --- signatures ------------------------------------------------------------------------- */

/** The hash of a SignatureScheme (RFC 8446, section 4.2.3). @param {number} scheme */
const hashOf = (scheme) => {
  if (scheme >> 8 === 8) return { 4: 'sha256', 5: 'sha384', 6: 'sha512' }[scheme & 255];
  return { 2: 'sha1', 4: 'sha256', 5: 'sha384', 6: 'sha512' }[scheme >> 8];
};

/** @param {number} scheme @param {KeyObject} key */
const options = (scheme, key) =>
  scheme >> 8 === 8 && scheme !== 0x0807
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : key;

/** Signs with any scheme that the key's type allows; the curve need not fit. @param {number} scheme @param {KeyObject} key @param {Uint8Array} octets */
export const sign = (scheme, key, octets) => signWith(hashOf(scheme), octets, options(scheme, key));

/** The scheme of a CertificateVerify, which is verified. @param {Buffer[]} chain @param {Buffer} body @param {Uint8Array} octets that are signed */
export function verifiedScheme(chain, body, octets) {
  const from = reader(body);
  const scheme = from.uint(2);
  const key = new X509Certificate(chain[0]).publicKey;
  if (!verifyWith(hashOf(scheme), octets, options(scheme, key), from.vector(2))) {
    throw new Error('CertificateVerify is wrong');
  }
  return scheme;
}

/** The schemes that fit a key, best first. @param {KeyObject} key @param {boolean} tls12 */
export function schemesOf(key, tls12) {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return [0x0807];
    case 'rsa':
      return tls12 ? [0x0804, 0x0401, 0x0501, 0x0601] : [0x0804, 0x0805, 0x0806];
    default: {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      return curve === 'secp384r1' ? [0x0503] : curve === 'secp521r1' ? [0x0603] : [0x0403];
    }
  }
}

/* --- record protection ------------------------------------------------------------------ */

const TAG = 16;

/** @param {Uint8Array} iv @param {number} sequence */
function xorNonce(iv, sequence) {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  return nonce;
}

/** @param {Suite} suite @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} aad @param {Uint8Array} plaintext */
function encrypt(suite, key, nonce, aad, plaintext) {
  const cipher = createCipheriv(/** @type {'aes-128-gcm'} */ (suite.cipher), key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return join(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** Throws if the tag is wrong. @param {Suite} suite @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} aad @param {Uint8Array} sealed */
function decrypt(suite, key, nonce, aad, sealed) {
  const cipher = createDecipheriv(/** @type {'aes-128-gcm'} */ (suite.cipher), key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad, { plaintextLength: sealed.length - TAG });
  cipher.setAuthTag(sealed.subarray(-TAG));
  return join(cipher.update(sealed.subarray(0, -TAG)), cipher.final());
}

/**
 * The keys of one direction. They count their records.
 * @typedef {object} Protection
 * @property {(header: Uint8Array, plaintext: Uint8Array) => Uint8Array} seal the fragment of a record. In
 *   TLS 1.3 the plaintext is a TLSInnerPlaintext; `header` are type and version, 3 octets
 * @property {(header: Uint8Array, fragment: Uint8Array) => Uint8Array} open its plaintext
 */

/** RFC 8446, section 5.2. @param {Suite} suite @param {Uint8Array} secret @returns {Protection} */
export function protection13(suite, secret) {
  const none = new Uint8Array();
  const key = expandLabel(suite.hash, secret, 'key', none, suite.keyBytes);
  const iv = expandLabel(suite.hash, secret, 'iv', none, 12);
  let sequence = 0;
  return {
    seal: (header, plaintext) =>
      encrypt(suite, key, xorNonce(iv, sequence++), join(header, uint(plaintext.length + TAG, 2)), plaintext),
    open: (header, fragment) =>
      decrypt(suite, key, xorNonce(iv, sequence++), join(header, uint(fragment.length, 2)), fragment),
  };
}

/** RFC 5246, section 6.2.3.3; RFC 5288; RFC 7905. @param {Suite} suite @param {Uint8Array} key @param {Uint8Array} iv 4 octets for AES-GCM, or 12 @returns {Protection} */
export function protection12(suite, key, iv) {
  const explicit = iv.length === 4 ? 8 : 0;
  let sequence = 0;
  const counter = () => join(uint(0, 4), uint(sequence, 4));
  const nonce = (/** @type {Uint8Array} */ sent) => (explicit > 0 ? join(iv, sent) : xorNonce(iv, sequence));
  return {
    seal(header, plaintext) {
      const sent = explicit > 0 ? counter() : new Uint8Array();
      const aad = join(counter(), header, uint(plaintext.length, 2));
      const sealed = encrypt(suite, key, nonce(sent), aad, plaintext);
      sequence++;
      return join(sent, sealed);
    },
    open(header, fragment) {
      const aad = join(counter(), header, uint(fragment.length - explicit - TAG, 2));
      const opened = decrypt(suite, key, nonce(fragment.subarray(0, explicit)), aad, fragment.subarray(explicit));
      sequence++;
      return opened;
    },
  };
}

/** The keys of both directions (RFC 5246, section 6.3). @param {Suite} suite @param {Uint8Array} master @param {Uint8Array} seed server's random, client's random */
export function protections12(suite, master, seed) {
  const ivBytes = suite.cipher === 'chacha20-poly1305' ? 12 : 4;
  const block = prf(suite.hash, master, 'key expansion', seed, 2 * (suite.keyBytes + ivBytes));
  const [clientKey, serverKey] = [0, 1].map((i) => block.subarray(i * suite.keyBytes, (i + 1) * suite.keyBytes));
  const ivs = block.subarray(2 * suite.keyBytes);
  return {
    client: protection12(suite, clientKey, ivs.subarray(0, ivBytes)),
    server: protection12(suite, serverKey, ivs.subarray(ivBytes)),
  };
}
