/** What an error says about a failed connection: what happened, and who is to do what. With real and misbehaving servers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { connect } from '../../dist/index.js';
import { chosenVersion } from '../../dist/server-hello.js';
import { ALERTS, CLIENT_CERTIFICATE_MISSING, NO_SERVER_NAME } from '../../messages/alerts.js';
import { startBridge } from '../helpers/bridge.js';
import { closeDialled, dial, optionsFor, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startNginx, startNodeTls, startOpenssl } from '../helpers/servers.js';
import { bytes, join, message, uint, vector } from '../helpers/tls-server/bytes.js';
import { TYPES } from '../helpers/tls-server/messages.js';
import { alert, fragmented, handshake } from '../helpers/tls-server/records.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { ticket } from '../helpers/tls-server/tls13.js';

/** @typedef {import('../helpers/tls-server/server.js').Options} Options */
/** @typedef {import('../helpers/tls-server/messages.js').MessageName} MessageName */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const P256 = pki('good-p256');
const RSA = pki('good-rsa2048');
const CLIENT = pki('client');
const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);

/**
 * The error of a connection to a misbehaving server, of its opening or of its first read.
 * @param {Partial<Options>} options
 * @param {ConnectOptions} [clientOptions]
 */
function errorOf(options, clientOptions, subject = P256) {
  return withServer(startTlsServer(subject, options), async (server) => {
    const socket = await dial(subject, server, clientOptions);
    return rejection(socket.opened.then(() => socket.read()));
  });
}

/** Changes one message. @param {MessageName} wanted @param {(body: Uint8Array) => Uint8Array | null} change */
const changing = (wanted, change) => ({
  /** @type {NonNullable<Options['message']>} */
  message: (name, body) => (name === wanted ? change(body) : body),
});

/** @param {Uint8Array} body @param {number} at @param {Uint8Array} value */
const overwritten = (body, at, value) => join(body.subarray(0, at), value, body.subarray(at + value.length));

describe('a server that does not prove who it is', () => {
  for (const version of VERSIONS) {
    test(`${version}: no certificate`, async () => {
      const empty = version === 'TLSv1.2' ? vector(3) : join(vector(1), vector(3));
      for (const change of [() => empty, () => null]) {
        const error = await errorOf({ version, ...changing('Certificate', change) });
        assert.equal(error.code, 'ERR_TLS_NO_CERTIFICATE', error.message);
        assert.equal(error.alert, undefined);
        assert.doesNotMatch(error.message, /alert/);
      }
    });

    for (const [subject, key] of /** @type {const} */ ([
      [P256, 'ECDSA'],
      [RSA, 'RSA'],
    ])) {
      test(`${version}: a signature that does not match, ${key}`, async () => {
        const name = version === 'TLSv1.2' ? 'ServerKeyExchange' : 'CertificateVerify';
        const change = (/** @type {Uint8Array} */ body) =>
          overwritten(body, body.length - 1, Uint8Array.of((body.at(-1) ?? 0) ^ 1));
        const error = await errorOf({ version, ...changing(name, change) }, {}, subject);
        assert.equal(error.code, 'ERR_TLS_SERVER_SIGNATURE', error.message);
        assert.match(error.message, /did not prove that it holds the key/);
      });
    }

    test(`${version}: a signature by another key`, async () => {
      const error = await errorOf({ version, key: (await import('node:crypto')).createPrivateKey(CLIENT.key) });
      assert.equal(error.code, 'ERR_TLS_SERVER_SIGNATURE', error.message);
    });

    for (const [scheme, says] of /** @type {const} */ ([
      [
        0x0203,
        /signed the handshake with ecdsa_sha1 \(0x0203\), which was not offered: SHA-1 is not secure\. Its operator/,
      ],
      [0x0201, /rsa_pkcs1_sha1 \(0x0201\), which was not offered: SHA-1/],
      [0x0303, /ecdsa_sha224 \(0x0303\), which was not offered: SHA-224/],
      [0x081a, /with the scheme 0x081a, which was not offered\. Its operator/],
    ])) {
      test(`${version}: a signature with the scheme ${scheme.toString(16)}`, async () => {
        const name = version === 'TLSv1.2' ? 'ServerKeyExchange' : 'CertificateVerify';
        const change = (/** @type {Uint8Array} */ body) =>
          overwritten(body, version === 'TLSv1.2' ? 4 + body[3] : 0, uint(scheme, 2));
        const error = await errorOf({ version, ...changing(name, change) });
        assert.equal(error.code, 'ERR_TLS_SERVER_SIGNATURE', error.message);
        assert.match(error.message, says);
      });
    }
  }

  test('the sentinel of a downgrade in its random', async () => {
    const change = (/** @type {Uint8Array} */ body) => overwritten(body, 2 + 24, bytes('DOWNGRD\x01'));
    const error = await errorOf({ version: 'TLSv1.2', ...changing('ServerHello', change) });
    assert.equal(error.code, 'ERR_TLS_DOWNGRADE', error.message);
    assert.match(error.message, /^Somebody changed the handshake to an older TLS version/);
  });
});

