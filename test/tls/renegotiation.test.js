/** Renegotiation in TLS 1.2 at the server's request (RFC 5746), with the option `renegotiation`. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { VIOLATIONS } from '../../messages/violations.js';
import { authority, keyOf, server as leafOf } from '../helpers/chains.js';
import { closeDialled, dial, readBytes, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startOpenssl } from '../helpers/servers.js';
import { bytes, extension, fill, join, uint, vector } from '../helpers/tls-server/bytes.js';
import { assertAlert, assertEcho, withConnection } from '../helpers/tls-server/connected.js';
import { prf } from '../helpers/tls-server/keys.js';
import { alpn, certificate12, extendedMasterSecret, EXTENSIONS, serverHello } from '../helpers/tls-server/messages.js';
import { alert, coalesced, data, fragmented } from '../helpers/tls-server/records.js';
import { helloRequest, renegotiate } from '../helpers/tls-server/tls12.js';
import { sequence } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../helpers/tls-server/connection.js').Connection} Connection */
/** @typedef {import('../helpers/tls-server/server.js').Options} Options */

const TIMEOUT = { timeout: 60_000 };
const SERVER = pki('good-p256');
const RSA = pki('good-rsa2048');
const root = authority('renegotiation root', undefined);

/** @param {string} kind */
function identity(kind) {
  const { der: certificate, key } = leafOf(root, { key: keyOf('renegotiation', kind) });
  return {
    certificate,
    options: {
      cert: der.pem('CERTIFICATE', certificate),
      key: /** @type {string} */ (key.export({ type: 'pkcs8', format: 'pem' })),
      renegotiation: true,
    },
  };
}
const P256 = identity('prime256v1');

after(closeDialled);

/**
 * @param {ConnectOptions} client
 * @param {(connection: Connection, socket: TLSSocket) => Promise<void>} use
 * @param {Partial<Options> & { subject?: typeof SERVER }} [options]
 */
const open = (client, use, { subject = SERVER, ...options } = {}) =>
  withConnection(subject, { version: 'TLSv1.2', ...options }, client, use);

/** @param {Connection} connection @param {number} count */
async function renegotiated(connection, count) {
  await connection.until(() => connection.renegotiations >= count || connection.error);
  assert.equal(connection.error, undefined);
  assert.equal(connection.renegotiations, count);
}

describe('a renegotiation', TIMEOUT, () => {
  for (const kind of ['prime256v1', 'secp384r1', 'secp521r1', 'rsa2048']) {
    test(`gets the certificate with a key of ${kind}, and data goes on`, async () => {
      const { certificate, options } = identity(kind);
      for (const suite of [0xc02b, 0xcca9]) {
        await open(
          options,
          async (connection, socket) => {
            const before = await socket.opened;
            assert.deepEqual(connection.clientChain, []);
            for (let i = 1; i <= 3; i++) {
              renegotiate(connection, i !== 2);
              await renegotiated(connection, i);
              assert.deepEqual(connection.clientChain.map(String), [Buffer.from(certificate).toString()]);
              await assertEcho(connection, socket);
            }
            assert.equal(await socket.opened, before);
            await socket.close();
          },
          { suite },
        );
      }
    });
  }
});

