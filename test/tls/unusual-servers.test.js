/** Servers with unusual certificates: with `rejectUnauthorized: false` they get a connection if their key can be used. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { privateKeyPem } from '../../certs/keys.js';
import { swappingRelay } from '../../certs/swap.js';
import { connect, TLSError, TrustStore } from '../../dist/index.js';
import { authority, HOST, keyOf, NOW, server, withExponent } from '../helpers/chains.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';
import { sharedCase, SHARED_CLOCK, skipSharedCases } from '../helpers/shared-cases.js';

/** @typedef {import('../helpers/chains.js').Change} Change */

const directory = mkdtempSync(join(tmpdir(), 'pagetls-unusual-'));
after(() => rmSync(directory, { recursive: true }));

const root = authority('Root', undefined);
const trust = await TrustStore.from(root.der);

/**
 * OpenSSL with one certificate and no checks of its own. It returns each line reversed.
 * @param {string} cert PEM
 * @param {string} key PEM
 * @param {string} version
 */
function serve(cert, key, version) {
  const files = { leaf: join(directory, 'leaf.pem'), key: join(directory, 'key.pem') };
  writeFileSync(files.leaf, cert);
  writeFileSync(files.key, key);
  const served = /** @type {import('../helpers/pki.js').Case} */ (
    /** @type {unknown} */ ({ chain: cert, server: {}, files })
  );
  return startOpenssl(served, { args: [version, '-cipher', 'ALL:@SECLEVEL=0'] });
}

/**
 * Connects, sends a line and receives it reversed.
 * @param {number} port
 * @param {Date} [now]
 */
async function talk(port, now = NOW) {
  const address = `127.0.0.1:${port}`;
  const socket = connect(address, { trust, servername: HOST, now, rejectUnauthorized: false });
  const { verification } = await socket.opened;
  assert.equal(socket.authorized, verification.ok);
  assert.equal(socket.authorizationError, verification.problems[0]?.code ?? null);
  await socket.write('line\n');
  let answer = '';
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    answer += Buffer.from(bytes).toString();
    if (answer.includes('\n')) break;
  }
  await socket.close();
  assert.equal(answer, 'enil\n');
  return verification.problems.map(({ rule }) => rule);
}

const bare = {
  ...{ basicConstraints: null, keyUsage: null, extKeyUsage: null, subjectAltName: null },
  ...{ subjectKeyIdentifier: null, authorityKeyIdentifier: null },
};
const rsa = keyOf('server', 'rsa2048');

/** What is unusual, and the broken rules. TLS 1.2 where OpenSSL accepts the key for it. @type {Record<string, [Change, ...string[]]>} */
const unusual = {
  'without extensions': [{ extensions: bare }, 'HOST_NAME'],
  'of version 1': [{ version: 1, extensions: bare }, 'HOST_NAME', 'VERSION'],
  'of version 4': [{ version: der.constructed(0, der.integer(3)) }, 'VERSION'],
  'with serial number 0': [{ serial: 0n }],
  'with a negative serial number': [{ serial: -5n }],
  'with a serial number of 38 octets': [{ serial: 1n << 300n }],
  'with an empty subject': [{ subject: [] }],
  'with a unique identifier': [{ uniqueIds: der.primitive(1, Uint8Array.of(0, 1)) }],
  'with CA:TRUE': [{ extensions: { basicConstraints: extension.basicConstraints({ ca: true }) } }],
  'with an Ed25519 key': [{ key: keyOf(HOST, 'ed25519') }],
  'with a P-521 key': [{ key: keyOf(HOST, 'secp521r1') }],
  'with an RSA key of 1,024 bits': [{ key: keyOf(HOST, 'rsa1024') }, 'BAD_KEY'],
  'with an RSA key of 2,050 bits': [{ key: keyOf(HOST, 'rsa2050') }],
  'with the exponent 3': [{ key: withExponent(rsa, 3) }],
  'with an exponent of 80 bits': [{ key: withExponent(rsa, 80) }, 'RSA_EXPONENT'],
  'for keyEncipherment only': [
    { key: rsa, extensions: { keyUsage: extension.keyUsage('keyEncipherment') } },
    'KEY_USAGE',
  ],
  'for clients': [{ extensions: { extKeyUsage: extension.extKeyUsage('clientAuth') } }, 'EXT_KEY_USAGE'],
  'with an unknown critical extension': [
    { extensions: { unknown: extension.raw('1.2.3.4', der.nullValue(), true) } },
    'UNKNOWN_CRITICAL',
  ],
  'with a malformed critical extension': [
    { extensions: { policies: extension.raw('2.5.29.32', der.nullValue(), true) } },
    'EXTENSION_MALFORMED',
  ],
  'that has expired': [{ notBefore: '2019-01-01T00:00:00Z', notAfter: '2020-01-01T00:00:00Z' }, 'EXPIRED'],
  'with an unreadable date': [{ notAfter: der.utcTime('2x0101000000Z') }, 'TIME_UNREADABLE', 'VALIDITY_ENCODING'],
  'with a date without seconds': [{ notAfter: der.utcTime('3001010000Z') }, 'VALIDITY_ENCODING'],
  'signed with SHA-1': [{ signature: 'ecdsa-sha1' }, 'BAD_MD'],
  'with two signature algorithms': [
    { innerAlgorithm: der.sequence(der.oid('1.2.840.10045.4.3.3')) },
    'ALGORITHM_MISMATCH',
  ],
  'with an unknown signature algorithm': [
    { innerAlgorithm: der.sequence(der.oid('1.2.3')), outerAlgorithm: der.sequence(der.oid('1.2.3')) },
    'SIGNATURE_UNSUPPORTED',
  ],
  'with a bad signature': [
    { edit: { signature: (bytes) => bytes.map((octet, i) => (i === bytes.length - 1 ? octet ^ 1 : octet)) } },
    'SIGNATURE',
  ],
};

