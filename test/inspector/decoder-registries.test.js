/**
 * The inspector's decoder: names from registries, and messages that only other implementations send.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { CIPHER_SUITES, suiteOf } from '../../inspector/src/tls/cipher-suites.js';
import { readHandshake } from '../../inspector/src/tls/handshake.js';
import * as names from '../../inspector/src/tls/names.js';
import { assertTiled, fieldOf } from '../helpers/recorded.js';

/** @typedef {import('../../inspector/src/tls/types.js').Field} Field */

/** @param {number} value @param {number} size in bytes */
const number = (value, size) => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');

/** @param {number} size of the length @param {...(Uint8Array | number)} parts bytes, or two-byte numbers */
function vector(size, ...parts) {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'number' ? number(part, 2) : part)));
  return Buffer.concat([number(content.length, size), content]);
}

/** @param {number} type @param {...Uint8Array} parts */
const extension = (type, ...parts) => Buffer.concat([number(type, 2), vector(2, ...parts)]);

/** @param {number} type @param {...Uint8Array} parts */
const message = (type, ...parts) => Buffer.concat([number(type, 1), vector(3, ...parts)]);

const random = Buffer.alloc(32, 7);

/** @param {Uint8Array[]} extensions @param {number[]} [suites] */
const clientHello = (extensions, suites = [0x1301]) =>
  message(
    1,
    number(0x0303, 2),
    random,
    vector(1),
    vector(2, ...suites),
    vector(1, number(0, 1)),
    vector(2, ...extensions),
  );

/**
 * @param {Uint8Array} bytes
 * @param {number | null} [version]
 * @param {number} [cipherSuite]
 */
function read(bytes, version = 0x0304, cipherSuite = 0x1301) {
  const result = readHandshake(bytes, { version, cipherSuite });
  assertTiled(result.fields, bytes.length);
  return result;
}

/** @param {Field[]} fields @returns {Record<string, string>} values of the extensions by name */
function extensionsOf(fields) {
  const all = fieldOf(fields, 'Extensions')?.children.slice(1) ?? [];
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

describe('the registries', () => {
  test('have the same numbers and names of cipher suites as OpenSSL', () => {
    const output = execFileSync('openssl', ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], {
      encoding: 'utf8',
    });
    let compared = 0;
    for (const [, high, low, name] of output.matchAll(/0x(..),0x(..) - (TLS_\S+)/g)) {
      const known = CIPHER_SUITES[parseInt(high + low, 16)];
      if (known === undefined) continue;
      assert.equal(known, name);
      compared++;
    }
    assert.ok(compared > 40, `${compared} compared`);
  });

  test('derive the record protection from the name of a suite', () => {
    assert.deepEqual(suiteOf(0xc02c), { aead: 'gcm', keyBytes: 32, tagBytes: 16, hash: 'sha384' });
    assert.deepEqual(suiteOf(0xc0ae), { aead: 'ccm', keyBytes: 16, tagBytes: 8, hash: 'sha256' });
    assert.deepEqual(suiteOf(0xcca8), { aead: 'chacha20', keyBytes: 32, tagBytes: 16, hash: 'sha256' });
    assert.equal(suiteOf(0xc027), null); // AES-CBC
    assert.equal(suiteOf(0x1399), null);
  });

  test('show GREASE and unknown numbers as such', () => {
    assert.equal(names.numberedCipherSuite(0xdada), 'GREASE 0xdada');
    assert.equal(names.isGrease(0x1a2a), false);
    assert.equal(names.numberedCipherSuite(0x1399), 'unknown 0x1399');
    assert.equal(names.numberedCipherSuite(0x1301), 'TLS_AES_128_GCM_SHA256 (0x1301)');
    assert.equal(names.alertName(99), 'unknown 0x63');
    assert.equal(names.pskModeName(0x2a), 'GREASE 0x2a');
    assert.equal(names.numberedSignatureScheme(0x0402), 'dsa_sha256 (0x0402)');
    assert.equal(names.signatureSchemeName12(0x0403), 'ecdsa_sha256');
  });
});