describe('around a renegotiation', TIMEOUT, () => {
  test('the application protocol, the name and what was exported before stay', async () => {
    await open(
      { ...P256.options, ALPNProtocols: ['one', 'two'] },
      async (connection, socket) => {
        const first = connection.clientHello;
        const info = await socket.opened;
        renegotiate(connection);
        await renegotiated(connection, 1);
        const second = connection.clientHello;
        for (const type of [0, 10, 13, 16, 23]) {
          assert.deepEqual(second?.extensions.get(type), first?.extensions.get(type), `extension ${type}`);
        }
        assert.deepEqual(second?.versions, [0x0303]);
        for (const type of [43, 45, 49, 51]) assert.equal(second?.extensions.has(type), false, `extension ${type}`);
        assert.equal(await socket.opened, info);
        assert.equal(socket.alpnProtocol, 'two');
        await assertEcho(connection, socket);
      },
      { alpn: 'two' },
    );
  });

  test('data that the server sends before its ServerHello arrives, and so does what we write meanwhile', async () => {
    const sent = Buffer.from(sequence(0, 600_000));
    await open(
      P256.options,
      async (connection, socket) => {
        const reading = readBytes(socket, sent.length);
        const writing = socket.write(sent);
        for (let i = 0; i < 6; i++) {
          connection.write(sent.subarray(i * 100_000, i * 100_000 + 50_000));
          renegotiate(connection);
          connection.write(sent.subarray(i * 100_000 + 50_000, (i + 1) * 100_000));
          await renegotiated(connection, i + 1);
        }
        await writing;
        assert.ok((await reading).equals(sent));
        await connection.until(() => connection.received.length === sent.length);
        assert.ok(connection.received.equals(sent));
        await socket.close();
      },
      { echo: false },
    );
  });

  test('any number of records may come before its ServerHello', async () => {
    await open(P256.options, async (connection, socket) => {
      renegotiate(connection);
      for (let i = 0; i < 100; i++) connection.write('.');
      await renegotiated(connection, 1);
      assert.equal((await readBytes(socket, 100)).length, 100);
      await assertEcho(connection, socket);
    });
  });

  test('a write and close() wait for its end', async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        renegotiate(connection);
        await connection.until(() => connection.messages.at(-1)?.name === 'ClientHello');
        await Promise.all([socket.write('x'.repeat(200_000)), socket.close()]);
        assert.equal(connection.received.length, 200_000);
        assert.equal(connection.renegotiations, 1);
        assert.deepEqual(connection.alerts, [{ level: 1, description: 0, protected: 'application' }]);
      },
      { echo: false },
    );
  });

  test('the callback is asked each time', async () => {
    const { cert, key } = P256.options;
    let asked = 0;
    await open(
      {
        renegotiation: true,
        async clientCertificate() {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return ++asked === 2 ? null : { cert, key };
        },
      },
      async (connection, socket) => {
        for (let i = 1; i <= 3; i++) {
          renegotiate(connection);
          await renegotiated(connection, i);
          assert.equal(connection.clientChain.length, i === 2 ? 0 : 1);
          await assertEcho(connection, socket);
        }
        assert.equal(asked, 3);
      },
    );
  });

  for (const size of [1, 3, 60, 1000]) {
    test(`the server's messages may come in fragments of ${size} bytes`, async () => {
      await open(
        P256.options,
        async (connection, socket) => {
          renegotiate(connection);
          await renegotiated(connection, 1);
          await assertEcho(connection, socket);
        },
        { flight: (items, { open }) => (open ? fragmented(coalesced(items), size) : items) },
      );
    });
  }

  test('the server may send more certificates than fit into a record', async () => {
    const chain = [...Array(30)].map((_, i) => authority(`more ${i}`, root).der);
    const leaf = leafOf(root, { key: keyOf('long') });
    const long = [leaf.der, ...chain, ...chain];
    await open(
      { ...P256.options, rejectUnauthorized: false },
      async (connection, socket) => {
        for (let i = 1; i <= 2; i++) {
          renegotiate(connection);
          await renegotiated(connection, i);
          await assertEcho(connection, socket);
        }
      },
      { chain: long, key: leaf.key },
    );
  });

  test('a HelloRequest while one is going on is ignored, also in the first handshake', async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        renegotiate(connection);
        connection.send(helloRequest(), helloRequest());
        await renegotiated(connection, 1);
        await assertEcho(connection, socket);
      },
      {
        flight: (items, _, name) =>
          name === 'finished' ? items : items.flatMap((item) => [{ ...helloRequest(), epoch: item.epoch }, item]),
      },
    );
  });

  test('the 33rd is declined, and the connection goes on', async () => {
    await open(P256.options, async (connection, socket) => {
      for (let i = 1; i <= 32; i++) {
        renegotiate(connection);
        await renegotiated(connection, i);
      }
      connection.send(helloRequest());
      await assertAlert(connection, 1, 100);
      const error = await rejection(readText(socket, 'x'));
      assert.match(error.hint, /asked to renegotiate.*or asked too often/);
    });
  });

  test('exported keys are those of the last handshake, and there is no channel binding', async () => {
    for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
      await open(
        P256.options,
        async (connection, socket) => {
          const before = socket.exportKeyingMaterial(32, 'label');
          if (version === 'TLSv1.3') {
            assert.equal(socket.channelBinding('tls-exporter').length, 32);
            return;
          }
          renegotiate(connection);
          await renegotiated(connection, 1);
          await assertEcho(connection, socket);
          const { master } = connection.secrets;
          const seed = join(connection.clientHello?.random ?? bytes(''), fill(32, 5));
          const expected = prf('sha256', master, 'label', seed, 32);
          assert.deepEqual(Buffer.from(socket.exportKeyingMaterial(32, 'label')), Buffer.from(expected));
          assert.notDeepEqual(socket.exportKeyingMaterial(32, 'label'), before);
          assert.throws(() => socket.channelBinding('tls-exporter'), /RFC 9266/);
        },
        { version },
      );
    }
    await open({}, async (_, socket) => assert.equal(socket.channelBinding('tls-exporter').length, 32));
  });

  test('the key log has the new secret', async () => {
    /** @type {string[]} */
    const lines = [];
    await open({ ...P256.options, keylog: (line) => lines.push(line) }, async (connection, socket) => {
      renegotiate(connection);
      await renegotiated(connection, 1);
      await assertEcho(connection, socket);
      assert.equal(lines.length, 2);
      assert.ok(lines[1].endsWith(Buffer.from(connection.secrets.master).toString('hex')));
    });
  });
});

