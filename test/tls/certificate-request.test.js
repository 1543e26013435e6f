/** Which identity a server gets that requests one, and what it is signed with: what the server lists. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { authority, keyOf, server as leafOf } from '../helpers/chains.js';
import { closeDialled, dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startOpenssl } from '../helpers/servers.js';
import { certificateRequest12 } from '../helpers/tls-server/messages.js';
import { startTlsServer } from '../helpers/tls-server/server.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {Parameters<typeof certificateRequest12>[0]} Request12 */

const TIMEOUT = { timeout: 120_000 };
const SERVER = pki('good-p256');
const root = authority('request root', undefined);

/** @param {string} label @param {string} kind */
function identity(label, kind) {
  const { der: certificate, key } = leafOf(root, { key: keyOf(label, kind) });
  return {
    cert: der.pem('CERTIFICATE', certificate),
    key: /** @type {string} */ (key.export({ type: 'pkcs8', format: 'pem' })),
  };
}

const p256 = identity('request', 'prime256v1');
const p384 = identity('request', 'secp384r1');
const p521 = identity('request', 'secp521r1');
const rsa = identity('', 'rsa2048');

after(closeDialled);

/**
 * The scheme of the client's CertificateVerify, which the server verifies; undefined without a certificate.
 * @param {ConnectOptions} options
 * @param {Partial<import('../helpers/tls-server/server.js').Options>} server
 */
async function schemeFor(options, server) {
  return withServer(startTlsServer(SERVER, { requestCertificate: true, ...server }), async (running) => {
    const socket = await dial(SERVER, running, options);
    await socket.opened;
    await socket.write('request');
    await readText(socket, 'request');
    const connection = await running.connection();
    assert.equal(connection.clientChain.length > 0, connection.clientScheme !== undefined);
    return connection.clientScheme;
  });
}

/** A server of TLS 1.2 with this request. @param {Request12} request */
const requesting = (request) => ({
  version: /** @type {const} */ ('TLSv1.2'),
  message: (/** @type {string} */ name, /** @type {Uint8Array} */ body) =>
    name === 'CertificateRequest' ? certificateRequest12(request) : body,
});

const SUITES = { 'a suite with SHA-256': 0xc02b, 'a suite with SHA-384': 0xc02c };

describe('TLS 1.2 signs with what the server lists', TIMEOUT, () => {
  for (const [name, suite] of Object.entries(SUITES)) {
    test(`any hash with ${name}, and RSASSA-PSS`, async () => {
      for (const scheme of [0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806]) {
        const clientSchemes = [0x0201, 0x0807, 0x0403, scheme];
        assert.equal(await schemeFor(rsa, { version: 'TLSv1.2', suite, clientSchemes }), scheme);
      }
      for (const scheme of [0x0403, 0x0503, 0x0603]) {
        for (const own of [p256, p384, p521]) {
          const clientSchemes = [0x0203, 0x0804, 0x0401, scheme];
          assert.equal(await schemeFor(own, { version: 'TLSv1.2', suite, clientSchemes }), scheme);
        }
      }
    });
  }

  test('the hash of the curve first, then our order, whatever that of the server is', async () => {
    const clientSchemes = [0x0401, 0x0403, 0x0503, 0x0603, 0x0804, 0x0805];
    assert.equal(await schemeFor(p384, { version: 'TLSv1.2', clientSchemes }), 0x0503);
    assert.equal(await schemeFor(p521, { version: 'TLSv1.2', clientSchemes }), 0x0603);
    assert.equal(await schemeFor(rsa, { version: 'TLSv1.2', clientSchemes }), 0x0805);
    const options = {
      ...rsa,
      signatureAlgorithms: /** @type {any} */ (['ecdsa_secp256r1_sha256', 'rsa_pkcs1_sha256']),
    };
    assert.equal(await schemeFor(options, { version: 'TLSv1.2', clientSchemes }), 0x0401);
  });

  test('no certificate for another key type, or with SHA-1', async () => {
    assert.equal(await schemeFor(rsa, requesting({ types: [64] })), undefined);
    assert.equal(await schemeFor(p256, requesting({ types: [1] })), undefined);
    assert.equal(await schemeFor(p256, requesting({ types: [1, 2, 64] })), 0x0403);
    assert.equal(await schemeFor(rsa, requesting({ schemes: [0x0201, 0x0203, 0x0403] })), undefined);
    assert.equal(await schemeFor(p256, requesting({ schemes: [0x0201, 0x0203, 0x0401, 0x0804] })), undefined);
  });

  test('a long salt does not fit into a short modulus', async () => {
    const short = identity('', 'rsa1024');
    const clientSchemes = [0x0806, 0x0805];
    assert.equal(await schemeFor(short, { version: 'TLSv1.2', clientSchemes }), 0x0805);
  });
});