describe('a server whose version is not ours', () => {
  /** @param {number} version */
  const choosing = (version) => changing('ServerHello', (body) => overwritten(body, 0, uint(version, 2)));

  for (const [number, name] of /** @type {const} */ ([
    [0x0300, 'SSL 3.0'],
    [0x0301, 'TLS 1.0'],
    [0x0302, 'TLS 1.1'],
    [0x0999, 'the unknown version 0x0999'],
  ])) {
    test(`is named: ${name}`, async () => {
      const error = await errorOf({ version: 'TLSv1.2', ...choosing(number) });
      assert.equal(error.code, 'ERR_TLS_VERSION', error.message);
      assert.ok(
        error.message.startsWith(`The server chose ${name}, but TLS 1.2 and TLS 1.3 was offered.`),
        error.message,
      );
    });
  }

  test('although supported_versions says so', async () => {
    const old = await errorOf({ version: 'TLSv1.2', suite: 0xc02b, scheme: 0x0403 }, { minVersion: 'TLSv1.3' });
    assert.equal(old.code, 'ERR_TLS_VERSION');
    assert.match(old.message, /^The server chose TLS 1\.2, but TLS 1\.3 was offered\. Change minVersion/);
    const recent = await errorOf({ version: 'TLSv1.3', suite: 0x1301, group: 29 }, { maxVersion: 'TLSv1.2' });
    assert.equal(recent.code, 'ERR_TLS_VERSION', recent.message);
    assert.match(recent.message, /^The server chose TLS 1\.3, but TLS 1\.2 was offered/);
  });

  test('sends an alert: the hint says what its operator has to do', async () => {
    const server = startNodeTls(P256, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    await withServer(server, async (one) => {
      const error = await rejection((await dial(P256, one)).opened);
      assert.deepEqual([error.code, error.alert, error.hint], ['ERR_TLS_ALERT', 70, ALERTS[70].hint]);
    });
  });

  test('chosenVersion() reads a ServerHello in any pieces, and nothing else', () => {
    const hello = message(
      TYPES.ServerHello,
      join(
        uint(0x0303, 2),
        new Uint8Array(32),
        vector(1),
        uint(0x1301, 2),
        0,
        vector(2, uint(43, 2), vector(2, uint(0x7f17, 2))),
      ),
    );
    const record = (/** @type {Uint8Array} */ part) => join(Uint8Array.of(22, 3, 3), vector(2, part));
    assert.equal(chosenVersion(record(hello)), 0x7f17);
    for (let cut = 1; cut < hello.length; cut++) {
      assert.equal(chosenVersion(join(record(hello.subarray(0, cut)), record(hello.subarray(cut)))), 0x7f17);
      assert.equal(chosenVersion(record(hello.subarray(0, cut))), undefined);
    }
    assert.equal(chosenVersion(new Uint8Array(1024).fill(22)), undefined);
  });
});

describe('a server that asks for a client certificate and gets none', () => {
  for (const version of VERSIONS) {
    const flag = `-tls1_${version.at(-1)}`;
    test(`${version}, OpenSSL: its alert has the reason`, async () => {
      for (const args of [
        ['-Verify', '1', flag],
        ['-Verify', '1', '-verify_return_error', flag],
      ]) {
        await withServer(startOpenssl(P256, { args }), async (server) => {
          const socket = await dial(P256, server);
          const error = await rejection(socket.opened.then(() => socket.read()));
          assert.equal(error.code, 'ERR_TLS_ALERT', error.message);
          assert.equal(error.alert, version === 'TLSv1.2' ? 40 : 116);
          assert.equal(error.hint, CLIENT_CERTIFICATE_MISSING);
          assert.match(
            error.message,
            /^The server sent the fatal alert \d+ \(\w+\)\. The server asked for a client certificate and got none/,
          );
        });
      }
    });

    test(`${version}, GnuTLS`, async () => {
      const priority = `NORMAL:-VERS-ALL:+VERS-TLS1.${version.at(-1)}`;
      await withServer(startGnutls(P256, { priority, clientCA: CLIENT.roots }), async (server) => {
        const socket = await dial(P256, server);
        const error = await rejection(socket.opened.then(() => socket.read()));
        assert.equal(error.hint, CLIENT_CERTIFICATE_MISSING, error.message);
      });
    });

    test(`${version}: it closes without an alert, and the error still says why`, async () => {
      const close = (/** @type {import('../helpers/tls-server/connection.js').Connection} */ connection) =>
        connection.destroy();
      const error = await errorOf({ version, requestCertificate: true, open: close });
      assert.equal(error.code, 'ERR_TLS_TRUNCATED', error.message);
      assert.equal(error.hint, CLIENT_CERTIFICATE_MISSING);
    });
  }

  test('an alert about the certificate of a client that sent one keeps its own hint', async () => {
    const args = ['-tls1_3', '-Verify', '1', '-verify_return_error']; // it has no CA, and names none
    await withServer(startOpenssl(P256, { args }), async (server) => {
      const socket = await dial(P256, server, { cert: CLIENT.chain, key: CLIENT.key });
      const error = await rejection(socket.opened.then(() => socket.read()));
      assert.equal(error.code, 'ERR_TLS_ALERT');
      assert.equal(error.hint, ALERTS[error.alert].hint);
    });
  });

  test('it names the authorities of the server, if the certificate is of none of them', async () => {
    const clientCA = RSA.roots; // not that of the client's certificate
    for (const version of VERSIONS) {
      await withServer(startOpenssl(P256, { args: [`-tls1_${version.at(-1)}`], clientCA }), async (server) => {
        const socket = await dial(P256, server, { cert: CLIENT.chain, key: CLIENT.key });
        const error = await rejection(socket.opened.then(() => socket.read()));
        assert.equal(error.code, 'ERR_TLS_ALERT');
        assert.match(error.hint ?? '', /^The server got a client certificate, but names other authorities .*: .*CN=/);
      });
    }
  });

  test('nginx answers with a page: no error', async () => {
    await withServer(startNginx(P256, { clientCA: CLIENT.roots }), async (server) => {
      const socket = await dial(P256, server);
      await socket.write('GET / HTTP/1.0\r\n\r\n');
      assert.match(Buffer.from((await socket.read()) ?? []).toString(), /400 (Bad Request|No required SSL)/);
    });
  });
});

describe('alerts', () => {
  for (const number of [40, 42, 43, 44, 45, 46, 47, 48, 70, 71, 80, 86, 109, 112, 116, 120]) {
    test(`${number}: the message ends with its hint, over TCP and the bridge alike`, async () => {
      const flight = () => [alert(2, number, 'clear')];
      await withServer(startTlsServer(P256, { flight }), async (server) => {
        const error = await rejection((await dial(P256, server)).opened);
        assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', number]);
        const { name, hint } = ALERTS[number];
        assert.equal(error.message, `The server sent the fatal alert ${number} (${name}). ${hint}`);
      });
    });
  }

  test('that nobody sent are not reported: a close_notify ends the handshake', async () => {
    for (const level of [1, 2]) {
      const error = await errorOf({ flight: () => [alert(level, 0, 'clear')] });
      assert.equal(error.code, 'ERR_TLS_HANDSHAKE_CLOSED', error.message);
      assert.equal(error.alert, undefined);
    }
  });
});

describe('other causes', () => {
  test('a server that needs a name and got none', async () => {
    const server = await startTlsServer(P256, { flight: () => [alert(2, 40, 'clear')] });
    const error = await rejection(connect(`127.0.0.1:${server.port}`).opened);
    await server.close();
    assert.deepEqual([error.code, error.alert, error.hint], ['ERR_TLS_ALERT', 40, NO_SERVER_NAME]);
  });

  test('a server that returns what it receives', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const error = await rejection(connect(`127.0.0.1:${port}`).opened);
    server.close();
    assert.equal(error.code, 'ERR_TLS_PROTOCOL');
    assert.match(error.message, /^The server sent a ClientHello, as only clients do\. Check the port/);
  });

  test('a transport that does not open', async () => {
    const transport = () => new Promise(() => {});
    const error = await rejection(
      connect('good.example', { transport: /** @type {any} */ (transport), timeout: 50 }).opened,
    );
    assert.equal(error.code, 'ERR_TLS_TIMEOUT');
    assert.match(error.message, /within 50 ms\. The transport had not reached the server by then\. Check the address/);
  });

  test('no bytes make the readers of the first ones throw', () => {
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 0x7fffffff);
    for (let i = 0; i < 20_000; i++) {
      const input = Uint8Array.from({ length: random() % 200 }, () => (random() % 3 === 0 ? random() : random() % 4));
      input.set([22, 3, 3].slice(0, input.length));
      const version = chosenVersion(input);
      assert.ok(version === undefined || (version >= 0 && version < 0x10000));
    }
  });
});

