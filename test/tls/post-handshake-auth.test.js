/** Post-handshake authentication (RFC 8446, section 4.6.2), with the option `renegotiation`. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { authority, keyOf, server as leafOf } from '../helpers/chains.js';
import { closeDialled, dial, readBytes, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startOpenssl } from '../helpers/servers.js';
import { bytes, extension, fill, join, message, uint, vector } from '../helpers/tls-server/bytes.js';
import { assertAlert, assertEcho, withConnection } from '../helpers/tls-server/connected.js';
import { EXTENSIONS, signatureAlgorithms, TYPES } from '../helpers/tls-server/messages.js';
import { coalesced, fragmented, handshake } from '../helpers/tls-server/records.js';
import { certificateRequest, postHandshakeRequest, ticket, updateKeys } from '../helpers/tls-server/tls13.js';
import { sequence } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../helpers/tls-server/connection.js').Connection} Connection */

const TIMEOUT = { timeout: 60_000 };
const SERVER = pki('good-p256');
const CLIENT = pki('good-rsa2048');
const NAME = Buffer.from('300d310b3009060355040613024445', 'hex'); // C=DE
const ALGORITHMS = signatureAlgorithms([0x0804, 0x0805, 0x0403, 0x0503]);
const root = authority('later root', undefined);
const certificate = leafOf(root, { key: keyOf('later') });
/** @type {ConnectOptions} */
const IDENTITY = {
  cert: der.pem('CERTIFICATE', certificate.der),
  key: /** @type {string} */ (certificate.key.export({ type: 'pkcs8', format: 'pem' })),
  renegotiation: true,
};

after(closeDialled);

/**
 * @param {ConnectOptions} client
 * @param {(connection: Connection, socket: TLSSocket) => Promise<void>} use
 * @param {Partial<import('../helpers/tls-server/server.js').Options>} [options]
 */
const open = (client, use, options = {}) => withConnection(SERVER, options, client, use);

let contexts = 0;
/** @param {Connection} connection @param {...Uint8Array} extensions */
const request = (connection, ...extensions) =>
  certificateRequest(
    connection,
    postHandshakeRequest(bytes(`context ${++contexts}`), ...(extensions.length > 0 ? extensions : [ALGORITHMS])),
  );

/** Rejects if something is wrong with an answer. @param {Connection} connection @param {number} count */
async function answered(connection, count) {
  await connection.until(() => connection.authentications.length >= count || connection.error);
  assert.equal(connection.error, undefined);
  assert.equal(connection.authentications.length, count);
}

