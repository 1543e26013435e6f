/** The type, size, curve and exponent of public keys of every kind, compared with OpenSSL. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { encodeCertificate } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import { parseCertificate } from '../../dist/index.js';
import { keyText } from '../../inspector/src/model/format.js';
import { openssl, opensslBytes } from '../helpers/certificates.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';

const signer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

/** @param {Uint8Array} publicKey SubjectPublicKeyInfo @returns the description of the key in a certificate */
async function describeKey(publicKey) {
  const certificate = encodeCertificate({
    serial: 1n,
    issuer: [{ CN: 'i' }],
    subject: [{ CN: 's' }],
    notBefore: '2024-01-01T00:00:00Z',
    notAfter: '2034-01-01T00:00:00Z',
    publicKey,
    signer,
  });
  const { oid: _, spkiSha256: __, ...numbers } = (await parseCertificate(certificate)).publicKey;
  return numbers;
}

/** @param {string} oid @param {Uint8Array} [parameters] @param {Uint8Array} [key] */
const spki = (oid, parameters = new Uint8Array(0), key = new Uint8Array(32)) =>
  der.sequence(der.sequence(der.oid(oid), parameters), der.bitString(key));

describe('keys made by OpenSSL have the size that OpenSSL says', () => {
  /** @type {[string, string[], object][]} */
  const keys = [
    ['RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], { type: 'RSA', exponent: 65537 }],
    ['RSA of an odd size', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1031'], { type: 'RSA', exponent: 65537 }],
    ['RSA-PSS', ['-algorithm', 'RSA-PSS'], { type: 'RSASSA-PSS', exponent: 65537 }],
    ['DH (PKCS#3)', ['-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'], { type: 'DH' }],
    ['DH (X9.42)', ['-algorithm', 'DHX', '-pkeyopt', 'dh_rfc5114:1'], { type: 'DH' }],
    ...['secp256k1', 'brainpoolP256r1', 'brainpoolP512t1', 'SM2', 'P-224', 'P-521'].map(
      (curve) =>
        /** @type {[string, string[], object]} */ ([
          curve,
          ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`],
          { type: 'EC', curve },
        ]),
    ),
  ];
  for (const [name, args, expected] of keys) {
    test(name, async () => {
      const key = await openssl(['genpkey', ...args], '');
      const text = await openssl(['pkey', '-text', '-noout'], key);
      const bits = Number(/\((\d+) bit/.exec(text)?.[1]);
      assert.ok(bits > 0, text);
      assert.deepEqual(await describeKey(await opensslBytes(['pkey', '-pubout', '-outform', 'DER'], key)), {
        ...expected,
        bits,
      });
    });
  }

  test('DSA', async () => {
    const { publicKey } = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
    assert.deepEqual(await describeKey(publicKey.export({ type: 'spki', format: 'der' })), { type: 'DSA', bits: 1024 });
  });

  test('EC with explicit parameters: no curve and no size', async () => {
    const args = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-pkeyopt', 'ec_param_enc:explicit'];
    const key = await openssl(['genpkey', ...args], '');
    assert.deepEqual(await describeKey(await opensslBytes(['pkey', '-pubout', '-outform', 'DER'], key)), {
      type: 'EC',
    });
  });
});

describe('keys of a fixed size', () => {
  for (const [type, oid, bits] of /** @type {const} */ ([
    ['X25519', '1.3.101.110', 253],
    ['X448', '1.3.101.111', 448],
    ['Ed25519', '1.3.101.112', 256],
    ['Ed448', '1.3.101.113', 456],
  ])) {
    test(type, async () => assert.deepEqual(await describeKey(spki(oid)), { type, bits }));
  }
});

describe('a key whose size is not known has none', () => {
  for (const [type, oid, parameters] of /** @type {[string, string, Uint8Array?][]} */ ([
    ['ML-DSA-44', '2.16.840.1.101.3.4.3.17'],
    ['ML-DSA-65', '2.16.840.1.101.3.4.3.18'],
    ['ML-DSA-87', '2.16.840.1.101.3.4.3.19'],
    ['GOST-2012-256', '1.2.643.7.1.1.1.1', der.sequence(der.oid('1.2.643.2.2.35.1'))],
    ['GOST-2001', '1.2.643.2.2.19', der.sequence(der.oid('1.2.643.2.2.35.1'), der.oid('1.2.643.2.2.30.1'))],
    ['DSA', '1.2.840.10040.4.1'], // with the parameters of its issuer
    ['id-ecDH', '1.3.132.1.12', der.oid('1.2.840.10045.3.1.7')], // id-ecDH
  ])) {
    test(oid, async () => assert.deepEqual(await describeKey(spki(oid, parameters)), { type }));
  }
  test('an unknown curve', async () => {
    const key = await describeKey(spki('1.2.840.10045.2.1', der.oid('1.2.3.4')));
    assert.deepEqual(key, { type: 'EC', curve: '1.2.3.4' });
  });
});

describe('the exponent of an RSA key is exact', () => {
  const modulus = der.integer((1n << 2047n) + 1n);
  for (const [exponent, expected] of /** @type {[bigint, number | string][]} */ ([
    [3n, 3],
    [2n ** 53n - 1n, 2 ** 53 - 1],
    [2n ** 53n, 2 ** 53],
    [2n ** 53n + 1n, '9007199254740993'],
    [2n ** 64n - 1n, '18446744073709551615'],
    [2n ** 64n + 1n, '0x010000000000000001'],
    [2n ** 2046n + 1n, `0x40${'00'.repeat(254)}01`],
  ])) {
    test(String(exponent).slice(0, 30), async () => {
      const key = spki('1.2.840.113549.1.1.1', der.nullValue(), der.sequence(modulus, der.integer(exponent)));
      const described = await describeKey(key);
      assert.deepEqual(described, { type: 'RSA', bits: 2048, exponent: expected });
      assert.equal(BigInt(/** @type {number | string} */ (described.exponent)), exponent);
      assert.ok(keyText({ ...described, oid: '', spkiSha256: '' }).endsWith(`exponent ${expected}`));
    });
  }
});

test('the shared cases have the right numbers', { skip: skipSharedCases }, async () => {
  const key = async (/** @type {string} */ file) => {
    const {
      oid: _,
      spkiSha256: __,
      ...numbers
    } = (await parseCertificate(sharedCase(`17-wrong-key-numbers/${file}`))).publicKey;
    return numbers;
  };
  assert.deepEqual(await key('dsa1024.pem'), { type: 'DSA', bits: 1024 });
  assert.deepEqual(await key('dh.pem'), { type: 'DH', bits: 2048 });
  assert.deepEqual(await key('rsa-e-2e53+1.pem'), { type: 'RSA', bits: 2048, exponent: '9007199254740993' });
});