describe('rejectUnauthorized: false connects to a server with a certificate', () => {
  for (const [how, [change, ...rules]] of Object.entries(unusual)) {
    test(`${how}, and reports its problems`, async (t) => {
      const leaf = server(root, change);
      const cert = der.pem('CERTIFICATE', leaf.der);
      for (const version of ['-tls1_3', '-tls1_2']) {
        const openssl = await serve(cert, privateKeyPem(leaf.key), version);
        t.after(() => openssl.close());
        assert.deepEqual((await talk(openssl.port)).sort(), rules.sort(), version);
        await openssl.close();
      }
    });
  }

  // OpenSSL checks these before it signs in TLS 1.2.
  for (const [how, extensions, rule] of /** @type {const} */ ([
    ['for certificate signing only', { keyUsage: extension.keyUsage('keyCertSign') }, 'KEY_USAGE'],
    ['with a duplicate extension', { again: extension.subjectAltName([{ dns: HOST }]) }, 'DUPLICATE_EXTENSION'],
  ])) {
    test(`${how}, in TLS 1.3`, async (t) => {
      const leaf = server(root, { extensions });
      const openssl = await serve(der.pem('CERTIFICATE', leaf.der), privateKeyPem(leaf.key), '-tls1_3');
      t.after(() => openssl.close());
      assert.deepEqual(await talk(openssl.port), [rule]);
    });
  }

  for (const [how, name] of [
    ['without any name', 'nameless.pem'],
    ['with unique identifiers', 'uid.pem'],
  ]) {
    test(`${how}, of the shared cases`, { skip: skipSharedCases }, async (t) => {
      const folder = '11-whole-certificate-unreadable';
      const key = sharedCase(`${folder}/srv.key`).toString();
      for (const version of ['-tls1_3', '-tls1_2']) {
        const openssl = await serve(sharedCase(`${folder}/${name}`).toString(), key, version);
        t.after(() => openssl.close());
        assert.deepEqual(await talk(openssl.port, SHARED_CLOCK), ['HOST_NAME', 'SELF_SIGNED'], version);
        await openssl.close();
      }
    });
  }
});

describe('a server with a key that cannot be used', () => {
  /** @param {Promise<unknown>} opened */
  const failureOf = (opened) =>
    opened.then(
      () => assert.fail('opened'),
      (error) => {
        assert.ok(error instanceof TLSError, String(error));
        return error;
      },
    );
  /** @param {number} port */
  const open = (port) =>
    connect(`127.0.0.1:${port}`, { trust, servername: HOST, now: NOW, rejectUnauthorized: false }).opened;

  test('of RSA above 8,192 bits fails with ERR_TLS_SERVER_KEY, and the chain', async (t) => {
    const generated = execFileSync('openssl', ['genrsa', '-primes', '5', '8704'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const leaf = server(root, { key: createPrivateKey(generated) });
    for (const version of ['-tls1_3', '-tls1_2']) {
      const openssl = await serve(der.pem('CERTIFICATE', leaf.der), privateKeyPem(leaf.key), version);
      t.after(() => openssl.close());
      const { code, verification } = await failureOf(open(openssl.port));
      assert.equal(code, 'ERR_TLS_SERVER_KEY', version);
      assert.deepEqual(
        verification?.problems.map(({ rule, message }) => [rule, message]),
        [['KEY_UNSUPPORTED', 'Its key is not supported: rsaEncryption with 8704 bits']],
      );
      await openssl.close();
    }
  });

  const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;
  /** @type {Record<string, import('node:crypto').KeyObject>} */
  const others = {
    Ed448: keyOf(HOST, 'ed448'),
    DSA: dsa,
    secp256k1: keyOf(HOST, 'secp256k1'),
    'P-224': keyOf(HOST, 'secp224r1'),
    brainpoolP256r1: keyOf(HOST, 'brainpoolP256r1'),
    'RSASSA-PSS': pss,
  };
  for (const [kind, key] of Object.entries(others)) {
    test(`of ${kind} gets no offer that it can accept: OpenSSL sends an alert`, async (t) => {
      const leaf = server(root, { key });
      const openssl = await serve(der.pem('CERTIFICATE', leaf.der), privateKeyPem(key), '-tls1_2');
      t.after(() => openssl.close());
      const { code, alert } = await failureOf(open(openssl.port));
      assert.deepEqual([code, alert], ['ERR_TLS_ALERT', 40]);
    });

    test(`of ${kind} fails with ERR_TLS_SERVER_KEY, and the chain, if it is used nevertheless`, async (t) => {
      const honest = await startNodeTls(pki('good-p256'), { maxVersion: 'TLSv1.2' });
      const relay = swappingRelay(() => honest.port, [server(root, { key }).der]);
      await new Promise((resolve) => relay.listen(0, '127.0.0.1', () => resolve(undefined)));
      t.after(() => Promise.all([relay.close(), honest.close()]));
      const { port } = /** @type {import('node:net').AddressInfo} */ (relay.address());
      const { code, verification } = await failureOf(open(port));
      assert.equal(code, 'ERR_TLS_SERVER_KEY');
      assert.deepEqual(
        verification?.problems.map(({ rule }) => rule),
        ['KEY_UNSUPPORTED'],
      );
      assert.match(verification?.problems[0].message ?? '', /^Its key is not supported: /);
    });
  }
});