describe('a request after the handshake', TIMEOUT, () => {
  for (const suite of [0x1301, 0x1302, 0x1303]) {
    test(`suite ${suite.toString(16)}: gets the certificate, and data goes on`, async () => {
      await open(
        IDENTITY,
        async (connection, socket) => {
          const { verification, ...info } = await socket.opened;
          for (let i = 1; i <= 3; i++) {
            connection.send(request(connection));
            await answered(connection, i);
            await assertEcho(connection, socket);
          }
          for (const { chain, scheme } of connection.authentications) {
            assert.deepEqual([chain.map(String), scheme], [[Buffer.from(certificate.der).toString()], 0x0403]);
          }
          const now = await socket.opened;
          assert.deepEqual([now.verification, now.cipher], [verification, info.cipher]);
          await socket.close();
        },
        { suite },
      );
    });
  }

  test('after the same in the handshake', async () => {
    await open(
      IDENTITY,
      async (connection, socket) => {
        connection.send(request(connection));
        await answered(connection, 1);
        await assertEcho(connection, socket);
      },
      { requestCertificate: true },
    );
  });

  test('several at once are each answered, in their order', async () => {
    await open(IDENTITY, async (connection, socket) => {
      const first = contexts + 1;
      connection.send(...coalesced([request(connection), ticket(), request(connection), request(connection)]));
      await answered(connection, 3);
      assert.deepEqual(
        connection.authentications.map(({ context }) => context),
        [0, 1, 2].map((i) => Buffer.from(`context ${first + i}`).toString('hex')),
      );
      await assertEcho(connection, socket);
    });
  });

  for (const size of [1, 3, 5, 60]) {
    test(`in fragments of ${size} bytes`, async () => {
      await open(IDENTITY, async (connection, socket) => {
        connection.send(...fragmented([request(connection)], size));
        await answered(connection, 1);
        await assertEcho(connection, socket);
      });
    });
  }

  test('with a context of 255 bytes, and 15,000 bytes of names', async () => {
    await open(IDENTITY, async (connection, socket) => {
      const name = vector(2, NAME);
      const names = join(...Array.from({ length: 880 }, () => name));
      const authorities = extension(EXTENSIONS.certificate_authorities, vector(2, names));
      const body = postHandshakeRequest(fill(255, 7), authorities, ALGORITHMS);
      connection.send(certificateRequest(connection, body));
      await answered(connection, 1);
      await assertEcho(connection, socket);
    });
  });

  test('gets an empty Certificate from a client without one, or with a key that the server does not accept', async () => {
    for (const client of [{ renegotiation: true }, IDENTITY]) {
      await open(client, async (connection, socket) => {
        connection.send(request(connection, signatureAlgorithms([0x0804])));
        await answered(connection, 1);
        assert.deepEqual(connection.authentications[0].chain, []);
        await assertEcho(connection, socket);
        connection.send({ name: 'alert', type: 21, content: Uint8Array.of(2, 116), epoch: 'application' });
        const error = await rejection(socket.read());
        assert.equal(error.code, 'ERR_TLS_ALERT');
        assert.match(
          error.hint,
          client.cert ? /accepts no signature by the client's key.* rsa_pss_rsae_sha256/ : /asked for .* got none/,
        );
      });
    }
  });

  test('asks the callback each time, while data is still sent', async () => {
    const { cert, key } = IDENTITY;
    /** @type {string[][]} */
    const asked = [];
    const answers = [{ cert, key }, null, { cert, key }];
    await open(
      {
        renegotiation: true,
        async clientCertificate({ authorities }) {
          asked.push(authorities.map(({ name }) => name));
          await new Promise((resolve) => setTimeout(resolve, 20));
          return /** @type {any} */ (answers[asked.length - 1]);
        },
      },
      async (connection, socket) => {
        const named = extension(EXTENSIONS.certificate_authorities, vector(2, vector(2, NAME)));
        connection.send(request(connection), request(connection, named, ALGORITHMS));
        await socket.write('meanwhile');
        assert.equal(await readText(socket, 'meanwhile'), 'meanwhile');
        connection.send(request(connection));
        await answered(connection, 3);
        assert.deepEqual(
          connection.authentications.map(({ chain }) => chain.length),
          [1, 0, 1],
        );
        assert.deepEqual(asked, [[], ['C=DE'], []]);
        await assertEcho(connection, socket);
      },
    );
  });

  test('before and after KeyUpdates of both sides', async () => {
    await open(IDENTITY, async (connection, socket) => {
      for (let i = 1; i <= 4; i++) {
        await socket.updateKeys();
        await assertEcho(connection, socket);
        if (i % 2 === 0) updateKeys(connection, true);
        connection.send(request(connection));
        updateKeys(connection, i === 3);
        await answered(connection, i);
        await socket.updateKeys();
        await assertEcho(connection, socket);
      }
    });
  });

  test('during transfers in both directions', async () => {
    const data = Buffer.from(sequence(0, 2_000_000));
    await open(
      IDENTITY,
      async (connection, socket) => {
        const reading = readBytes(socket, data.length);
        const writing = socket.write(data);
        for (let i = 0; i < 20; i++) {
          connection.write(data.subarray(i * 100_000, (i + 1) * 100_000));
          connection.send(request(connection));
          await answered(connection, i + 1);
        }
        await writing;
        assert.ok((await reading).equals(data));
        await connection.until(() => connection.received.length === data.length);
        assert.ok(connection.received.equals(data));
      },
      { echo: false },
    );
  });
});