describe('TLS 1.3', TIMEOUT, () => {
  test('signs with the scheme of the curve, and RSA only with RSASSA-PSS', async () => {
    assert.equal(await schemeFor(p384, { clientSchemes: [0x0403, 0x0503] }), 0x0503);
    assert.equal(await schemeFor(rsa, { clientSchemes: [0x0401, 0x0403, 0x0805] }), 0x0805);
  });

  test('our order counts, and a salt as long as the hash', async () => {
    assert.equal(await schemeFor(rsa, { clientSchemes: [0x0804, 0x0806, 0x0805] }), 0x0806);
    const signatureAlgorithms = /** @type {any} */ ([
      'ecdsa_secp256r1_sha256',
      'rsa_pss_rsae_sha256',
      'rsa_pss_rsae_sha512',
    ]);
    assert.equal(await schemeFor({ ...rsa, signatureAlgorithms }, { clientSchemes: [0x0806, 0x0805, 0x0804] }), 0x0804);
    assert.equal(await schemeFor(identity('', 'rsa1024'), { clientSchemes: [0x0806, 0x0805] }), 0x0805);
  });

  test('sends no certificate if none of the schemes fits', async () => {
    assert.equal(await schemeFor(p256, { clientSchemes: [0x0503, 0x0804] }), undefined);
    assert.equal(await schemeFor(rsa, { clientSchemes: [0x0401, 0x0403] }), undefined);
    assert.equal(await schemeFor(rsa, { clientSchemes: [0x0201] }), undefined);
  });
});

/**
 * The hint when a server closes that got no certificate.
 * @param {ConnectOptions} options
 * @param {Partial<import('../helpers/tls-server/server.js').Options>} server
 */
async function hintFor(options, server) {
  const close = (/** @type {import('../helpers/tls-server/connection.js').Connection} */ connection) =>
    connection.destroy();
  const starting = startTlsServer(SERVER, { requestCertificate: true, ...server, open: close });
  return withServer(starting, async (running) => {
    const socket = await dial(SERVER, running, options);
    const error = await rejection(socket.opened.then(() => socket.read()));
    assert.equal(error.code, 'ERR_TLS_TRUNCATED', error.message);
    return error.hint ?? '';
  });
}

const FOR_NONE = /^The server asked for a client certificate and got none/;

describe('a server that accepts no signature of the keys: the error says what it accepts', TIMEOUT, () => {
  test('in TLS 1.2, of the key types that it lists', async () => {
    const hint = await hintFor(p384, requesting({ types: [1], schemes: [0x0403, 0x0401, 0x0804, 0x0201] }));
    assert.match(hint, FOR_NONE);
    assert.match(hint, /by the client's key \(EC on P-384\)\. It accepts rsa_pkcs1_sha256, rsa_pss_rsae_sha256: pass/);
  });

  test('in TLS 1.3, where PKCS#1 v1.5 is for certificates only', async () => {
    const hint = await hintFor(p256, { clientSchemes: [0x0401, 0x0503, 0x0806, 0x0806] });
    assert.match(hint, /It accepts ecdsa_secp384r1_sha384, rsa_pss_rsae_sha512: pass/);
  });

  test('nothing that the client has', async () => {
    const in12 = await hintFor(rsa, requesting({ types: [2, 7], schemes: [0x0201, 0x0202, 0x0402, 0xfefe] }));
    assert.match(in12, FOR_NONE);
    assert.match(
      in12,
      /\(RSA with 2048 bits\), nor any .* lists rsa_pkcs1_sha1, dsa_sha1, dsa_sha256, 0xfefe, for keys of the types dss_sign, 0x07:/,
    );
    assert.match(await hintFor(rsa, { clientSchemes: [0x0401, 0x0807] }), /It lists rsa_pkcs1_sha256, ed25519: ask/);
  });

  test('what the option signatureAlgorithms leaves out', async () => {
    const signatureAlgorithms = /** @type {any} */ (['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256']);
    const hint = await hintFor({ ...p384, signatureAlgorithms }, { clientSchemes: [0x0503] });
    assert.match(hint, FOR_NONE);
    assert.match(hint, /signatureAlgorithms leaves out what it accepts .*\(ecdsa_secp384r1_sha384\)/);
  });

  test('a long list is cut', async () => {
    const clientSchemes = Array.from({ length: 5000 }, (_, i) => 0xaa00 + i);
    assert.match(await hintFor(p256, { clientSchemes }), /It lists (0x\w{4}, ){7}0x\w{4} and 4992 more: ask/);
  });
});

describe('OpenSSL', TIMEOUT, () => {
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    test(`${version}: what -client_sigalgs lists is used, and the error names what does not fit`, async () => {
      const args = (/** @type {string} */ schemes) => [
        `-tls1_${version.at(-1)}`,
        '-Verify',
        '9',
        '-client_sigalgs',
        schemes,
      ];
      const listed = version === 'TLSv1.2' ? 'ECDSA+SHA256:RSA+SHA512' : 'ECDSA+SHA256:rsa_pss_rsae_sha384';
      await withServer(startOpenssl(SERVER, { args: args(listed) }), async (running) => {
        const socket = await dial(SERVER, running, rsa);
        await socket.opened;
        await socket.write('request\n');
        await readText(socket, 'tseuqer');
      });
      await withServer(startOpenssl(SERVER, { args: args('ECDSA+SHA256') }), async (running) => {
        const socket = await dial(SERVER, running, rsa);
        const error = await rejection(socket.opened.then(() => socket.read()));
        assert.equal(error.code, 'ERR_TLS_ALERT');
        assert.match(error.message, /by the client's key \(RSA with 2048 bits\)\. It accepts ecdsa_secp256r1_sha256:/);
      });
    });
  }
});
