/** Encrypted keys and PKCS#12, as no tool at hand writes them. */
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import * as der from '../../certs/der.js';

/** In the order of wasm/crypto/digest.h. */
export const DIGESTS = ['', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
const HMAC_OIDS = [
  '',
  '1.2.840.113549.2.7',
  '1.2.840.113549.2.8',
  '1.2.840.113549.2.9',
  '1.2.840.113549.2.10',
  '1.2.840.113549.2.11',
];
const DIGEST_OIDS = [
  '',
  '1.3.14.3.2.26',
  '2.16.840.1.101.3.4.2.4',
  '2.16.840.1.101.3.4.2.1',
  '2.16.840.1.101.3.4.2.2',
  '2.16.840.1.101.3.4.2.3',
];

/**
 * RFC 7292, appendix B.2, with big numbers.
 * @param {string} digest @param {number} purpose @param {Buffer} password @param {Buffer} salt @param {number} iterations
 * @param {number} length
 */
export function pkcs12Key(digest, purpose, password, salt, iterations, length) {
  const v = /384|512/.test(digest) ? 128 : 64;
  /** @param {Buffer} bytes */
  const stretched = (bytes) => {
    const size = Math.ceil(bytes.length / v) * v;
    return Buffer.alloc(size, bytes.length > 0 ? bytes : 0);
  };
  let i = Buffer.concat([stretched(salt), stretched(password)]);
  let out = Buffer.alloc(0);
  while (out.length < length) {
    let a = createHash(digest).update(Buffer.alloc(v, purpose)).update(i).digest();
    for (let n = 1; n < iterations; n++) a = createHash(digest).update(a).digest();
    out = Buffer.concat([out, a]);
    const b = BigInt(`0x${Buffer.alloc(v, a).toString('hex')}`) + 1n;
    i = Buffer.concat(
      Array.from({ length: i.length / v }, (_, n) => {
        const sum = BigInt(`0x${i.subarray(n * v, (n + 1) * v).toString('hex')}`) + b;
        return Buffer.from(
          BigInt.asUintN(8 * v, sum)
            .toString(16)
            .padStart(2 * v, '0'),
          'hex',
        );
      }),
    );
  }
  return out.subarray(0, length);
}

/** @param {number} digest @param {Buffer} salt @param {number} iterations @param {number} [length] */
export const pbkdf2 = (digest, salt, iterations, length) =>
  der.sequence(
    der.oid('1.2.840.113549.1.5.12'),
    der.sequence(
      ...[der.octetString(salt), der.integer(iterations)],
      ...(length === undefined ? [] : [der.integer(length)]),
      ...(digest === 1 ? [] : [der.sequence(der.oid(HMAC_OIDS[digest]), der.nullValue())]),
    ),
  );

/** @param {Uint8Array} kdf @param {Buffer} key @param {Buffer} iv @param {Uint8Array} data */
export function pbes2(kdf, key, iv, data) {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const scheme = der.sequence(der.oid('2.16.840.1.101.3.4.1.42'), der.octetString(iv));
  return der.sequence(
    der.sequence(der.oid('1.2.840.113549.1.5.13'), der.sequence(kdf, scheme)),
    der.octetString(Buffer.concat([cipher.update(data), cipher.final()])),
  );
}

/** BER: an element of indefinite length. @param {number} tag @param {...Uint8Array} parts */
const indefinite = (tag, ...parts) => Buffer.concat([Buffer.of(tag, 0x80), ...parts, Buffer.of(0, 0)]);
/** BER: an OCTET STRING in parts. @param {Uint8Array} octets @param {number} [tag] */
const divided = (octets, tag = 0x24) => {
  const parts = [];
  for (let at = 0; at < octets.length; at += 100) parts.push(der.octetString(octets.subarray(at, at + 100)));
  return indefinite(tag, ...parts);
};

/** @param {string} passphrase */
export const bmp = (passphrase) => Buffer.from(`${passphrase}\0`, 'utf16le').swap16();

/**
 * PKCS#12 with bags that are not encrypted, and a MAC.
 * @param {object} options
 * @param {(content: Buffer) => Uint8Array | null} options.mac
 * @param {boolean} [options.ber]
 * @param {Uint8Array[]} options.bags
 * @param {(content: Uint8Array) => Uint8Array} [options.encrypt] to a ContentInfo
 */
export function pkcs12({ mac, ber = false, bags, encrypt }) {
  const octets = ber ? divided : der.octetString;
  const sequence = (/** @type {Uint8Array[]} */ ...parts) =>
    ber ? indefinite(0x30, ...parts) : der.sequence(...parts);
  const explicit = (/** @type {Uint8Array} */ part) => (ber ? indefinite(0xa0, part) : der.constructed(0, part));
  const data = (/** @type {Uint8Array} */ content) =>
    sequence(der.oid('1.2.840.113549.1.7.1'), explicit(octets(content)));
  const inner = sequence(...bags);
  const content = Buffer.from(sequence(encrypt ? encrypt(inner) : data(inner)));
  const end = mac(content);
  return Buffer.from(sequence(der.integer(3), data(content), ...(end ? [end] : [])));
}

/** @param {number} type @param {Uint8Array} value */
export const bag = (type, value) =>
  der.sequence(der.oid(`1.2.840.113549.1.12.10.1.${type}`), der.constructed(0, value));

/** @param {Uint8Array} algorithm @param {Uint8Array} digest @param {Buffer} salt @param {number} [iterations] */
const macData = (algorithm, digest, salt, iterations) =>
  der.sequence(
    der.sequence(algorithm, der.octetString(digest)),
    der.octetString(salt),
    ...(iterations === undefined ? [] : [der.integer(iterations)]),
  );

/** @param {number} digest @param {Buffer} password as a BMPString @param {number} [iterations] @returns {(content: Buffer) => Uint8Array} */
export const oldMac = (digest, password, iterations) => (content) => {
  const salt = Buffer.from('12345678');
  const size = createHash(DIGESTS[digest]).digest().length;
  const key = pkcs12Key(DIGESTS[digest], 3, password, salt, iterations ?? 1, size);
  const mac = createHmac(DIGESTS[digest], key).update(content).digest();
  return macData(der.sequence(der.oid(DIGEST_OIDS[digest]), der.nullValue()), mac, salt, iterations);
};

/** RFC 9579. @param {number} digest @param {string} passphrase @param {number} [iterations] @returns {(content: Buffer) => Uint8Array} */
export const pbmac1 =
  (digest, passphrase, iterations = 20) =>
  (content) => {
    const salt = randomBytes(16);
    const size = createHash(DIGESTS[digest]).digest().length;
    const mac = createHmac(DIGESTS[digest], pbkdf2Sync(passphrase, salt, iterations, size, 'sha256'))
      .update(content)
      .digest();
    const hmac = der.sequence(der.oid(HMAC_OIDS[digest]), der.nullValue());
    const parameters = der.sequence(pbkdf2(3, salt, iterations, size), hmac);
    return macData(der.sequence(der.oid('1.2.840.113549.1.5.14'), parameters), mac, Buffer.from('NOT USED'), 1);
  };