describe('the extension post_handshake_auth', TIMEOUT, () => {
  /** @param {ConnectOptions} client @param {Partial<import('../helpers/tls-server/server.js').Options>} [options] */
  const hellos = async (client, options) => {
    /** @type {(string | undefined)[]} */
    let found = [];
    await open(
      client,
      async (connection) => {
        found = connection.messages
          .filter(({ name }) => name === 'ClientHello')
          .map(({ body }) => (body.includes(Buffer.from('00310000', 'hex')) ? 'offered' : 'missing'));
        assert.equal(
          connection.clientHello?.extensions.get(EXTENSIONS.post_handshake_auth)?.length,
          found[0] === 'offered' ? 0 : undefined,
        );
      },
      options,
    );
    return found;
  };

  test('is offered with the option, in both ClientHellos', async () => {
    assert.deepEqual(await hellos({ renegotiation: true }), ['offered']);
    assert.deepEqual(await hellos({ renegotiation: true }, { retry: { group: 23 } }), ['offered', 'offered']);
    assert.deepEqual(await hellos({ renegotiation: true, maxVersion: 'TLSv1.2' }, { version: 'TLSv1.2' }), ['missing']);
  });

  test('is not offered without', async () => {
    for (const client of [{}, { renegotiation: false }, { ...IDENTITY, renegotiation: undefined }]) {
      assert.deepEqual(await hellos(client), ['missing']);
    }
  });
});

describe('a server that violates it', TIMEOUT, () => {
  const body = (/** @type {...Uint8Array} */ ...extensions) => postHandshakeRequest(bytes('context'), ...extensions);
  const used = postHandshakeRequest(bytes('used'), ALGORITHMS);
  /** @type {[string, Uint8Array, number, RegExp][]} */
  const cases = [
    ['no context', postHandshakeRequest(new Uint8Array(), ALGORITHMS), 47, /context/],
    ['a context again', used, 47, /context/],
    ['no signature_algorithms', body(), 109, /no signature algorithms/],
    ['only others', body(extension(50, vector(2, uint(0x0403, 2)))), 109, /no signature algorithms/],
    ['an empty list of algorithms', body(signatureAlgorithms([])), 50, /extension.* malformed/],
    ['malformed authorities', body(ALGORITHMS, extension(47, vector(2, join(vector(2, NAME), 0)))), 50, /malformed/],
    ['an extension twice', body(ALGORITHMS, ALGORITHMS), 47, /twice/],
    ...[0, 10, 16, 43, 44, 49, 51].map(
      (type) =>
        /** @type {[string, Uint8Array, number, RegExp]} */ ([
          `extension ${type}, which is for other messages`,
          body(ALGORITHMS, extension(type)),
          47,
          /a message that it is not for/,
        ]),
    ),
    ['an extension that is too long', body(join(uint(13, 2), uint(9, 2), uint(0, 2))), 50, /malformed/],
    ['bytes behind the extensions', join(body(ALGORITHMS), 0), 50, /malformed/],
    ['no extensions', vector(1, bytes('context')), 50, /malformed/],
    ['a context that is too long', Uint8Array.of(9, 1, 2), 50, /malformed/],
    ['nothing', new Uint8Array(), 50, /malformed/],
  ];
  for (const [name, octets, description, text] of cases) {
    test(`${name}: alert ${description}`, async () => {
      await open(IDENTITY, async (connection, socket) => {
        if (octets === used) {
          connection.send(certificateRequest(connection, used), request(connection));
          await answered(connection, 2);
        }
        connection.send(handshake('CertificateRequest', message(TYPES.CertificateRequest, octets), 'application'));
        const error = await rejection(socket.closed);
        assert.equal(error.code, 'ERR_TLS_PROTOCOL');
        assert.match(error.message, text);
        await assertAlert(connection, 2, description);
      });
    });
  }

  test('unknown extensions are ignored', async () => {
    await open(IDENTITY, async (connection) => {
      connection.send(
        request(connection, extension(0xfafa, bytes('unknown')), ALGORITHMS, extension(5), extension(48)),
      );
      await answered(connection, 1);
    });
  });

  for (const client of /** @type {ConnectOptions[]} */ ([{ ...IDENTITY, renegotiation: false }, {}])) {
    test(`a request without the extension, ${client.cert ? 'with' : 'without'} a certificate: alert 10`, async () => {
      await open(client, async (connection, socket) => {
        connection.send(request(connection));
        const error = await rejection(socket.closed);
        assert.equal(error.code, 'ERR_TLS_PROTOCOL');
        await assertAlert(connection, 2, 10);
      });
    });
  }

  for (const type of [1, 2, 8, 11, 15, 20, 254]) {
    test(`a message of type ${type}: alert 10`, async () => {
      await open(IDENTITY, async (connection, socket) => {
        connection.send(handshake('other', message(type, fill(40, 1)), 'application'));
        assert.equal((await rejection(socket.closed)).code, 'ERR_TLS_PROTOCOL');
        await assertAlert(connection, 2, 10);
      });
    });
  }

  test('more than 32 requests: ERR_TLS_CERTIFICATE_REQUESTS, and alert 10', async () => {
    await open(IDENTITY, async (connection, socket) => {
      for (let i = 1; i <= 32; i++) {
        connection.send(request(connection));
        await answered(connection, i);
      }
      await assertEcho(connection, socket);
      connection.send(request(connection));
      assert.equal((await rejection(socket.closed)).code, 'ERR_TLS_CERTIFICATE_REQUESTS');
      await assertAlert(connection, 2, 10);
    });
  });
});

