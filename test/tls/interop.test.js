/**
 * Handshakes and data with other TLS servers: OpenSSL, nginx, GnuTLS and Node, over TCP and through the bridge.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { tcp, TrustStore, verifyChain, websockify } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { dial, closeDialled, readBytes, readText, rejection, withServer } from '../helpers/client.js';
import { CASES, pki } from '../helpers/pki.js';
import { startGnutls, startNginx, startNodeTls, startOpenssl } from '../helpers/servers.js';

/** @typedef {import('../helpers/pki.js').Case} Case */
/** @typedef {import('../helpers/servers.js').Server} Server */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} Version */

/** @type {Version[]} */
const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const ROUTES = ['TCP', 'websockify'];

/** For a test that hangs: longer than any group takes on a busy machine. */
const TIMEOUT = { timeout: 120_000 };

const good = pki('good-p256');

/** The servers of one group of tests, and a bridge that allows them. */
class Group {
  /** @type {Map<string, {port: number, close(): Promise<void>}>} */
  servers = new Map();
  /** @type {Awaited<ReturnType<typeof startBridge>> | undefined} */
  bridge;

  /** @param {Record<string, () => Promise<{port: number, close(): Promise<void>}>>} starting by name */
  async start(starting) {
    await Promise.all(Object.entries(starting).map(async ([name, launch]) => this.servers.set(name, await launch())));
    this.bridge = await startBridge({
      allowTargets: [...this.servers.values()].map(({ port }) => `127.0.0.1:${port}`),
    });
  }

  /** @param {string} name @returns {Server} */
  server(name) {
    return /** @type {Server} */ (this.servers.get(name));
  }

  /** @param {string} route @returns {import('../../dist/index.js').ConnectOptions} */
  optionsFor(route) {
    return route === 'TCP' ? {} : { bridge: this.bridge?.url };
  }

  async stop() {
    await closeDialled();
    await this.bridge?.close();
    await Promise.all([...this.servers.values()].map((server) => server.close()));
  }
}

/** @param {Version} version */
function only(version) {
  return { minVersion: version, maxVersion: version };
}

/** @param {Version} version @returns {string} option of s_server */
function opensslOnly(version) {
  return version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
}