describe('the decoder', () => {
  test('reads a ClientHello with GREASE and every known extension', () => {
    const share = (/** @type {number} */ group) => Buffer.concat([number(group, 2), vector(2, Buffer.alloc(5))]);
    const { fields, facts, name } = read(
      clientHello(
        [
          extension(0x3a3a),
          extension(0, vector(2, number(0, 1), vector(2, Buffer.from('host.example')))),
          extension(1, number(4, 1)),
          extension(5, number(1, 1), vector(2), vector(2)),
          extension(10, vector(2, 0x4a4a, 4588, 29)),
          extension(11, vector(1, number(0, 1))),
          extension(13, vector(2, 0x0403, 0x0804, 0x0201)),
          extension(16, vector(2, vector(1, Buffer.from('h2')), vector(1, Buffer.from('\u202e\u0007')))),
          extension(17, number(0, 2)),
          extension(18),
          extension(21, Buffer.alloc(9)),
          extension(23),
          extension(27, vector(1, 2, 1)),
          extension(28, number(16385, 2)),
          extension(35, Buffer.alloc(3)),
          extension(43, vector(1, 0x5a5a, 0x0304, 0x0303)),
          extension(44, vector(2, Buffer.from('cookie'))),
          extension(45, vector(1, number(1, 1), number(0x0b, 1))),
          extension(50, vector(2, 0x0807)),
          extension(51, vector(2, share(0x6a6a), share(29))),
          extension(0xff01, vector(1)),
          extension(0x1234, Buffer.from('??')),
          extension(41, vector(2, vector(2, Buffer.from('id')), number(1, 4)), vector(2, vector(1, Buffer.alloc(32)))),
        ],
        [0x0a0a, 0x1301, 0xfefe],
      ),
    );
    assert.equal(name, 'ClientHello');
    assert.ok(
      fields.every(({ malformed }) => !malformed),
      JSON.stringify(fields.find(({ malformed }) => malformed)),
    );
    assert.deepEqual(extensionsOf(fields), {
      'GREASE 0x3a3a': 'empty',
      server_name: 'host.example',
      max_fragment_length: '4096 bytes',
      status_request: 'ocsp',
      supported_groups: 'GREASE 0x4a4a, X25519MLKEM768, x25519',
      ec_point_formats: 'uncompressed',
      signature_algorithms: 'ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256, rsa_pkcs1_sha1',
      application_layer_protocol_negotiation: 'h2, \u202e\u0007',
      status_request_v2: '2 bytes',
      signed_certificate_timestamp: 'empty',
      padding: '9 bytes',
      extended_master_secret: 'empty',
      compress_certificate: 'brotli, zlib',
      record_size_limit: '16385 bytes',
      session_ticket: '3 bytes',
      supported_versions: 'GREASE 0x5a5a, TLS 1.3, TLS 1.2',
      cookie: '8 bytes',
      psk_key_exchange_modes: 'psk_dhe_ke, GREASE 0x0b',
      signature_algorithms_cert: 'ed25519',
      key_share: 'GREASE 0x6a6a, x25519',
      renegotiation_info: 'first handshake',
      'unknown 0x1234': '2 bytes',
      pre_shared_key: '1 identity',
    });
    assert.deepEqual(
      [facts.serverName, facts.alpn, facts.groups, facts.keyShares, facts.signatureSchemes],
      ['host.example', ['h2', '\u202e\u0007'], [0x4a4a, 4588, 29], [0x6a6a, 29], [0x0403, 0x0804, 0x0201]],
    );
  });

  test('reads a TLS 1.3 Certificate with a stapled OCSP response and SCTs', () => {
    const extensions = vector(
      2,
      extension(5, number(1, 1), vector(3, Buffer.from('ocsp response'))),
      extension(18, vector(2, vector(2, Buffer.alloc(40)), vector(2, Buffer.alloc(41)))),
    );
    const der = Buffer.alloc(70, 0x30);
    const { fields, facts } = read(message(11, vector(1), vector(3, vector(3, der), extensions)));
    assert.equal(fieldOf(fields, 'OCSP response (DER)')?.to, 4 + 1 + 3 + 3 + 70 + 2 + 4 + 4 + 13);
    assert.equal(fieldOf(fields, 'signed_certificate_timestamp')?.value, '2 SCTs');
    assert.deepEqual(
      facts.certificates?.map((one) => Buffer.from(one).toString('hex')),
      [der.toString('hex')],
    );
    const range = fieldOf(fields, 'DER');
    assert.deepEqual([range?.from, range?.to], [11, 81]);
  });

  test('reads TLS 1.2 messages that the test servers do not send', () => {
    const status = read(message(22, number(1, 1), vector(3, Buffer.from('ocsp'))), 0x0303);
    assert.deepEqual([status.name, fieldOf(status.fields, 'Status type')?.value], ['CertificateStatus', 'ocsp']);
    const ticket = read(message(4, number(0, 4), vector(2, Buffer.alloc(9))), 0x0303);
    assert.equal(fieldOf(ticket.fields, 'Lifetime hint')?.value, 'not specified');
    const exchange = read(message(12, Buffer.alloc(20)), 0x0303, 0x009e);
    assert.equal(exchange.fields[2].name, 'Parameters of TLS_DHE_RSA_WITH_AES_128_GCM_SHA256');
    const explicit = read(message(12, number(1, 1), Buffer.alloc(20)), 0x0303, 0xc02b);
    assert.equal(fieldOf(explicit.fields, 'Malformed')?.value, 'Curve type: named_curve expected');
    assert.equal(read(message(0), 0x0303).name, 'HelloRequest');
    assert.equal(read(message(99, Buffer.from('?'))).name, 'unknown 0x63');
  });

  test('refers to the section that defines a message in the negotiated version', () => {
    assert.equal(read(message(20, Buffer.alloc(12)), 0x0303).reference, 'RFC 5246, section 7.4.9');
    assert.equal(read(message(20, Buffer.alloc(32))).reference, 'RFC 8446, section 4.4.4');
    assert.equal(read(clientHello([]), null).reference, 'RFC 8446, section 4.1.2');
    assert.equal(read(message(12), 0x0303).reference, 'RFC 8422, section 5.4');
    assert.equal(read(message(99)).reference, null);
  });
});
