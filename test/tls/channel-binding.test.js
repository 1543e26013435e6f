/** Channel bindings, compared with the server's own of the same connection, and with hashes of node:crypto. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { pem } from '../../certs/der.js';
import { connect, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { chain, HOST, keyOf, NOW } from '../helpers/chains.js';
import { closeDialled, dial } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('node:tls').TLSSocket} ServerSocket */

const good = pki('good-p256');
const LABEL = 'EXPORTER-Channel-Binding';

after(closeDialled);

/** @param {() => unknown} action @param {string} code @param {RegExp} [message] */
const throws = (action, code, message = /./) =>
  assert.throws(action, (/** @type {any} */ error) => error.code === code && message.test(error.message));

describe('tls-exporter', () => {
  for (const maxVersion of /** @type {const} */ (['TLSv1.3', 'TLSv1.2'])) {
    test(`is what the server exports, in ${maxVersion}`, async (t) => {
      const server = await startNodeTls(good);
      t.after(() => server.close());
      const accepting = once(server.server, 'secureConnection');
      const socket = await dial(good, server, { maxVersion });
      await socket.opened;
      /** @type {ServerSocket[]} */
      const [theirs] = await accepting;
      const expected = theirs.exportKeyingMaterial(32, LABEL, /** @type {any} */ (undefined));
      assert.deepEqual(Buffer.from(socket.channelBinding('tls-exporter')), expected);
      const duplex = toDuplex(socket);
      assert.deepEqual(Buffer.from(duplex.channelBinding('tls-exporter')), expected);
      const other = await dial(good, server, { maxVersion });
      await other.opened;
      assert.notDeepEqual(Buffer.from(other.channelBinding('tls-exporter')), expected);
      duplex.destroy();
    });
  }
  test('is an error without extended_master_secret, and tls-server-end-point is not', async (t) => {
    const server = await startGnutls(good, { priority: 'NORMAL:-VERS-TLS1.3:%NO_SESSION_HASH' });
    t.after(() => server.close());
    const socket = await dial(good, server);
    assert.equal((await socket.opened).protocol, 'TLSv1.2');
    throws(() => socket.channelBinding('tls-exporter'), 'ERR_TLS_CHANNEL_BINDING', /extended_master_secret/);
    assert.equal(socket.channelBinding('tls-server-end-point').length, 32);
    assert.equal(socket.exportKeyingMaterial(32, LABEL).length, 32);
  });
  test('works with the same server and extended_master_secret', async (t) => {
    const server = await startGnutls(good, { priority: 'NORMAL:-VERS-TLS1.3' });
    t.after(() => server.close());
    const socket = await dial(good, server);
    await socket.opened;
    assert.deepEqual(socket.channelBinding('tls-exporter'), socket.exportKeyingMaterial(32, LABEL));
  });
});

/**
 * A connection to a server whose certificate is signed so.
 * @param {import('node:test').TestContext} t
 * @param {string} kind of the key that signs it
 * @param {import('../../certs/signatures.js').SignatureName} signature
 */
async function signedWith(t, kind, signature) {
  const made = chain({ intermediate: { key: keyOf('Issuer', kind) }, leaf: { signature } });
  const text = (/** @type {Uint8Array} */ der) => pem('CERTIFICATE', der);
  const identity = {
    ...good,
    chain: text(made.leaf.der) + text(made.intermediate.der),
    key: made.leaf.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const server = await startNodeTls(identity, { ciphers: 'DEFAULT@SECLEVEL=0' });
  t.after(() => server.close());
  const socket = connect(
    { hostname: '127.0.0.1', port: server.port },
    { servername: HOST, trust: await TrustStore.from(made.root.der), now: NOW, rejectUnauthorized: false },
  );
  t.after(() => socket.close().catch(() => {}));
  await socket.opened;
  return { socket, der: made.leaf.der };
}

describe('tls-server-end-point', () => {
  for (const [kind, signature, hash] of /** @type {const} */ ([
    ['prime256v1', 'ecdsa-sha1', 'sha256'],
    ['prime256v1', 'ecdsa-sha256', 'sha256'],
    ['prime256v1', 'ecdsa-sha384', 'sha384'],
    ['prime256v1', 'ecdsa-sha512', 'sha512'],
    ['rsa2048', 'rsa-pkcs1-sha1', 'sha256'],
    ['rsa2048', 'rsa-pkcs1-sha256', 'sha256'],
    ['rsa2048', 'rsa-pkcs1-sha384', 'sha384'],
    ['rsa2048', 'rsa-pkcs1-sha512', 'sha512'],
    ['rsa2048', 'rsa-pss-sha256', 'sha256'],
    ['rsa2048', 'rsa-pss-sha384', 'sha384'],
    ['rsa2048', 'rsa-pss-sha512', 'sha512'],
  ])) {
    test(`of a certificate signed with ${signature} is its ${hash}`, async (t) => {
      const { socket, der } = await signedWith(t, kind, signature);
      const expected = createHash(hash).update(der).digest();
      assert.deepEqual(Buffer.from(socket.channelBinding('tls-server-end-point')), expected);
      const duplex = toDuplex(socket);
      assert.deepEqual(Buffer.from(duplex.channelBinding('tls-server-end-point')), expected);
      duplex.destroy();
    });
  }
  for (const [kind, signature] of /** @type {const} */ ([
    ['ed25519', 'ed25519'],
    ['prime256v1', 'ecdsa-sha224'],
    ['rsa2048', 'rsa-pss-sha224'],
  ])) {
    test(`is an error for a certificate signed with ${signature}, and tls-exporter is not`, async (t) => {
      const { socket } = await signedWith(t, kind, signature);
      throws(() => socket.channelBinding('tls-server-end-point'), 'ERR_TLS_CHANNEL_BINDING', /signed with \S/);
      assert.equal(socket.channelBinding('tls-exporter').length, 32);
    });
  }
});

test('other types, and connections that are not open, are errors', async (t) => {
  const server = await startNodeTls(good);
  t.after(() => server.close());
  const socket = await dial(good, server);
  const types = /** @type {const} */ (['tls-exporter', 'tls-server-end-point']);
  for (const type of types) throws(() => socket.channelBinding(type), 'ERR_TLS_CLOSED');
  await socket.opened;
  for (const type of ['tls-unique', '', undefined, null, 'TLS-EXPORTER']) {
    throws(() => socket.channelBinding(/** @type {any} */ (type)), 'ERR_TLS_INVALID_OPTION');
  }
  await socket.close();
  for (const type of types) throws(() => socket.channelBinding(type), 'ERR_TLS_CLOSED');
});