/** @param {number} size @param {number} [seed] pseudo-random bytes */
function noise(size, seed = 1) {
  const bytes = Buffer.alloc(size);
  for (let i = 0, state = seed; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/**
 * One exchange with s_server in mode `rev`.
 * @param {TLSSocket} socket
 * @param {number} [size]
 */
async function exchangeWithRev(socket, size = 4000) {
  const line = noise(size).toString('base64').slice(0, size);
  await socket.write(`${line}\n`);
  assert.equal(await readText(socket, '\n'), `${[...line].reverse().join('')}\n`);
}

/**
 * @param {TLSSocket} socket
 * @param {string} path
 */
async function get(socket, path) {
  await socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
  const answer = await readBytes(socket);
  const end = answer.indexOf('\r\n\r\n') + 4;
  return { head: answer.subarray(0, end).toString('latin1'), body: answer.subarray(end) };
}

/**
 * @param {TLSSocket} socket
 * @param {number} size
 */
async function exchangeWithEcho(socket, size) {
  const line = Buffer.from(`${noise(size).toString('base64').slice(0, size)}\n`);
  const [, back] = await Promise.all([socket.write(line), readBytes(socket, line.length)]);
  assert.ok(back.equals(line), 'the echo differs');
}

describe('servers and chains', TIMEOUT, () => {
  const chains = ['good-p256', 'good-p384', 'good-p521', 'good-rsa2048', 'good-rsa-pss', 'good-mixed'];
  const page = noise(40_000);
  /** @type {Record<string, {start: (id: string) => Promise<Server>, exchange: (socket: TLSSocket) => Promise<void>}>} */
  const kinds = {
    "OpenSSL's s_server": {
      start: (id) => startOpenssl(pki(id), { mode: 'rev' }),
      exchange: (socket) => exchangeWithRev(socket),
    },
    nginx: {
      start: (id) => startNginx(pki(id), { files: { page } }),
      exchange: async (socket) => {
        const { head, body } = await get(socket, '/page');
        assert.match(head, /^HTTP\/1\.1 200 /);
        assert.ok(body.equals(page));
      },
    },
    "GnuTLS's gnutls-serv": {
      start: (id) => startGnutls(pki(id)),
      exchange: (socket) => exchangeWithEcho(socket, 10_000),
    },
  };
  const group = new Group();
  before(() =>
    group.start(
      Object.fromEntries(
        Object.entries(kinds).flatMap(([kind, { start }]) => chains.map((id) => [`${kind} ${id}`, () => start(id)])),
      ),
    ),
  );
  after(() => group.stop());

  for (const kind of Object.keys(kinds)) {
    for (const version of VERSIONS) {
      for (const id of chains) {
        test(`${kind}, ${version}, ${id}: handshake, data and close over TCP and websockify`, async () => {
          for (const route of ROUTES) {
            const socket = await dial(pki(id), group.server(`${kind} ${id}`), {
              ...group.optionsFor(route),
              ...only(version),
            });
            const { protocol, verification } = await socket.opened;
            assert.equal(protocol, version);
            assert.equal(verification.ok, true);
            assert.equal(verification.path.length, 3);
            assert.equal(verification.sent[0].pem, pki(id).leaf);
            await kinds[kind].exchange(socket);
            await socket.close();
          }
        });
      }
    }
  }
});

/** The client's cipher suites in order of preference (wasm/tls/options.c), with their IANA numbers. */
const CIPHERS = {
  TLS_CHACHA20_POLY1305_SHA256: 0x1303,
  TLS_AES_128_GCM_SHA256: 0x1301,
  TLS_AES_256_GCM_SHA384: 0x1302,
  TLS_AES_128_CCM_SHA256: 0x1304,
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 0xcca9,
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 0xcca8,
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 0xc02b,
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 0xc02f,
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 0xc02c,
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 0xc030,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: 0xc0ac,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: 0xc0ad,
};

describe('cipher suites', TIMEOUT, () => {
  const tls13 = 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256';
  const priority = 'NORMAL:+AES-128-CCM:+AES-256-CCM';
  const keys = { ECDSA: good, RSA: pki('good-rsa2048') };
  const group = new Group();
  before(() =>
    group.start({
      'OpenSSL ECDSA': () => startOpenssl(keys.ECDSA, { args: ['-ciphersuites', tls13, '-cipher', 'ALL'] }),
      'OpenSSL RSA': () => startOpenssl(keys.RSA, { args: ['-ciphersuites', tls13, '-cipher', 'ALL'] }),
      'GnuTLS ECDSA': () => startGnutls(keys.ECDSA, { priority }),
      'GnuTLS RSA': () => startGnutls(keys.RSA, { priority }),
    }),
  );
  after(() => group.stop());

  test('the ClientHello offers exactly these, in this order', async () => {
    const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const connected = once(server, 'connection');
    const client = await dial(good, { port });
    const [peer] = await connected;
    const [hello] = /** @type {[Buffer]} */ (await once(peer, 'data'));
    const sessionEnd = 44 + hello[43];
    const count = hello.readUInt16BE(sessionEnd) / 2;
    const offered = Array.from({ length: count }, (_, i) => hello.readUInt16BE(sessionEnd + 2 + 2 * i));
    await client.close();
    peer.destroy();
    server.close();
    const signalling = 0x00ff; // TLS_EMPTY_RENEGOTIATION_INFO_SCSV
    assert.deepEqual(
      offered.filter((number) => number !== signalling),
      Object.values(CIPHERS),
    );
  });

  for (const name of Object.keys(CIPHERS)) {
    const key = name.includes('_RSA_') ? 'RSA' : 'ECDSA';
    const version = name.includes('_WITH_') ? 'TLSv1.2' : 'TLSv1.3';
    test(`${name}: negotiated with OpenSSL and GnuTLS over TCP and websockify`, async () => {
      for (const kind of ['OpenSSL', 'GnuTLS']) {
        for (const route of ROUTES) {
          const socket = await dial(keys[key], group.server(`${kind} ${key}`), {
            ...group.optionsFor(route),
            ciphers: [name],
          });
          const info = await socket.opened;
          assert.deepEqual([info.cipher, info.protocol], [name, version]);
          assert.equal(socket.getCipher()?.standardName, name);
          await (kind === 'OpenSSL' ? exchangeWithRev(socket) : exchangeWithEcho(socket, 20_000));
          await socket.close();
        }
      }
    });
  }

  test('none in common: alert handshake_failure', async () => {
    const ciphers = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'];
    const error = await rejection((await dial(good, group.server('OpenSSL ECDSA'), { ciphers })).opened);
    assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', 40]);
  });

  test('a version without a cipher suite in ciphers is not offered', async () => {
    const ciphers = ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'];
    const both = await dial(good, group.server('GnuTLS ECDSA'), { ciphers });
    assert.equal((await both.opened).cipher, 'TLS_AES_256_GCM_SHA384');
    const lower = await dial(good, group.server('GnuTLS ECDSA'), { ciphers, maxVersion: 'TLSv1.2' });
    assert.equal((await lower.opened).cipher, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
    const options = { ciphers: ciphers.slice(0, 1), minVersion: /** @type {const} */ ('TLSv1.3') };
    const error = await rejection((await dial(good, { port: 1 }, options)).opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
    assert.match(error.message, /ciphers/);
  });

  test('an unknown name: ERR_TLS_INVALID_OPTION', async () => {
    for (const name of ['TLS_RSA_WITH_RC4_128_SHA', 'ECDHE-ECDSA-AES128-GCM-SHA256', '']) {
      const error = await rejection((await dial(good, { port: 1 }, { ciphers: [name] })).opened);
      assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
    }
  });
});

describe('signature algorithms and key exchange groups', TIMEOUT, () => {
  const rsa = pki('good-rsa2048');
  /** With the name that `-trace` prints. @type {[string, Case, Version, RegExp][]} */
  const signatures = [
    ['rsa_pss_rsae_sha256', rsa, 'TLSv1.2', /Signature Algorithm: rsa_pss_rsae_sha256/],
    ['rsa_pss_rsae_sha512', rsa, 'TLSv1.2', /Signature Algorithm: rsa_pss_rsae_sha512/],
    ['rsa_pkcs1_sha256', rsa, 'TLSv1.2', /Signature Algorithm: rsa_pkcs1_sha256/],
    ['rsa_pss_rsae_sha256', rsa, 'TLSv1.3', /Signature Algorithm: rsa_pss_rsae_sha256/],
    ['rsa_pss_rsae_sha384', rsa, 'TLSv1.3', /Signature Algorithm: rsa_pss_rsae_sha384/],
    ['ecdsa_secp256r1_sha256', good, 'TLSv1.3', /Signature Algorithm: ecdsa_secp256r1_sha256/],
  ];
  for (const [name, subject, version, trace] of signatures) {
    test(`${version}: the server signs with ${name}`, async () => {
      const args = ['-trace', opensslOnly(version), '-sigalgs', name];
      await withServer(startOpenssl(subject, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(subject, server);
        assert.equal((await socket.opened).protocol, version);
        server.write('signed\n');
        assert.equal(await readText(socket, '\n'), 'signed\n');
        await server.seen(trace);
      });
    });
  }

  test('a client limited to TLS 1.2 offers RSASSA-PSS', async () => {
    const args = ['-sigalgs', 'rsa_pss_rsae_sha384'];
    await withServer(startOpenssl(rsa, { args }), async (server) => {
      const socket = await dial(rsa, server, only('TLSv1.2'));
      await exchangeWithRev(socket);
    });
  });

  test('a server without a signature algorithm that the client accepts: an alert, not a fallback', async () => {
    const args = ['-tls1_2', '-sigalgs', 'RSA+SHA1', '-cipher', 'DEFAULT@SECLEVEL=0'];
    await withServer(startOpenssl(rsa, { args }), async (server) => {
      const error = await rejection((await dial(rsa, server)).opened);
      assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', 40]);
    });
  });

  for (const curve of ['P-256', 'P-384', 'P-521']) {
    test(`TLSv1.3: a server that supports only ${curve} negotiates it with a HelloRetryRequest`, async () => {
      const args = ['-msg', '-tls1_3', '-groups', curve];
      await withServer(startOpenssl(good, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(good, server);
        assert.equal((await socket.opened).protocol, 'TLSv1.3');
        server.write('retried\n');
        assert.equal(await readText(socket, '\n'), 'retried\n');
        await socket.close();
        await server.seen(/Supported groups|Shared groups/i);
        assert.equal(server.stdout().match(/<<< .*Handshake.*ClientHello/g)?.length, 2);
        assert.equal(server.stdout().match(/>>> .*Handshake.*ServerHello/g)?.length, 2);
      });
    });
  }

  for (const [curve, trace] of Object.entries({
    X25519: /x25519/i,
    'P-256': /P-256|prime256v1/,
    'P-384': /P-384/,
    'P-521': /P-521/,
  })) {
    test(`TLSv1.2: ECDHE over ${curve}`, async () => {
      const args = ['-trace', '-tls1_2', '-groups', curve];
      await withServer(startOpenssl(rsa, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(rsa, server);
        assert.equal((await socket.opened).protocol, 'TLSv1.2');
        server.write('agreed\n');
        assert.equal(await readText(socket, '\n'), 'agreed\n');
        await server.seen(trace);
      });
    });
  }
});

describe('ALPN', TIMEOUT, () => {
  /** @type {Record<string, () => Promise<Server>>} */
  const starting = {
    OpenSSL: () => startOpenssl(good, { args: ['-alpn', 'h2,http/1.1'] }),
    nginx: () => startNginx(good, { http2: true }),
    GnuTLS: () => startGnutls(good, { args: ['--alpn', 'h2', '--alpn', 'http/1.1', '--alpn-fatal'] }),
  };
  const group = new Group();
  before(() => group.start(starting));
  after(() => group.stop());

  for (const kind of Object.keys(starting)) {
    for (const version of VERSIONS) {
      test(`${kind}, ${version}: negotiated, not requested, none in common`, async () => {
        const server = group.server(kind);
        for (const route of ROUTES) {
          const options = { ...group.optionsFor(route), ...only(version) };
          const negotiated = await dial(good, server, { ...options, ALPNProtocols: ['unknown/1', 'http/1.1'] });
          assert.equal((await negotiated.opened).alpn, 'http/1.1');
          assert.equal(negotiated.alpnProtocol, 'http/1.1');
          await negotiated.close();
          const without = await dial(good, server, options);
          assert.equal((await without.opened).alpn, null);
          await without.close();
          const rejected = await dial(good, server, { ...options, ALPNProtocols: ['unknown/1'] });
          const error = await rejection(rejected.opened);
          assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', 120]);
          assert.match(error.message, /no_application_protocol/);
        }
      });
    }
  }
});

describe('mutual TLS', TIMEOUT, () => {
  const subject = pki('client');
  const { ca, credentials } = /** @type {NonNullable<Case['clients']>} */ (subject.clients);
  const identity = (/** @type {string} */ name) => ({ cert: credentials[name].chain, key: credentials[name].key });
  /** @type {Record<string, () => Promise<Server>>} */
  const starting = {
    OpenSSL: () => startOpenssl(subject, { clientCA: ca }),
    nginx: () =>
      startNginx(subject, {
        clientCA: ca,
        directives: ['location / { return 200 "$ssl_client_verify $ssl_client_s_dn"; }'],
      }),
    GnuTLS: () => startGnutls(subject, { clientCA: ca }),
  };
  const group = new Group();
  before(() => group.start(starting));
  after(() => group.stop());

  for (const version of VERSIONS) {
    for (const route of ROUTES) {
      test(`${version} over ${route}: the server accepts a certificate of its CA`, async () => {
        const options = { ...group.optionsFor(route), ...only(version), ...identity('good') };
        const openssl = await dial(subject, group.server('OpenSSL'), options);
        await exchangeWithRev(openssl);
        await openssl.close();
        const gnutls = await dial(subject, group.server('GnuTLS'), options);
        await exchangeWithEcho(gnutls, 100);
        await gnutls.close();
        const nginx = await dial(subject, group.server('nginx'), options);
        assert.match((await get(nginx, '/')).body.toString(), /^SUCCESS .*CN=/);
      });
    }

    test(`${version}: nginx completes the handshake without a certificate, or with one of another CA, and answers 400`, async () => {
      for (const who of [{}, identity('other')]) {
        const socket = await dial(subject, group.server('nginx'), { ...only(version), ...who });
        assert.match((await get(socket, '/')).head, /^HTTP\/1\.1 400 /);
        await socket.close();
      }
    });
  }

  for (const route of ROUTES) {
    test(`TLSv1.2 over ${route}, rejected by the server: opened rejects with its alert`, async () => {
      const options = { ...group.optionsFor(route), ...only('TLSv1.2') };
      const none = await rejection((await dial(subject, group.server('OpenSSL'), options)).opened);
      assert.deepEqual([none.code, none.alert], ['ERR_TLS_ALERT', 40]);
      const other = { ...options, ...identity('other') };
      const openssl = await rejection((await dial(subject, group.server('OpenSSL'), other)).opened);
      assert.deepEqual([openssl.code, openssl.alert], ['ERR_TLS_ALERT', 48]);
      const gnutls = await rejection((await dial(subject, group.server('GnuTLS'), other)).opened);
      assert.deepEqual([gnutls.code, gnutls.alert], ['ERR_TLS_ALERT', 49]);
    });

    test(`TLSv1.3 over ${route}, rejected by the server: opened has resolved, so read() and closed reject`, async () => {
      const cases = /** @type {const} */ ([
        [{}, 116],
        [identity('other'), 48],
      ]);
      for (const [who, alert] of cases) {
        const options = { ...group.optionsFor(route), ...only('TLSv1.3'), ...who };
        const socket = await dial(subject, group.server('OpenSSL'), options);
        assert.equal((await socket.opened).verification.ok, true);
        const error = await rejection(socket.read());
        assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', alert]);
        assert.equal(await rejection(socket.closed), error);
      }
    });
  }

  test('a certificate with another key: ERR_TLS_INVALID_KEY', async () => {
    const { cert } = identity('good');
    const { key } = identity('other');
    const error = await rejection((await dial(subject, { port: 1 }, { cert, key })).opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_KEY');
  });

  test('a certificate with a key of another type: ERR_TLS_INVALID_KEY', async () => {
    const { cert } = identity('good');
    const { key } = pki('good-rsa2048');
    const error = await rejection((await dial(subject, { port: 1 }, { cert, key })).opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_KEY');
  });

  test('a server with an optional client certificate: none is sent, and the handshake succeeds', async () => {
    for (const version of VERSIONS) {
      const options = { requestCert: true, rejectUnauthorized: false, ca, ...only(version) };
      await withServer(startNodeTls(subject, options), async (server) => {
        const socket = await dial(subject, server);
        assert.equal((await socket.opened).protocol, version);
        await exchangeWithEcho(socket, 100);
      });
    }
  });

  for (const id of ['good-p384', 'good-rsa2048']) {
    test(`a client key like that of ${id} signs in both versions`, async () => {
      const own = pki(id);
      for (const version of VERSIONS) {
        // The server accepts any certificate: the handshake proves that the client has the key.
        const options = { requestCert: true, rejectUnauthorized: false, ...only(version) };
        /** @type {Promise<string | undefined>} */
        let seen = Promise.resolve(undefined);
        const starting = startNodeTls(subject, options, (socket) => {
          seen = Promise.resolve(socket.getPeerX509Certificate()?.toString());
          socket.pipe(socket);
        });
        await withServer(starting, async (server) => {
          const socket = await dial(subject, server, { cert: own.chain, key: own.key });
          await exchangeWithEcho(socket, 100);
          assert.equal(await seen, own.leaf);
        });
      }
    });
  }
});

describe('versions', TIMEOUT, () => {
  test('the highest common version within minVersion and maxVersion', async () => {
    await withServer(startNginx(good), async (server) => {
      assert.equal((await (await dial(good, server)).opened).protocol, 'TLSv1.3');
      assert.equal((await (await dial(good, server, { maxVersion: 'TLSv1.2' })).opened).protocol, 'TLSv1.2');
      assert.equal((await (await dial(good, server, { minVersion: 'TLSv1.3' })).opened).protocol, 'TLSv1.3');
    });
  });

  test('no common version: alert protocol_version', async () => {
    for (const version of VERSIONS) {
      const other = version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2';
      for (const start of [
        startNginx(good, { protocols: [version] }),
        startOpenssl(good, { args: [opensslOnly(version)] }),
      ]) {
        await withServer(start, async (server) => {
          const error = await rejection((await dial(good, server, only(other))).opened);
          assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', 70]);
          assert.equal((await (await dial(good, server)).opened).protocol, version);
        });
      }
    }
  });

  test('minVersion above maxVersion: ERR_TLS_INVALID_OPTION', async () => {
    const options = /** @type {const} */ ({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' });
    assert.equal((await rejection((await dial(good, { port: 1 }, options)).opened)).code, 'ERR_TLS_INVALID_OPTION');
  });

  test('a Certificate message of more than 65,535 bytes: ERR_TLS_MESSAGE_TOO_LARGE in both versions, over both routes', async () => {
    const group = new Group();
    await group.start({ server: () => startOpenssl(pki('huge-chain')) });
    try {
      for (const route of ROUTES) {
        for (const version of VERSIONS) {
          const socket = await dial(pki('huge-chain'), group.server('server'), {
            ...group.optionsFor(route),
            ...only(version),
          });
          assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_MESSAGE_TOO_LARGE');
        }
      }
    } finally {
      await group.stop();
    }
  });
});

describe('HTTP from nginx', TIMEOUT, () => {
  const page = noise(1_500_000);
  const group = new Group();
  before(() => group.start({ nginx: () => startNginx(good, { files: { page, 'small.txt': 'small\n' } }) }));
  after(() => group.stop());

  for (const route of ROUTES) {
    test(`GET over ${route}: the complete body, then close_notify`, async () => {
      for (const version of VERSIONS) {
        const socket = await dial(good, group.server('nginx'), { ...group.optionsFor(route), ...only(version) });
        const { head, body } = await get(socket, '/page');
        assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
        assert.match(head, new RegExp(`\r\nContent-Length: ${page.length}\r\n`));
        assert.ok(body.equals(page), `${body.length} of ${page.length} bytes`);
        await socket.closed;
      }
    });

    test(`many requests on one connection over ${route}`, async () => {
      const socket = await dial(good, group.server('nginx'), group.optionsFor(route));
      for (let i = 0; i < 20; i++) {
        await socket.write('GET /small.txt HTTP/1.1\r\nHost: test\r\n\r\n');
        assert.match(await readText(socket, 'small\n'), /^HTTP\/1\.1 200 OK\r\n/);
      }
      await socket.close();
    });
  }

  test('twenty concurrent connections through the bridge', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await dial(good, group.server('nginx'), group.optionsFor('websockify'));
        assert.equal((await get(socket, '/small.txt')).body.toString(), 'small\n');
      }),
    );
  });
});

describe('connections that end before everything is read', TIMEOUT, () => {
  test('over websockify, bytes before a reset can be read, then the reset is an error', async () => {
    const bridge = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(bridge, 'listening');
    bridge.on('connection', (socket) => {
      socket.send(noise(30_000));
      socket.close(4001, 'reset');
    });
    const { port } = /** @type {import('node:net').AddressInfo} */ (bridge.address());
    try {
      const { signal } = new AbortController();
      const transport = websockify(`ws://127.0.0.1:${port}`);
      const { readable, writable } = await transport({ hostname: 'server.test', port: 443 }, { signal });
      await rejection(writable.getWriter().closed); // the reset has arrived, and nothing has been read
      const reader = readable.getReader();
      const { value } = await reader.read();
      assert.equal(value?.length, 30_000);
      const error = await rejection(reader.read());
      assert.equal(error.code, 'ERR_TLS_CONNECTION_RESET');
    } finally {
      bridge.close();
    }
  });

  test('data after cancel() is discarded, without an unhandled rejection', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(noise(30_000)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const bridge = await startBridge({ allowTargets: [`127.0.0.1:${port}`] });
    try {
      for (const transport of [tcp(), websockify(bridge.url)]) {
        const { signal } = new AbortController();
        const ended = once(server, 'connection').then(([socket]) => once(socket, 'close'));
        const { readable, writable, close } = await transport({ hostname: '127.0.0.1', port }, { signal });
        await readable.cancel();
        const writer = writable.getWriter();
        writer.closed.catch(() => {});
        await writer.write(new Uint8Array(1));
        await close?.();
        await ended;
      }
    } finally {
      await bridge.close();
      server.close();
    }
  });
});

describe('after the handshake', TIMEOUT, () => {
  test('many NewSessionTickets do not affect the data', async () => {
    for (const args of [['-tls1_3', '-num_tickets', '8'], ['-tls1_2']]) {
      await withServer(startOpenssl(good, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(good, server);
        await socket.opened;
        for (const word of ['one', 'two', 'three']) {
          server.write(`${word}\n`);
          assert.equal(await readText(socket, '\n'), `${word}\n`);
          await socket.write(`${word} received\n`);
          await server.seen(new RegExp(`${word} received`));
        }
        await socket.close();
      });
    }
  });

  test('a HelloRequest in TLSv1.2 is answered with no_renegotiation', async () => {
    await withServer(startOpenssl(good, { mode: 'interactive', args: ['-tls1_2', '-msg'] }), async (server) => {
      const socket = await dial(good, server);
      await socket.opened;
      server.write('r\n');
      await server.seen(/>>> .*HelloRequest/);
      await server.seen(/<<< .*Alert.*no_renegotiation/);
    });
  });

  for (const version of VERSIONS) {
    test(`${version}: exportKeyingMaterial matches the server, with a context, an empty one and none`, async () => {
      /** @type {Promise<import('node:tls').TLSSocket>} */
      let accepted = Promise.reject(new Error('no connection'));
      accepted.catch(() => {});
      const starting = startNodeTls(good, only(version), (socket) => {
        accepted = Promise.resolve(socket);
        socket.pipe(socket);
      });
      await withServer(starting, async (server) => {
        const socket = await dial(good, server);
        await exchangeWithEcho(socket, 10);
        const peer = await accepted;
        const label = 'EXPORTER-pagetls';
        const contexts = [undefined, Buffer.alloc(0), Buffer.from('context'), noise(300)];
        const seen = new Set();
        for (const context of contexts) {
          for (const length of [1, 32, 100]) {
            const ours = Buffer.from(socket.exportKeyingMaterial(length, label, context));
            // Only in TLS 1.3 no context is the same as an empty one (RFC 8446, section 7.5).
            const theirs = peer.exportKeyingMaterial(length, label, /** @type {Buffer} */ (context));
            assert.equal(ours.toString('hex'), theirs.toString('hex'));
            if (length === 32) {
              seen.add(ours.toString('hex'));
            }
          }
        }
        assert.equal(seen.size, version === 'TLSv1.2' ? 4 : 3);
      });
    });

    test(`${version}: the key log matches the server's`, async () => {
      /** @type {string[]} */
      const theirs = [];
      /** @type {string[]} */
      const ours = [];
      await withServer(startNodeTls(good, only(version)), async (server) => {
        server.server.on('keylog', (line) => theirs.push(line.toString().trim()));
        const socket = await dial(good, server, { keylog: (line) => ours.push(line) });
        await exchangeWithEcho(socket, 10);
      });
      const labels = ours.map((line) => line.split(' ')[0]).sort();
      assert.deepEqual(
        labels,
        version === 'TLSv1.2'
          ? ['CLIENT_RANDOM']
          : [
              'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
              'CLIENT_TRAFFIC_SECRET_0',
              'SERVER_HANDSHAKE_TRAFFIC_SECRET',
              'SERVER_TRAFFIC_SECRET_0',
            ],
      );
      for (const line of ours) {
        assert.ok(theirs.includes(line), `${line} is not among\n${theirs.join('\n')}`);
      }
    });
  }
});

describe('every case of the test PKI over a live handshake with OpenSSL', TIMEOUT, () => {
  const served = CASES.filter(({ id, serve }) => serve && id !== 'huge-chain');
  for (const subject of served) {
    const { id, expected } = subject;
    const versions = subject.server.minVersion === 'TLSv1.3' ? VERSIONS.slice(1) : VERSIONS;
    const result = expected.ok ? 'valid' : expected.flags.join(', ');
    test(`${id}: ${result}, in ${versions.join(' and ')}, with and without rejectUnauthorized, and offline`, async () => {
      const offline = await verifyChain(subject.chain, {
        trust: await TrustStore.from(subject.roots),
        hostname: subject.hostname,
        now: new Date(subject.clock),
        crls: subject.crl,
        profile: subject.profile,
      });
      assert.deepEqual([...offline.flags].sort(), [...expected.flags].sort());
      assert.equal(offline.ok, expected.ok);
      await withServer(startOpenssl(subject), async (server) => {
        for (const version of versions) {
          const strict = await dial(subject, server, only(version));
          const verification = await strict.opened.then(
            (info) => info.verification,
            (error) => {
              assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED', error.message);
              return error.verification;
            },
          );
          assert.equal(strict.authorized, expected.ok);
          assert.equal(verification.ok, expected.ok);
          assert.deepEqual([...verification.flags].sort(), [...expected.flags].sort());
          /** @type {import('../../dist/index.js').Problem[]} */
          const problems = verification.problems;
          const unreadable = problems.filter(({ code }) => code === 'ERR_TLS_CERT_PARSE');
          const others = problems.filter((problem) => !unreadable.includes(problem));
          const depths = expected.problems?.map((problem) => parseInt(problem)) ?? [expected.depth];
          assert.deepEqual(new Set(others.map(({ depth }) => depth)), new Set(expected.ok ? [] : depths));
          assert.equal(unreadable.length > 0, expected.error !== undefined);
          await strict.close().catch(() => {});

          const lenient = await dial(subject, server, { ...only(version), rejectUnauthorized: false });
          const info = await lenient.opened;
          assert.equal(info.protocol, version);
          assert.deepEqual(info.verification.problems, verification.problems);
          await exchangeWithRev(lenient, 10);
          await lenient.close();
          assert.deepEqual(verification.problems, offline.problems);
        }
      });
    });
  }
});