describe('is declined with no_renegotiation', TIMEOUT, () => {
  /** @type {[string, ConnectOptions, Partial<Options>, RegExp][]} */
  const cases = [
    ['without the option', {}, {}, /Set the option renegotiation: true to accept it, and pass a certificate/],
    ['with a certificate alone', { ...P256.options, renegotiation: false }, {}, /Set the option .* to accept it; or/],
    [
      'if the server does not support secure renegotiation (RFC 5746)',
      P256.options,
      { secureRenegotiation: false },
      /the server does not support secure renegotiation/,
    ],
  ];
  for (const [name, client, options, hint] of cases) {
    test(name, async () => {
      await open(
        client,
        async (connection, socket) => {
          connection.write('before');
          connection.send(helloRequest());
          connection.write('after');
          assert.equal(await readText(socket, 'after'), 'beforeafter');
          await assertAlert(connection, 1, 100);
          assert.equal(connection.messages.filter(({ name: one }) => one === 'ClientHello').length, 1);
          const error = await rejection(socket.read());
          assert.match(error.hint, hint);
        },
        options,
      );
    });
  }
});

describe('a server that violates it', TIMEOUT, () => {
  const other = leafOf(authority('other root', undefined), { key: keyOf('other') });
  /**
   * Changes a message of the renegotiation.
   * @param {string} name
   * @param {(body: Uint8Array, connection: Connection) => Uint8Array | null} change
   * @returns {Partial<Options>}
   */
  const changing = (name, change) => ({
    message: (one, body, connection) => (connection.open && one === name ? change(body, connection) : body),
  });
  /** @param {(extensions: Map<number, Uint8Array>) => void} change @param {number} [version] */
  const hello = (change, version = 0x0303) =>
    changing('ServerHello', (body, { clientHello, chosen }) => {
      /** @type {Map<number, Uint8Array>} */
      const extensions = new Map();
      let rest = Buffer.from(body.subarray(2 + 32 + 33 + 3 + 2));
      while (rest.length > 0) {
        const end = 4 + rest.readUInt16BE(2);
        extensions.set(rest.readUInt16BE(0), rest.subarray(0, end));
        rest = rest.subarray(end);
      }
      assert.ok(extensions.get(EXTENSIONS.renegotiation_info)?.length === 4 + 25, String(clientHello));
      change(extensions);
      const octets = serverHello({
        random: body.subarray(2, 34),
        sessionId: body.subarray(35, 67),
        suite: Number(chosen?.suiteNumber),
        extensions: [...extensions.values()],
      });
      return join(uint(version, 2), octets.subarray(2));
    });
  const INFO = EXTENSIONS.renegotiation_info;
  /** @param {number} at */
  const infoChangedAt = (at) =>
    hello((all) => {
      const changed = Uint8Array.from(/** @type {Uint8Array} */ (all.get(INFO)));
      changed[at] ^= 1;
      all.set(INFO, changed);
    });
  /** @type {[string, Partial<Options>, string, number][]} */
  const cases = [
    ['no renegotiation_info', hello((all) => all.delete(INFO)), 'renegotiation-info', 40],
    ['an empty one', hello((all) => all.set(INFO, extension(INFO, vector(1)))), 'renegotiation-info', 40],
    ['one with no length', hello((all) => all.set(INFO, extension(INFO))), 'renegotiation-info', 40],
    ['one with another client', infoChangedAt(4 + 1), 'renegotiation-info', 40],
    ['one with another client, in its last byte', infoChangedAt(4 + 12), 'renegotiation-info', 40],
    ['one with another server', infoChangedAt(4 + 13), 'renegotiation-info', 40],
    ['one with another server, in its last byte', infoChangedAt(4 + 24), 'renegotiation-info', 40],
    [
      'one that is longer',
      hello((all) => all.set(INFO, extension(INFO, vector(1, join(Buffer.from(all.get(INFO) ?? []).subarray(5), 0))))),
      'renegotiation-info',
      40,
    ],
    ['no extended master secret', hello((all) => all.delete(23)), 'renegotiated', 47],
    ['another protocol', hello((all) => all.set(16, alpn('two'))), 'renegotiated', 47],
    ['TLS 1.1', hello(() => {}, 0x0302), 'renegotiated', 47],
    ['TLS 1.3 in the old field', hello(() => {}, 0x0304), 'renegotiated', 47],
    ['TLS 1.3', hello((all) => all.set(43, extension(43, uint(0x0304, 2)))), 'renegotiated', 47],
    ['an extension twice', hello((all) => all.set(1, extendedMasterSecret)), 'extension-twice', 47],
    ['an extension that was not asked for', hello((all) => all.set(35, extension(35))), 'extension-unasked', 110],
    ['another certificate', changing('Certificate', () => certificate12([other.der])), 'renegotiated-certificate', 47],
    [
      'another certificate before its own',
      changing('Certificate', (_, { options }) => certificate12([other.der, ...options.chain])),
      'renegotiated-certificate',
      47,
    ],
    ['no certificate', changing('Certificate', () => certificate12([])), 'renegotiated-certificate', 47],
    ['a malformed CertificateRequest', changing('CertificateRequest', (body) => join(body, 0)), 'request-syntax', 50],
  ];
  for (const [name, options, code, description] of cases) {
    test(`${name}: alert ${description}`, async () => {
      await open(
        { ...P256.options, ALPNProtocols: ['one', 'two'] },
        async (connection, socket) => {
          renegotiate(connection);
          const error = await rejection(socket.closed);
          assert.equal(error.message, `The server violated the TLS protocol: ${VIOLATIONS[code]}.`);
          await assertAlert(connection, 2, description);
          assert.equal(connection.renegotiations, 0);
        },
        { alpn: 'one', ...options },
      );
    });
  }

  test('an extended master secret and a protocol that were not there before', async () => {
    const before = (/** @type {number} */ type) => ({
      message: (/** @type {string} */ name, /** @type {Uint8Array} */ body, /** @type {Connection} */ connection) => {
        if (name !== 'ServerHello' || connection.open) return body;
        const at = Buffer.from(body).indexOf(type === 23 ? extendedMasterSecret : alpn('one'));
        const end = at + (type === 23 ? extendedMasterSecret : alpn('one')).length;
        const without = join(body.subarray(70 + 2, at), body.subarray(end));
        if (type === 23) connection.clientHello?.extensions.delete(23); // for its own master secret
        return join(body.subarray(0, 70), vector(2, without));
      },
    });
    for (const type of [23, 16]) {
      await open(
        { ...P256.options, ALPNProtocols: ['one', 'two'] },
        async (connection, socket) => {
          renegotiate(connection);
          const error = await rejection(socket.closed);
          assert.equal(error.message, `The server violated the TLS protocol: ${VIOLATIONS.renegotiated}.`);
          await assertAlert(connection, 2, 47);
        },
        { alpn: 'one', ...before(type) },
      );
    }
  });

  test('another key with the same certificate', async () => {
    await open(P256.options, async (connection, socket) => {
      connection.options.key = other.key;
      renegotiate(connection);
      const error = await rejection(socket.closed);
      assert.notEqual(error.code, undefined);
      await connection.until(() => connection.alerts.length > 0);
      assert.equal(connection.alerts[0].description, 51);
      assert.equal(connection.renegotiations, 0);
    });
  });

  test("a suite that does not fit the certificate's key", async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        connection.options.suite = 0xc02f;
        renegotiate(connection);
        const error = await rejection(socket.closed);
        assert.equal(error.message, `The server violated the TLS protocol: ${VIOLATIONS['certificate-type']}.`);
      },
      { subject: SERVER },
    );
  });

  test('data behind its ServerHello', async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        renegotiate(connection);
        assert.equal((await rejection(socket.closed)).code, 'ERR_TLS_PROTOCOL');
        await assertAlert(connection, 2, 10);
      },
      { flight: (items, { open }) => (open ? [items[0], data(bytes('early')), ...items.slice(1)] : items) },
    );
  });

  test('a Finished that is wrong, or messages under the old keys', async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        renegotiate(connection);
        await rejection(socket.closed);
        await connection.until(() => connection.alerts.length > 0);
        assert.equal(connection.alerts[0].level, 2);
      },
      changing('Finished', (body) => body.map((octet) => octet ^ 1)),
    );
  });

  for (const [name, last, code] of /** @type {const} */ ([
    ['a fatal alert', alert(2, 40, 'application'), 'ERR_TLS_ALERT'],
    ['the end of the transport', undefined, 'ERR_TLS_TRUNCATED'],
  ])) {
    test(`${name} in the middle`, async () => {
      await open(
        P256.options,
        async (connection, socket) => {
          renegotiate(connection);
          await connection.until(() => connection.messages.at(-1)?.name === 'ClientHello');
          if (!last) connection.end();
          assert.equal((await rejection(socket.closed)).code, code);
        },
        { flight: (items, { open }) => (open ? (last ? [items[0], last] : []) : items) },
      );
    });
  }

  test('close_notify in the middle ends the connection', async () => {
    await open(
      P256.options,
      async (connection, socket) => {
        connection.write('data');
        renegotiate(connection);
        await connection.until(() => connection.messages.at(-1)?.name === 'ClientHello');
        connection.close();
        assert.equal(await readText(socket, 'data'), 'data');
        assert.equal(await socket.read(), null);
        await socket.closed;
        await assertAlert(connection, 1, 0);
      },
      { flight: (items, { open }) => (open ? [] : items) },
    );
  });
});

