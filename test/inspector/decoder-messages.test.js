/**
 * The inspector's decoder with real servers: optional handshake messages, alerts, altered records, missing keys.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { readBytes, withServer, readText } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { assertAgrees, assertClean, decodeWhole, exchange, fieldOf, find, record } from '../helpers/recorded.js';
import { startNginx, startOpenssl } from '../helpers/servers.js';
import { assertFinished } from '../helpers/transcript.js';

/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/tls/types.js').Wire} Wire */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} Version */

/** @type {Version[]} */
const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const LIMIT = { timeout: 120_000 };
const good = pki('good-p256');

/** @param {Version} version */
const only = (version) => ({ minVersion: version, maxVersion: version });

/** @param {Version} version @returns {string} the decoder's name for it */
const inWords = (version) => version.replace('v', ' ');

/** @param {Wire} wire */
const namesOf = ({ messages }) => messages.map(({ name }) => name);

/** @param {Recording} recording @param {number} offset of a received byte @returns {Recording} with a bit of it flipped */
function flipped(recording, offset) {
  let from = 0;
  const chunks = recording.chunks.map((chunk) => {
    if (chunk.direction === 'sent') return chunk;
    const bytes = Uint8Array.from(chunk.bytes);
    if (offset >= from && offset < from + bytes.length) bytes[offset - from] ^= 1;
    from += bytes.length;
    return { ...chunk, bytes };
  });
  return { ...recording, chunks };
}

describe('the decoder of optional handshake messages', LIMIT, () => {
  test('recognizes a HelloRetryRequest by its random, and shows the requested group', async () => {
    await withServer(startOpenssl(good, { args: ['-tls1_3', '-groups', 'P-384'] }), async (server) => {
      const { recording, info } = await record(good, server, { talk: exchange });
      assert.ok(info);
      const wire = await decodeWhole(recording);
      assertClean(wire);
      assertAgrees(wire, info);
      assertFinished(wire, recording);
      const hellos = namesOf(wire).filter((name) => name.includes('Hello'));
      assert.deepEqual(hellos, ['ClientHello', 'HelloRetryRequest', 'ClientHello', 'ServerHello']);
      assert.deepEqual(
        [wire.chosen?.helloRetry, wire.chosen?.retry?.name, wire.chosen?.group?.name],
        [true, 'secp384r1', 'secp384r1'],
      );
      assert.deepEqual(
        wire.offered?.keyShares.map(({ name }) => name),
        ['x25519'],
      );
    });
  });

  for (const version of VERSIONS) {
    test(`reads a certificate request and the client certificate in ${version}`, async () => {
      const subject = pki('client');
      assert.ok(subject.clients);
      const { ca, credentials } = subject.clients;
      await withServer(startOpenssl(subject, { clientCA: ca }), async (server) => {
        const options = { ...only(version), cert: credentials.good.chain, key: credentials.good.key };
        const { recording, info } = await record(subject, server, { options, talk: exchange });
        assert.ok(info);
        const wire = await decodeWhole(recording);
        assertClean(wire);
        assertAgrees(wire, info);
        assertFinished(wire, recording);
        assert.equal(wire.chosen?.clientCertificate, true);
        const request = find(wire, 'CertificateRequest');
        assert.ok((request.facts.signatureSchemes?.length ?? 0) > 3);
        assert.ok(fieldOf(request.fields, 'Distinguished name'));
        if (version === 'TLSv1.2')
          assert.match(fieldOf(request.fields, 'Certificate types')?.value ?? '', /ecdsa_sign/);
        assert.ok((find(wire, 'Certificate', 'sent').facts.certificates?.length ?? 0) > 0);
        find(wire, 'CertificateVerify', 'sent');
      });
    });

    test(`reads session tickets and their lifetimes in ${version}`, async () => {
      const directives = ['ssl_session_tickets on;', 'ssl_session_timeout 1234s;'];
      await withServer(startNginx(good, { directives }), async (server) => {
        const { recording } = await record(good, server, {
          options: only(version),
          talk: async (socket) => {
            await socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
            await readBytes(socket);
          },
        });
        const wire = await decodeWhole(recording);
        assertClean(wire);
        // The client offers no session_ticket in TLS 1.2.
        assert.deepEqual([...new Set(wire.chosen?.tickets)], version === 'TLSv1.3' ? [1234] : []);
      });
    });
  }

  test('finds the downgrade sentinel of a server that supports TLS 1.3 but negotiates TLS 1.2', async () => {
    await withServer(startOpenssl(good), async (server) => {
      const { recording } = await record(good, server, { options: only('TLSv1.2'), talk: exchange });
      const wire = await decodeWhole(recording);
      assert.equal(wire.chosen?.downgrade, 'TLS 1.2');
      assert.ok(fieldOf(find(wire, 'ServerHello').fields, 'Downgrade sentinel'));
    });
    await withServer(startOpenssl(good, { args: ['-tls1_2'] }), async (server) => {
      const { recording } = await record(good, server, { talk: exchange });
      assert.equal((await decodeWhole(recording)).chosen?.downgrade, null);
    });
  });

  test('decrypts records after a KeyUpdate with the next keys', async () => {
    const ciphers = ['TLS_CHACHA20_POLY1305_SHA256'];
    await withServer(startOpenssl(good, { mode: 'interactive', args: ['-tls1_3', '-msg'] }), async (server) => {
      const { recording, error } = await record(good, server, {
        options: { ciphers },
        async talk(socket) {
          server.write('k\n');
          await server.seen(/>>> [^\n]*KeyUpdate/);
          server.write('after\n');
          assert.equal(await readText(socket, '\n'), 'after\n');
        },
      });
      assert.equal(error, null);
      const wire = await decodeWhole(recording);
      assert.equal(fieldOf(find(wire, 'KeyUpdate').fields, 'Request')?.value, 'update_not_requested');
      const data = wire.messages.filter(
        ({ kind, direction }) => kind === 'application_data' && direction === 'received',
      );
      assert.equal(Buffer.concat(data.map(({ bytes }) => bytes)).toString(), 'after\n');
    });
  });
});