describe('real servers', TIMEOUT, () => {
  const identity = { cert: CLIENT.chain, key: CLIENT.key, renegotiation: true };

  test('OpenSSL, again and again, with KeyUpdates between', async () => {
    const args = ['-tls1_3', '-msg'];
    await withServer(startOpenssl(SERVER, { mode: 'interactive', args }), async (server) => {
      const socket = await dial(SERVER, server, identity);
      await socket.opened;
      for (const [i, command] of ['c', 'k', 'c', 'K', 'c'].entries()) {
        const times = 1 + (i >> 1);
        const seen = command === 'c' ? '<<< [^\n]*CertificateVerify[^]*?<<< [^\n]*Finished' : '>>> [^\n]*KeyUpdate';
        server.write(`${command}\n`);
        await server.seen(new RegExp(`(?:${seen}[^]*){${times}}`)); // it ignores what it reads with a command
        server.write(`from the server ${i}\n`);
        assert.equal(await readText(socket, '\n'), `from the server ${i}\n`);
        await socket.write(`from the client ${i}.\n`);
        await server.seen(new RegExp(`from the client ${i}\\.`));
      }
      assert.equal(server.stdout().match(/<<< TLS 1\.3, Handshake [^\n]*CertificateVerify/g)?.length, 3);
      await socket.close();
    });
  });

  test('GnuTLS', async () => {
    const args = ['-d', '4', '--x509cafile', CLIENT.files.roots];
    await withServer(startGnutls(SERVER, { args }), async (server) => {
      const socket = await dial(SERVER, server, { ...identity, minVersion: 'TLSv1.3' });
      await socket.opened;
      await socket.write('**REAUTH**\n');
      await server.seen(/verifying TLS 1\.3 handshake data[^]*parsing finished/);
      await socket.write('after it\n');
      assert.match(await readText(socket, 'after it\n'), /after it\n$/);
      await socket.close();
    });
  });
});