describe('real servers', TIMEOUT, () => {
  const client = { cert: RSA.chain, key: RSA.key, renegotiation: true };

  test('OpenSSL, with and without a request for a certificate, again and again', async () => {
    const args = ['-tls1_2', '-msg'];
    await withServer(startOpenssl(SERVER, { mode: 'interactive', args }), async (server) => {
      const socket = await dial(SERVER, server, client);
      await socket.opened;
      for (const [i, command] of ['R', 'r', 'R', 'r', 'R'].entries()) {
        server.write(`${command}\n`);
        await server.seen(new RegExp(`(?:<<< [^\n]*Finished[^]*?>>> [^\n]*Finished[^]*){${i + 2}}`));
        server.write(`from the server ${i}\n`);
        assert.equal(await readText(socket, '\n'), `from the server ${i}\n`);
        await socket.write(`from the client ${i}.\n`);
        await server.seen(new RegExp(`from the client ${i}\\.`));
      }
      assert.ok(Number(server.stdout().match(/<<< [^\n]*CertificateVerify/g)?.length) >= 1);
      await socket.close();
    });
  });

  test('GnuTLS', async () => {
    const args = ['--x509cafile', RSA.files.roots];
    const priority = 'NORMAL:-VERS-ALL:+VERS-TLS1.2';
    await withServer(startGnutls(SERVER, { args, priority }), async (server) => {
      const socket = await dial(SERVER, server, client);
      await socket.opened;
      for (let i = 1; i <= 3; i++) {
        await socket.write('**REHANDSHAKE**\n');
        await server.seen(new RegExp(`(?:Received hello message[^]*){${i}}`));
        await socket.write(`line ${i}\n`);
        assert.match(await readText(socket, `line ${i}\n`), /line \d\n$/);
      }
      await socket.close();
    });
  });
});
