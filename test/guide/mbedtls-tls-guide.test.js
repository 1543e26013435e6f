/**
 * Mbed TLS's tutorial for a TLS client, section by section, each step done with this package.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { startBridge } from '../helpers/bridge.js';
import { dial, closeDialled, optionsFor, readBytes, readText, rejection, withServer } from '../helpers/client.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { startNginx, startNodeTls, startOpenssl } from '../helpers/servers.js';

const good = pki('good-p256');
/** Longer than any section takes on a busy machine, so that a test that hangs fails. */
const LIMIT = { timeout: 60_000 };
const wasm = new URL('../../dist/pagetls/pagetls.wasm', import.meta.url);

/**
 * Runs `use` with another source of randomness.
 * @template T
 * @param {Crypto['getRandomValues']} source
 * @param {() => Promise<T>} use
 */
async function withRandomness(source, use) {
  Object.defineProperty(crypto, 'getRandomValues', { value: source, configurable: true });
  try {
    return await use();
  } finally {
    Reflect.deleteProperty(crypto, 'getRandomValues');
  }
}

describe('Preparing necessary data structures', LIMIT, () => {
  test('the module imports randomness, time and optionally an AEAD, but no socket, file or environment', async () => {
    const imports = WebAssembly.Module.imports(await WebAssembly.compile(await readFile(wasm)));
    const names = imports.map(({ module, name, kind }) => `${module}.${name} ${kind}`);
    // A build with PAGETLS_HOST_AEAD=OFF does not import the first one.
    assert.deepEqual([...new Set(['pagetls.aead function', ...names])].sort(), [
      'pagetls.aead function',
      'pagetls.now function',
      'pagetls.random function',
    ]);
  });

  test("entropy and DRBG: the client's random comes from the host's generator", async () => {
    const real = crypto.getRandomValues.bind(crypto);
    let hostRandomness = '';
    /** @type {string[]} */
    const lines = [];
    await withServer(startNodeTls(good), async (server) => {
      await withRandomness(
        (array) => {
          real(array);
          hostRandomness += Buffer.from(/** @type {Uint8Array} */ (/** @type {unknown} */ (array))).toString('hex');
          return array;
        },
        async () => {
          const socket = await dial(good, server, { keylog: (line) => lines.push(line) });
          await socket.opened;
        },
      );
    });
    const [, clientRandom] = lines[0].split(' ');
    assert.equal(clientRandom.length, 64);
    assert.ok(hostRandomness.includes(clientRandom), 'the client random does not come from the host');
  });

  test('entropy and DRBG: two connections have different client randoms', async () => {
    /** @type {string[]} */
    const lines = [];
    await withServer(startNodeTls(good), async (server) => {
      for (let i = 0; i < 2; i++) {
        const socket = await dial(good, server, { keylog: (line) => lines.push(line) });
        await socket.opened;
      }
    });
    assert.equal(new Set(lines.map((line) => line.split(' ')[1])).size, 2);
  });

  test('entropy and DRBG: a host without randomness at start is ERR_TLS_RANDOM', async () => {
    const script = `
      Object.defineProperty(crypto, 'getRandomValues', { value() { throw new Error('no entropy'); } });
      const { parseCertificate, connect } = await import(${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)});
      const codes = [];
      await parseCertificate('').catch((error) => codes.push(error.code));
      await connect('127.0.0.1:1').opened.catch((error) => codes.push(error.code));
      console.log(JSON.stringify(codes));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 10_000,
    });
    assert.deepEqual(JSON.parse(stdout), ['ERR_TLS_RANDOM', 'ERR_TLS_RANDOM']);
  });

  test('entropy and DRBG: a host that loses its randomness later is ERR_TLS_RANDOM, and nothing is sent', async () => {
    await loadCore();
    let received = 0;
    const server = createServer((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.length;
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    try {
      const ended = once(server, 'connection').then(([socket]) => once(socket, 'close'));
      const reason = new Error('no entropy');
      const error = await withRandomness(
        () => {
          throw reason;
        },
        async () => rejection((await dial(good, { port })).opened),
      );
      assert.equal(error.code, 'ERR_TLS_RANDOM');
      assert.equal(error.cause, reason);
      await ended;
      assert.equal(received, 0);
    } finally {
      server.close();
    }
  });

  test('entropy and DRBG: losing randomness at any point of a handshake is ERR_TLS_RANDOM', async () => {
    await loadCore();
    const client = pki('client');
    const { chain: cert, key } = /** @type {NonNullable<typeof client.clients>} */ (client.clients).credentials.good;
    const real = crypto.getRandomValues.bind(crypto);
    const starting = startNodeTls(client, { requestCert: true, ca: client.clients?.ca });
    await withServer(starting, async (server) => {
      for (const maxVersion of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
        let failures = 0;
        for (let opened = false; !opened;) {
          let left = failures;
          const outcome = await withRandomness(
            (array) => {
              if (left-- === 0) {
                throw new Error('no entropy');
              }
              return real(array);
            },
            async () => {
              const socket = await dial(client, server, { maxVersion, cert, key });
              return socket.opened.then(
                () => 'opened',
                (error) => error.code,
              );
            },
          );
          opened = outcome === 'opened';
          assert.ok(opened || outcome === 'ERR_TLS_RANDOM', `${outcome} after ${failures} calls`);
          failures += opened ? 0 : 1;
        }
        assert.ok(failures >= 3, `only ${failures} calls for randomness`);
      }
    });
  });
});

describe('Configuring the session settings', LIMIT, () => {
  test('we accept only TLS 1.2 and higher: a server limited to TLS 1.1 answers with the alert protocol_version', async () => {
    await withServer(startOpenssl(good, { args: ['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'] }), async (server) => {
      const error = await rejection((await dial(good, server)).opened);
      assert.equal(error.code, 'ERR_TLS_ALERT');
      assert.equal(error.alert, 70);
      assert.match(error.message, /protocol_version/);
    });
  });

  test('we accept only TLS 1.2 and higher: a ServerHello of TLS 1.1 is rejected with ERR_TLS_VERSION', async () => {
    // A ServerHello: TLS 1.1, a random of zeros, no session id, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
    const hello = Buffer.concat([Buffer.from([2, 0, 0, 38, 3, 2]), Buffer.alloc(33), Buffer.from([0, 0x2f, 0])]);
    const record = Buffer.concat([Buffer.from([22, 3, 2, 0, hello.length]), hello]);
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(record));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    try {
      const error = await rejection((await dial(good, { port })).opened);
      assert.equal(error.code, 'ERR_TLS_VERSION');
    } finally {
      server.close();
    }
  });

  test('we accept only TLS 1.2 and higher: no option lowers that', async () => {
    for (const version of ['TLSv1.1', 'TLSv1', 'SSLv3', 'TLS1.2', '']) {
      const socket = connect('127.0.0.1:1', { minVersion: /** @type {any} */ (version) });
      await assert.rejects(socket.opened, { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });

  test('validation is required: an untrusted server gets an alert and no application data', async () => {
    const self = pki('self-signed');
    let received = 0;
    const starting = startNodeTls(self, {}, (socket) => {
      socket.on('data', (chunk) => {
        received += chunk.length;
      });
    });
    await withServer(starting, async (server) => {
      const failed = once(server.server, 'tlsClientError');
      const socket = await dial(self, server);
      const writing = rejection(socket.write('secret'));
      const error = await rejection(socket.opened);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      assert.deepEqual(error.verification.flags, ['BADCERT_NOT_TRUSTED']);
      assert.equal(await writing, error);
      assert.equal(socket.authorized, false);
      const [alert] = await failed;
      assert.match(alert.message, /alert (unknown ca|bad certificate)/);
      assert.equal(received, 0);
    });
  });

  test('validation is required: without `trust` the client trusts only public roots', async () => {
    await withServer(startNodeTls(good), async (server) => {
      const error = await rejection((await dial(good, server, { trust: undefined })).opened);
      assert.deepEqual(error.verification.flags, ['BADCERT_NOT_TRUSTED']);
    });
  });

  test('host name: a trusted certificate is rejected for another name', async () => {
    await withServer(startNodeTls(good), async (server) => {
      const error = await rejection((await dial(good, server, { servername: 'other.pagetls.test' })).opened);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      assert.deepEqual(error.verification.flags, ['BADCERT_CN_MISMATCH']);
    });
  });

  test('host name: without servername the certificate must name the address', async () => {
    await withServer(startNodeTls(good), async (server) => {
      const named = await dial(good, server, { servername: undefined });
      assert.equal((await named.opened).verification.ok, true); // it names 127.0.0.1 too
    });
    const other = pki('wrong-ip');
    await withServer(startNodeTls(other), async (server) => {
      const error = await rejection((await dial(other, server, { servername: undefined })).opened);
      assert.deepEqual(error.verification.flags, ['BADCERT_CN_MISMATCH']);
    });
  });

  test('Server Name Indication: the server sees the name, in lower case and without a final dot', async () => {
    /** @type {(string | false | null)[]} */
    const seen = [];
    const starting = startNodeTls(good, {}, (socket) => {
      seen.push(/** @type {any} */ (socket).servername);
      socket.end();
    });
    await withServer(starting, async (server) => {
      for (const servername of [good.hostname, good.hostname.toUpperCase(), `${good.hostname}.`]) {
        const socket = await dial(good, server, { servername });
        assert.equal((await socket.opened).servername, good.hostname);
        assert.equal(await socket.read(), null);
      }
    });
    assert.deepEqual(seen, [good.hostname, good.hostname, good.hostname]);
  });

  test('Server Name Indication: none for an IP address', async () => {
    /** @type {(string | false | null)[]} */
    const seen = [];
    const starting = startNodeTls(good, {}, (socket) => {
      seen.push(/** @type {any} */ (socket).servername);
      socket.end();
    });
    await withServer(starting, async (server) => {
      for (const servername of ['127.0.0.1', undefined]) {
        const socket = await dial(good, server, { servername });
        assert.equal((await socket.opened).servername, null);
        assert.equal(await socket.read(), null);
      }
    });
    assert.deepEqual(seen, [false, false]);
  });

  test('Server Name Indication: selects a virtual host, and a server may reject an unknown name', async () => {
    const args = [
      '-servername',
      good.hostname,
      '-cert2',
      good.files.leaf,
      '-key2',
      good.files.key,
      '-servername_fatal',
    ];
    const trust = await TrustStore.from(good.all); // s_server sends no intermediate for its second name
    await withServer(startOpenssl(good, { args }), async (server) => {
      const socket = await dial(good, server, { trust });
      assert.equal((await socket.opened).servername, good.hostname);
      await socket.close();
      const error = await rejection((await dial(good, server, { trust, servername: 'localhost' })).opened);
      assert.equal(error.code, 'ERR_TLS_ALERT');
      assert.equal(error.alert, 112);
    });
  });
});

describe('Specifying trusted root authority certificates', LIMIT, () => {
  const ids = ['good-p256', 'good-p384', 'good-rsa2048'];
  const bundle = ids.map((id, i) => `# Root ${i + 1}: ${id}\n\nissuer: somebody\n${pki(id).roots}\n`).join('');

  test('a store from concatenated PEM with text in between has every root', async () => {
    const store = await TrustStore.from(bundle);
    assert.equal(store.size, pemBlocks(bundle).length);
    assert.equal(store.size, 3);
  });

  test('servers below each root are trusted, a server below another root is not', async () => {
    const trust = await TrustStore.from(bundle);
    for (const id of ids) {
      await withServer(startNodeTls(pki(id)), async (server) => {
        const socket = await dial(pki(id), server, { trust });
        assert.equal((await socket.opened).verification.path.length, 3);
      });
    }
    await withServer(startNodeTls(pki('good-p521')), async (server) => {
      const error = await rejection((await dial(pki('good-p521'), server, { trust })).opened);
      assert.deepEqual(error.verification.flags, ['BADCERT_NOT_TRUSTED']);
    });
  });

  test('a file without a certificate is rejected, and a damaged certificate in it is reported', async () => {
    const none = await rejection(TrustStore.from('trusted_certs.pem'));
    assert.equal(none.code, 'ERR_TLS_INVALID_CERTIFICATE');
    const damaged = good.roots.replace(/(\n[A-Za-z0-9+/]{8})[A-Za-z0-9+/]{8}/, '$1AAAAAAAA');
    const store = await TrustStore.from(pki('good-p384').roots + damaged);
    assert.equal(store.size, 1);
    assert.match(store.skipped[0].message, /^PEM block 2 .* cannot be read/);
    const error = await rejection(TrustStore.from(damaged));
    assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
  });
});

describe('Optional: Checking revocation using local CRLs', LIMIT, () => {
  test('a current CRL without the server: accepted', async () => {
    const unrevoked = pki('good-crl');
    assert.ok(unrevoked.crl);
    await withServer(startNodeTls(unrevoked), async (server) => {
      const socket = await dial(unrevoked, server);
      assert.deepEqual((await socket.opened).verification.flags, []);
    });
  });

  test('a CRL with the server: rejected, but accepted without the CRL', async () => {
    const revoked = pki('revoked');
    await withServer(startNodeTls(revoked), async (server) => {
      const error = await rejection((await dial(revoked, server)).opened);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      assert.deepEqual(error.verification.flags, ['BADCERT_REVOKED']);
      const unchecked = await dial(revoked, server, { crls: undefined });
      assert.equal((await unchecked.opened).verification.ok, true);
    });
  });

  test('a CRL with the intermediate: rejected at depth 1', async () => {
    const revoked = pki('revoked-intermediate');
    await withServer(startNodeTls(revoked), async (server) => {
      const error = await rejection((await dial(revoked, server)).opened);
      assert.deepEqual(
        error.verification.problems.map((/** @type {any} */ { depth, flag }) => [depth, flag]),
        [[1, 'BADCERT_REVOKED']],
      );
    });
  });

  test('an unreadable CRL: ERR_TLS_INVALID_CRL before anything is sent', async () => {
    const { crl = '' } = pki('revoked');
    const crls = crl.replace(/(\n[A-Za-z0-9+/]{8})[A-Za-z0-9+/]{8}/, '$1AAAAAAAA');
    const error = await rejection((await dial(good, { port: 1 }, { crls })).opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_CRL');
  });
});

describe('Initializing a TLS connection', LIMIT, () => {
  /** @type {Awaited<ReturnType<typeof startNodeTls>>} */
  let server;
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  /** @type {import('node:tls').TLSSocket[]} */
  const accepted = [];
  before(async () => {
    server = await startNodeTls(good, { ALPNProtocols: ['echo'] }, (socket) => {
      accepted.push(socket);
      socket.pipe(socket);
    });
    bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
  });
  after(async () => {
    await closeDialled();
    await bridge.close();
    await server.close();
  });

  for (const transport of ['TCP', 'websockify']) {
    test(`the handshake over ${transport}: client and server report the same protocol, cipher suite and ALPN protocol`, async () => {
      const path = transport === 'TCP' ? {} : { bridge: bridge.url };
      const socket = await dial(good, server, { ...path, ALPNProtocols: ['other', 'echo'] });
      const info = await socket.opened;
      await socket.write('Hello');
      assert.equal(await readText(socket, 'Hello'), 'Hello');
      const serverSocket = /** @type {import('node:tls').TLSSocket} */ (accepted.at(-1));
      assert.equal(info.protocol, serverSocket.getProtocol());
      assert.equal(info.cipher, serverSocket.getCipher().standardName);
      assert.equal(info.alpn, serverSocket.alpnProtocol);
      assert.equal(info.alpn, 'echo');
      assert.equal(socket.peerCertificate?.fingerprints.sha256.replace(/:/g, '').length, 64);
      const { dialled, handshake, total } = info.timing;
      assert.ok(handshake > 0 && total >= handshake);
      assert.ok(
        transport === 'TCP' ? dialled === null : dialled !== null && dialled >= 0 && dialled < handshake,
        `${dialled}`,
      );
    });
  }

  test('a closed port: ERR_TLS_CONNECT_REFUSED over TCP and over websockify', async () => {
    const closed = await startNodeTls(good);
    await closed.close();
    const tcp = await rejection((await dial(good, closed)).opened);
    assert.equal(tcp.code, 'ERR_TLS_CONNECT_REFUSED');
    await withServer(startBridge({ allowTargets: [`127.0.0.1:${closed.port}`] }), async ({ url }) => {
      const bridged = await rejection((await dial(good, closed, { bridge: url })).opened);
      assert.equal(bridged.code, 'ERR_TLS_CONNECT_REFUSED');
    });
  });

  test('a server that does not speak TLS: ERR_TLS_NOT_TLS', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (plain.address());
    try {
      const error = await rejection((await dial(good, { port })).opened);
      assert.equal(error.code, 'ERR_TLS_NOT_TLS');
    } finally {
      plain.close();
    }
  });
});

describe('Optional: Checking the result of peer certificate validation', LIMIT, () => {
  /** @type {[string, [number, string, string, RegExp, string][]][]} each problem: depth, code, flag, part of the message, reference */
  const explained = [
    ['expired', [[0, 'ERR_TLS_CERT_EXPIRED', 'BADCERT_EXPIRED', /2021/, 'RFC 5280, section 4.1.2.5']]],
    ['not-yet-valid', [[0, 'ERR_TLS_CERT_FUTURE', 'BADCERT_FUTURE', /2048/, 'RFC 5280, section 4.1.2.5']]],
    ['expired-intermediate', [[1, 'ERR_TLS_CERT_EXPIRED', 'BADCERT_EXPIRED', /2021/, 'RFC 5280, section 4.1.2.5']]],
    [
      'wrong-host',
      [[0, 'ERR_TLS_CERT_CN_MISMATCH', 'BADCERT_CN_MISMATCH', /other\.pagetls\.test/, 'RFC 9525, section 6']],
    ],
    ['untrusted-root', [[1, 'ERR_TLS_CERT_NOT_TRUSTED', 'BADCERT_NOT_TRUSTED', /trusted/, 'RFC 5280, section 6.1']]],
    ['revoked', [[0, 'ERR_TLS_CERT_REVOKED', 'BADCERT_REVOKED', /revoked/, 'RFC 5280, section 6.3.3']]],
    ['crl-expired', [[0, 'ERR_TLS_CRL_EXPIRED', 'BADCRL_EXPIRED', /CRL|list/, 'RFC 5280, section 5.1.2.5']]],
    [
      'several',
      [
        [0, 'ERR_TLS_CERT_EXPIRED', 'BADCERT_EXPIRED', /2021/, 'RFC 5280, section 4.1.2.5'],
        [0, 'ERR_TLS_CERT_CN_MISMATCH', 'BADCERT_CN_MISMATCH', /other\.pagetls\.test/, 'RFC 9525, section 6'],
      ],
    ],
  ];
  for (const [id, problems] of explained) {
    test(`${id}: the error has the certificate's depth, the code, the flag, the message and the reference`, async () => {
      const subject = pki(id);
      await withServer(startNodeTls(subject), async (server) => {
        const error = await rejection((await dial(subject, server)).opened);
        assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
        assert.equal(error.native.code, -0x2700);
        const { verification } = error;
        assert.equal(verification.ok, false);
        assert.deepEqual(
          verification.problems.map((/** @type {any} */ p) => [p.depth, p.code, p.flag, p.reference]),
          problems.map(([depth, code, flag, , reference]) => [depth, code, flag, reference]),
        );
        for (const [i, [, , , words]] of problems.entries()) {
          assert.match(verification.problems[i].message, words);
          assert.ok(error.message.includes(verification.problems[i].message));
        }
        assert.equal(verification.sent[0].pem, subject.leaf);
        assert.equal(verification.time.getTime(), Date.parse(subject.clock));
      });
    });
  }

  test('rejectUnauthorized: false connects, and reports the same problems', async () => {
    const subject = pki('several');
    await withServer(startNodeTls(subject), async (server) => {
      const error = await rejection((await dial(subject, server)).opened);
      const socket = await dial(subject, server, { rejectUnauthorized: false });
      const { verification } = await socket.opened;
      assert.deepEqual(verification.problems, error.verification.problems);
      assert.equal(socket.authorized, false);
      assert.equal(socket.authorizationError, 'ERR_TLS_CERT_EXPIRED');
      await socket.write('still works');
      assert.equal(await readText(socket, 'works'), 'still works');
    });
  });

  test('a valid chain: no flag, no problem, and the path from the leaf to the root', async () => {
    await withServer(startNodeTls(good), async (server) => {
      const socket = await dial(good, server);
      const { verification } = await socket.opened;
      assert.deepEqual([verification.ok, verification.flags, verification.problems], [true, [], []]);
      assert.deepEqual(
        verification.path.map(({ pem }) => pem),
        [...pemBlocks(good.chain), good.roots],
      );
      assert.equal(socket.authorizationError, null);
    });
  });
});

describe('Sending and receiving data using the TLS connection', LIMIT, () => {
  test("a message to OpenSSL's s_server, and its answer", async () => {
    await withServer(startOpenssl(good, { mode: 'rev' }), async (server) => {
      const socket = await dial(good, server);
      await socket.write('Hello server\n');
      assert.equal(await readText(socket, '\n'), 'revres olleH\n');
    });
  });

  test('a write of any size arrives complete, and its echo is identical', async () => {
    await withServer(startNodeTls(good), async (server) => {
      const socket = await dial(good, server);
      for (const size of [0, 1, 16_383, 16_384, 16_385, 70_000]) {
        const message = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255));
        const [, back] = await Promise.all([socket.write(message), readBytes(socket, size)]);
        assert.ok(back.equals(message), `${size} bytes`);
      }
    });
  });

  test('a complete page from nginx', async () => {
    const page = Buffer.from('<p>Hello client</p>\n'.repeat(2000));
    await withServer(startNginx(good, { files: { 'page.html': page } }), async (server) => {
      const socket = await dial(good, server);
      await socket.write(`GET /page.html HTTP/1.1\r\nHost: ${good.hostname}\r\nConnection: close\r\n\r\n`);
      const answer = await readBytes(socket);
      assert.match(answer.toString('latin1'), /^HTTP\/1\.1 200 /);
      assert.ok(answer.subarray(answer.indexOf('\r\n\r\n') + 4).equals(page));
    });
  });
});

