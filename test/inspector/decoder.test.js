/**
 * The inspector's decoder with real servers: its output agrees with the connection.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeDialled, readBytes, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { assertAgrees, assertClean, decodeWhole, exchange, record } from '../helpers/recorded.js';
import { startGnutls, startNginx, startNodeTls, startOpenssl } from '../helpers/servers.js';
import { assertFinished } from '../helpers/transcript.js';

/** @typedef {import('../helpers/servers.js').Server} Server */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} Version */

/** @type {Version[]} */
const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const LIMIT = { timeout: 120_000 };
const good = pki('good-p256');
const rsa = pki('good-rsa2048');

/** @param {Version} version */
const only = (version) => ({ minVersion: version, maxVersion: version });

describe('the decoder', LIMIT, () => {
  const tls13 = ['AES_256_GCM_SHA384', 'AES_128_GCM_SHA256', 'CHACHA20_POLY1305_SHA256', 'AES_128_CCM_SHA256'].map(
    (name) => `TLS_${name}`,
  );
  const tls12 = ['CHACHA20_POLY1305_SHA256', 'AES_128_GCM_SHA256', 'AES_256_GCM_SHA384'].flatMap((name) =>
    ['ECDSA', 'RSA'].map((key) => `TLS_ECDHE_${key}_WITH_${name}`),
  );
  const ccm = ['AES_128_CCM', 'AES_256_CCM', 'AES_128_CCM_8', 'AES_256_CCM_8'].map(
    (name) => `TLS_ECDHE_ECDSA_WITH_${name}`,
  );
  const args = [
    ...['-ciphersuites', [...tls13, 'TLS_AES_128_CCM_8_SHA256'].join(':')],
    ...['-cipher', 'ALL:@SECLEVEL=0', '-alpn', 'http/1.1'],
  ];
  /** @type {Record<string, Server>} */
  const servers = {};
  before(async () => {
    [servers.ECDSA, servers.RSA] = await Promise.all([startOpenssl(good, { args }), startOpenssl(rsa, { args })]);
  });
  after(async () => {
    await closeDialled();
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });

  for (const name of [...tls13, 'TLS_AES_128_CCM_8_SHA256', ...tls12, ...ccm]) {
    test(`decrypts every record with ${name}, reads every message, and the server's Finished is valid`, async () => {
      const key = name.includes('_RSA_') ? 'RSA' : 'ECDSA';
      const options = { ciphers: [name], ALPNProtocols: ['h2', 'http/1.1'] };
      const { recording, info } = await record(key === 'RSA' ? rsa : good, servers[key], { options, talk: exchange });
      assert.ok(info);
      const wire = await decodeWhole(recording);
      assertClean(wire);
      assertAgrees(wire, info);
      assertFinished(wire, recording);
      const data = wire.messages.filter(({ kind }) => kind === 'application_data');
      const text = (/** @type {'sent' | 'received'} */ direction) =>
        Buffer.concat(data.filter((message) => message.direction === direction).map(({ bytes }) => bytes)).toString();
      assert.deepEqual([text('sent'), text('received')], ['ping pong\n', 'gnop gnip\n']);
      assert.equal(wire.offered?.cipherSuites[0].name, name);
      assert.deepEqual(wire.messages.at(-1)?.facts.alert?.description, 'close_notify');
    });
  }
});

describe('the decoder of a connection', LIMIT, () => {
  const data = Buffer.alloc(40_000, 'pagetls ');
  /** @type {Record<string, () => Promise<{port: number, close(): Promise<void>}>>} */
  const kinds = {
    nginx: () => startNginx(good, { files: { page: data }, http2: false }),
    GnuTLS: () => startGnutls(good),
    Node: () => startNodeTls(good, {}, (socket) => socket.pipe(socket)),
  };
  /** @type {Record<string, string[]>} */
  const flights = {
    'TLSv1.3': [
      'ClientHello',
      'ServerHello',
      'EncryptedExtensions',
      'Certificate',
      'CertificateVerify',
      'Finished',
      'Finished',
    ],
    'TLSv1.2': [
      'ClientHello',
      'ServerHello',
      'Certificate',
      'ServerKeyExchange',
      'ServerHelloDone',
      'ClientKeyExchange',
      'Finished',
      'Finished',
    ],
  };
  for (const [kind, start] of Object.entries(kinds)) {
    for (const version of VERSIONS) {
      test(`with ${kind} over ${version} shows the handshake messages and the application data`, async () => {
        await withServer(start(), async (server) => {
          /** @type {Buffer} */
          let response = Buffer.alloc(0);
          const request =
            kind === 'nginx' ? 'GET /page HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n' : `${data}\n`;
          const { recording, info } = await record(good, server, {
            options: only(version),
            async talk(socket) {
              const length = kind === 'nginx' ? Infinity : request.length;
              [, response] = await Promise.all([socket.write(request), readBytes(socket, length)]);
            },
          });
          assert.ok(info);
          const wire = await decodeWhole(recording);
          assertClean(wire);
          assertAgrees(wire, info);
          assertFinished(wire, recording);
          assert.deepEqual(
            wire.messages
              .filter(({ kind: what, name }) => what === 'handshake' && name !== 'NewSessionTicket')
              .map(({ name }) => name),
            flights[version],
          );
          const content = (/** @type {string} */ direction) =>
            Buffer.concat(
              wire.messages
                .filter((message) => message.kind === 'application_data' && message.direction === direction)
                .map(({ bytes }) => bytes),
            );
          assert.equal(content('sent').toString(), request);
          assert.ok(content('received').equals(response));
          const shape = wire.flights.filter(({ handshake }) => handshake).map(({ direction }) => direction);
          const expected = ['sent', 'received', 'sent', ...(version === 'TLSv1.2' ? ['received'] : [])];
          assert.deepEqual(shape, expected);
          const withCertificate = wire.flights.filter(({ certificates }) => certificates !== null);
          assert.deepEqual(withCertificate, [wire.flights[1]]);
        });
      });
    }
  }
});