describe('messages that are too long', () => {
  /** @param {number} length */
  const long = (length) =>
    ticket(join(uint(3600, 4), uint(0, 4), vector(1), vector(2, new Uint8Array(length)), vector(2)));

  test('a ticket is called a ticket', async () => {
    const error = await errorOf({ open: (connection) => connection.send(...fragmented([long(60_000)], 16_000)) });
    assert.equal(error.code, 'ERR_TLS_MESSAGE_TOO_LARGE', error.message);
    assert.match(
      error.message,
      /^A session ticket of the server is longer than 16,384 bytes, the limit\. The server must/,
    );
  });

  test('certificates are called certificates', async () => {
    const [leaf] = P256.chain.match(/-+BEGIN[^]*?END CERTIFICATE-+\n/) ?? [];
    const chain = Array.from({ length: 120 }, () => Buffer.from(String(leaf).replace(/-.*-/g, ''), 'base64'));
    const error = await errorOf({ chain });
    assert.equal(error.code, 'ERR_TLS_MESSAGE_TOO_LARGE', error.message);
    assert.match(error.message, /^The certificates of the server are longer than 65,535 bytes, the limit\./);
  });
});

describe('a server that asks for renegotiation', () => {
  test('and then sends an alert or closes: the error says what it had asked for', async () => {
    for (const end of ['alert', 'close']) {
      const error = await errorOf({
        version: 'TLSv1.2',
        open(connection) {
          const request = handshake('HelloRequest', message(TYPES.HelloRequest, new Uint8Array()), 'application');
          connection.send(request, ...(end === 'alert' ? [alert(2, 40, 'application')] : []));
        },
      });
      assert.equal(error.code, end === 'alert' ? 'ERR_TLS_ALERT' : 'ERR_TLS_TRUNCATED', error.message);
      assert.match(error.message, /the server asked to renegotiate, usually for a client certificate/);
    }
  });
});

describe('over the bridge', () => {
  /** @type {Awaited<ReturnType<typeof startTlsServer>>[]} */
  const servers = [];
  after(async () => {
    await closeDialled();
    for (const server of servers) await server.close();
  });

  test('the errors are the same as over TCP', async () => {
    for (const options of /** @type {Partial<Options>[]} */ ([
      { flight: () => [alert(2, 112, 'clear')] },
      changing('Certificate', () => join(vector(1), vector(3))),
      { version: 'TLSv1.2', ...changing('ServerHello', (body) => overwritten(body, 0, uint(0x0301, 2))) },
    ])) {
      const server = await startTlsServer(P256, options);
      servers.push(server);
      const bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
      const criteria = await optionsFor(P256);
      const direct = await rejection(connect(`127.0.0.1:${server.port}`, criteria).opened);
      const bridged = await rejection(connect(`127.0.0.1:${server.port}`, { ...criteria, bridge: bridge.url }).opened);
      assert.deepEqual([bridged.code, bridged.message, bridged.hint], [direct.code, direct.message, direct.hint]);
      await bridge.close();
    }
  });
});