describe('Closing the TLS connection', LIMIT, () => {
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    test(`close() sends close_notify after all written data: a ${version} server gets the data, then the end`, async () => {
      /** @type {(value: string) => void} */
      let done = () => {};
      const ended = new Promise((/** @type {(value: string) => void} */ resolve) => {
        done = resolve;
      });
      const starting = startNodeTls(good, { minVersion: version, maxVersion: version }, (socket) => {
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        socket.on('end', () => done(`${text}, end`));
        socket.on('close', () => done(`${text}, no end`));
      });
      await withServer(starting, async (server) => {
        const socket = await dial(good, server);
        socket.write('the last words').catch(() => {});
        await socket.opened;
        await socket.close();
        assert.equal(await ended, 'the last words, end');
        await socket.closed;
        assert.equal(server.stderr(), '');
      });
    });

    test(`OpenSSL reads the alert of ${version} as close_notify`, async () => {
      const args = ['-msg', version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3'];
      await withServer(startOpenssl(good, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(good, server);
        await socket.opened;
        await socket.close();
        await server.seen(/<<< .*warning close_notify/);
      });
    });
  }

  test("the server's close_notify: read() returns null, and the connection closes cleanly", async () => {
    const starting = startNodeTls(good, {}, (socket) => {
      socket.once('data', () => socket.end('bye'));
    });
    await withServer(starting, async (server) => {
      const socket = await dial(good, server);
      await socket.write('hello');
      assert.equal((await readBytes(socket)).toString(), 'bye');
      assert.equal(await socket.read(), null);
      await socket.closed;
      assert.equal((await rejection(socket.write('too late'))).code, 'ERR_TLS_CLOSED');
    });
  });

  test('clean up: successful, failed and abandoned connections leave nothing in the C heap', async () => {
    const core = await loadCore();
    const trust = await TrustStore.from(good.roots);
    await withServer(startNodeTls(good), async (server) => {
      const round = async () => {
        const socket = await dial(good, server, { trust, keylog: () => {}, ALPNProtocols: ['a'] });
        await socket.write('Hello');
        await readText(socket, 'Hello');
        socket.exportKeyingMaterial(32, 'EXPERIMENTAL');
        await socket.close();
        await rejection((await dial(good, server, { trust, servername: 'other.test' })).opened);
        const abandoned = await dial(good, server, { trust });
        await abandoned.close();
      };
      await round(); // allocates what is cached for later connections
      const before = core.heapInUse;
      for (let i = 0; i < 3; i++) {
        await round();
      }
      assert.equal(core.heapInUse, before);
    });
    const { heapInUse } = core;
    trust[Symbol.dispose]();
    assert.ok(core.heapInUse < heapInUse, 'the roots were not freed');
  });

  test('clean up: rejected options leave nothing in the C heap', async () => {
    const core = await loadCore();
    const options = await optionsFor(good);
    const { heapInUse } = core;
    const invalid = [{ ciphers: ['TLS_NULL'] }, { cert: good.chain, key: pki('good-p384').key }, { crls: 'nothing' }];
    for (const more of invalid) {
      const error = await rejection(connect('127.0.0.1:1', { ...options, ...more }).opened);
      assert.match(error.code, /^ERR_TLS_INVALID_/);
    }
    assert.equal(core.heapInUse, heapInUse);
  });
});