describe('the decoder', LIMIT, () => {
  test('reads alerts of the server, unencrypted and encrypted', async () => {
    const args = ['-ciphersuites', 'TLS_AES_128_GCM_SHA256', '-tls1_3'];
    await withServer(startOpenssl(good, { args }), async (server) => {
      const { recording, error } = await record(good, server, { options: { ciphers: ['TLS_AES_256_GCM_SHA384'] } });
      const wire = await decodeWhole(recording);
      const alert = find(wire, 'Alert: handshake_failure', 'received');
      assert.deepEqual(alert.facts.alert, { level: 'fatal', description: 'handshake_failure' });
      assert.deepEqual([alert.epoch, error.alert], ['none', 40]);
      assert.equal(wire.chosen, null);
    });
    const subject = pki('client');
    await withServer(startOpenssl(subject, { clientCA: subject.clients?.ca, args: ['-tls1_3'] }), async (server) => {
      const { recording } = await record(subject, server, { talk: (socket) => socket.read() });
      const wire = await decodeWhole(recording);
      assert.equal(find(wire, 'Alert: certificate_required', 'received').epoch, 'application');
    });
  });

  test('reports an HTTP response instead of TLS with its first line', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const { recording, error } = await record(good, { port });
    server.close();
    assert.ok(error);
    const wire = await decodeWhole(recording);
    const [rest] = wire.remainders;
    assert.deepEqual([rest.direction, rest.kind, rest.offset], ['received', 'garbage', 0]);
    assert.match(rest.reason, /not TLS: “HTTP\/1\.1 400 Bad Request”/);
    assert.equal(wire.chosen, null);
    assert.equal(wire.offered?.serverName, good.hostname);
  });

  test('cannot decrypt a record that was altered in transit, but decrypts those after it', async () => {
    await withServer(startOpenssl(good, { args: ['-tls1_3'] }), async (server) => {
      const healthy = await decodeWhole((await record(good, server, { talk: exchange })).recording);
      const target = healthy.records.find(({ direction, decrypted }) => direction === 'received' && decrypted);
      assert.ok(target);
      const tamper = { direction: /** @type {const} */ ('received'), offset: target.offset + 5, mask: 1 };
      const { recording, error } = await record(good, server, { tamper });
      assert.equal(error.code, 'ERR_TLS_BAD_RECORD');
      const wire = await decodeWhole(recording);
      const failed = wire.records.filter(({ failure }) => failure !== null);
      assert.deepEqual(
        failed.map(({ offset, direction }) => [direction, offset]),
        [['received', target.offset]],
      );
      assert.match(failed[0].failure ?? '', /authentication tag does not match/);
      assert.equal(find(wire, 'Finished', 'received').epoch, 'handshake');
      assert.equal(find(wire, 'Alert: bad_record_mac', 'sent').facts.alert?.level, 'fatal');
    });
  });

  test('decrypts all other records if any record of the server is altered, even its Finished', async () => {
    const args = [
      '-tls1_3',
      '-ciphersuites',
      'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256',
    ];
    await withServer(startOpenssl(good, { args }), async (server) => {
      for (const cipher of ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_CCM_SHA256']) {
        const { recording } = await record(good, server, { options: { ciphers: [cipher] }, talk: exchange });
        const whole = await decodeWhole(recording);
        const sealed = whole.records.filter(({ direction, decrypted }) => direction === 'received' && decrypted);
        assert.ok(sealed.length > 5);
        for (const { offset, bytes } of sealed) {
          const changed = await decodeWhole(flipped(recording, offset + bytes.length - 1));
          const failed = changed.records.filter(({ failure }) => failure !== null);
          assert.deepEqual(
            failed.map((one) => one.offset),
            [offset],
          );
          assert.deepEqual(namesOf(changed).length, namesOf(whole).length - 1);
        }
      }
    });
  });

  test('reassembles a message from several records, and reads no other message from them if one is missing', async () => {
    const big = pki('big-chain');
    for (const version of VERSIONS) {
      await withServer(startOpenssl(big), async (server) => {
        const { recording, info } = await record(big, server, { options: only(version), talk: exchange });
        assert.ok(info);
        const wire = await decodeWhole(recording);
        assertClean(wire);
        assertAgrees(wire, info);
        const certificate = find(wire, 'Certificate', 'received');
        assert.ok(certificate.records.length > 1, `in ${certificate.records.length} records`);
        if (version === 'TLSv1.2') return; // unencrypted, so an alteration goes unnoticed
        const { offset } = wire.records[certificate.records[0]];
        const tamper = { direction: /** @type {const} */ ('received'), offset: offset + 100, mask: 4 };
        const altered = await decodeWhole((await record(big, server, { tamper })).recording);
        const names = namesOf(altered).filter((name) => name.startsWith('unknown') || name === 'Certificate');
        assert.deepEqual(names, []);
        assert.ok(altered.messages.every(({ malformed }) => !malformed));
      });
    }
  });

  test('says why it cannot decrypt a record without its keys', async () => {
    await withServer(startOpenssl(good), async (server) => {
      for (const version of VERSIONS) {
        const { recording } = await record(good, server, { options: only(version), talk: exchange });
        const wire = await decodeWhole({ ...recording, keylog: [] });
        const label = version === 'TLSv1.3' ? 'SERVER_HANDSHAKE_TRAFFIC_SECRET' : 'CLIENT_RANDOM';
        assert.ok(wire.records.some(({ failure }) => failure?.includes(`no ${label}`)));
        assert.equal(wire.chosen?.version?.name, inWords(version));
        const foreign = recording.keylog.map((line) => line.replace(/ [0-9a-f]{64} /, ` ${'00'.repeat(32)} `));
        assert.deepEqual((await decodeWhole({ ...recording, keylog: foreign })).records, wire.records);
      }
    });
  });
});
