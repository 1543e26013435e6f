/**
 * Servers with Ed25519 certificates: the chain and the server's proof that it holds the key, in TLS 1.2 and 1.3.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pem } from '../../certs/der.js';
import { privateKeyPem } from '../../certs/keys.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { authority, HOST, keyOf, NOW, server as leafOf } from '../helpers/chains.js';
import { closeDialled, dial, readText, rejection } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { directoryOf, startGnutls, startNginx, startNodeTls, startOpenssl } from '../helpers/servers.js';
import { sharedCase, SHARED_CLOCK, skipSharedCases } from '../helpers/shared-cases.js';
import {
  CERTIFICATE_VERIFY,
  editEncrypted,
  editPlaintext,
  SERVER_HELLO,
  SERVER_KEY_EXCHANGE,
} from '../helpers/tls-edit.js';

/** @typedef {import('../helpers/pki.js').Case} Case */
/** @typedef {'TLSv1.2' | 'TLSv1.3'} Version */

/** @type {Version[]} */
const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const TIMEOUT = { timeout: 120_000 };

/** SignatureSchemes (RFC 8446, section 4.2.3). */
const ECDSA_P256 = 0x0403;
const ED25519 = 0x0807;

/** Alerts (RFC 8446, section 6). */
const ILLEGAL_PARAMETER = 47;
const DECRYPT_ERROR = 51;

/** @param {Version} version */
const only = (version) => ({ minVersion: version, maxVersion: version });

/** Suites that the relay understands. */
const CIPHERS = [
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];

/** @type {string[]} */
const directories = [];
after(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true }))));

/**
 * A chain of a root and a leaf, as a case of the test PKI.
 * @param {string} rootKind @param {string} leafKind as for keyOf()
 * @returns {Promise<Case>}
 */
async function served(rootKind, leafKind) {
  const root = authority(`${rootKind} root`, undefined, { key: keyOf('Root', rootKind) });
  const key = keyOf(HOST, leafKind);
  const chain = pem('CERTIFICATE', leafOf(root, { key }).der);
  const files = { leaf: chain, chain, key: privateKeyPem(key) };
  const directory = await directoryOf(files);
  directories.push(directory);
  return /** @type {Case} */ (
    /** @type {unknown} */ ({
      hostname: HOST,
      clock: NOW.toISOString(),
      profile: 'rfc5280',
      roots: pem('CERTIFICATE', root.der),
      chain,
      key: files.key,
      server: {},
      files: Object.fromEntries(Object.keys(files).map((name) => [name, join(directory, name)])),
    })
  );
}

const CHAINS = {
  'Ed25519 throughout': await served('ed25519', 'ed25519'),
  'an Ed25519 leaf of a P-256 CA': await served('prime256v1', 'ed25519'),
  'a P-256 leaf of an Ed25519 CA': await served('ed25519', 'prime256v1'),
};
const ed25519 = CHAINS['Ed25519 throughout'];

describe('real servers', TIMEOUT, () => {
  const reversed = { line: 'abc\n', answer: 'cba\n' };
  const echoed = { line: 'abc\n', answer: 'abc\n' };
  const kinds = /** @type {const} */ ({
    "OpenSSL's s_server": { start: (/** @type {Case} */ subject) => startOpenssl(subject), ...reversed },
    "GnuTLS's gnutls-serv": { start: (/** @type {Case} */ subject) => startGnutls(subject), ...echoed },
    nginx: {
      start: (/** @type {Case} */ subject) => startNginx(subject, { directives: ['location = / { return 204; }'] }),
      line: `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
      answer: 'HTTP/1.1 204 No Content\r\n',
    },
    Node: { start: (/** @type {Case} */ subject) => startNodeTls(subject), ...echoed },
  });
  /** @type {Map<string, {port: number, close(): Promise<void>}>} */
  const servers = new Map();
  before(() =>
    Promise.all(
      Object.entries(kinds).flatMap(([kind, { start }]) =>
        Object.entries(CHAINS).map(async ([name, subject]) => servers.set(`${kind} ${name}`, await start(subject))),
      ),
    ),
  );
  after(async () => {
    await closeDialled();
    await Promise.all([...servers.values()].map((one) => one.close()));
  });

  for (const [kind, { line, answer }] of Object.entries(kinds)) {
    for (const [name, subject] of Object.entries(CHAINS)) {
      test(`${kind} with ${name}: a connection in TLS 1.2 and 1.3`, async () => {
        const target = /** @type {{port: number}} */ (servers.get(`${kind} ${name}`));
        for (const version of VERSIONS) {
          const socket = await dial(subject, target, only(version));
          const { protocol, cipher, verification } = await socket.opened;
          assert.deepEqual([protocol, verification.ok, verification.path.length], [version, true, 2]);
          if (version === 'TLSv1.2') assert.match(cipher, /ECDHE_ECDSA/);
          await socket.write(line);
          assert.equal((await readText(socket, '\n')).slice(0, answer.length), answer);
          await socket.close();
        }
      });
    }
  }

  test('profile webpki rejects the key in the verification, and rejectUnauthorized: false connects', async () => {
    const target = /** @type {{port: number}} */ (servers.get('Node Ed25519 throughout'));
    for (const version of VERSIONS) {
      const options = { ...only(version), profile: /** @type {const} */ ('webpki') };
      const error = await rejection((await dial(ed25519, target, options)).opened);
      assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
      /** @type {import('../../dist/index.js').Problem[]} */
      const problems = error.verification?.problems ?? [];
      assert.deepEqual(
        problems.map(({ depth, code }) => [depth, code]),
        [
          [0, 'ERR_TLS_CERT_BAD_PK'],
          [1, 'ERR_TLS_CERT_BAD_PK'],
        ],
      );
      assert.match(problems[0].message, /Ed25519, which the Baseline Requirements do not allow/);
      const socket = await dial(ed25519, target, { ...options, rejectUnauthorized: false });
      assert.equal((await socket.opened).verification.ok, false);
      await socket.write('abc\n');
      assert.equal(await readText(socket, '\n'), 'abc\n');
    }
  });
});

test('the server signs with Ed25519 only, which is offered', TIMEOUT, async () => {
  for (const version of VERSIONS) {
    const flag = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
    const server = await startOpenssl(ed25519, { mode: 'interactive', args: ['-trace', flag, '-sigalgs', 'ed25519'] });
    try {
      const socket = await dial(ed25519, server, only(version));
      await socket.opened;
      await server.seen(/Signature Algorithm: ed25519/);
      assert.match(server.stdout(), /\bed25519 \(0x0807\)/); // in the ClientHello
    } finally {
      await closeDialled();
      await server.close();
    }
  }
});

describe('a proof that was changed', TIMEOUT, () => {
  /** The signature begins after the algorithm and its length. */
  const SIGNATURE_AT = 4;
  /** In a ServerKeyExchange with X25519, after the parameters (RFC 8422, section 5.4). */
  const PARAMETERS = 4 + 32;

  /** @param {(proof: Buffer) => void} change of algorithm, length and signature */
  const inProof = (change) => (/** @type {number} */ type, /** @type {Buffer} */ body) => {
    if (type === CERTIFICATE_VERIFY) change(body);
    if (type === SERVER_KEY_EXCHANGE) change(body.subarray(PARAMETERS));
    return body;
  };

  /**
   * Connects through a relay that edits what the server sends.
   * @param {Case} subject @param {Version} version @param {import('../helpers/tls-edit.js').Edit} edit
   */
  async function edited(subject, version, edit) {
    const server = await startNodeTls(subject, only(version));
    let secret = '';
    server.server.on('keylog', (line) => {
      const [label, , value] = line.toString().trim().split(' ');
      if (label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET') secret = value;
    });
    const relay = () => {
      const fromServer =
        version === 'TLSv1.2' ? editPlaintext(edit) : editEncrypted(() => Buffer.from(secret, 'hex'), edit);
      return startRelay(server.port, { fromServer });
    };
    /** @type {(options?: import('../../dist/index.js').ConnectOptions) => Promise<import('../../dist/index.js').TLSError>} */
    const fails = async (options) => {
      const through = await relay();
      const noticed = once(server.server, 'tlsClientError');
      const socket = await dial(subject, through, { ...only(version), ciphers: CIPHERS, ...options });
      const error = await rejection(socket.opened);
      await noticed;
      await through.close();
      return error;
    };
    return {
      fails,
      /** An unchanged connection through the relay. */
      async opens() {
        const through = await relay();
        const socket = await dial(subject, through, { ...only(version), ciphers: CIPHERS });
        await socket.opened;
        await socket.close();
        await through.close();
      },
      alerts: () => [...server.stderr().matchAll(/SSL alert number (\d+)/g)].map(([, number]) => Number(number)),
      close: async () => {
        await closeDialled();
        await server.close();
      },
    };
  }

  for (const version of VERSIONS) {
    test(`${version}: any flipped bit of the signature ends the handshake with decrypt_error`, async () => {
      let at = 0;
      let flip = 0;
      const connection = await edited(
        ed25519,
        version,
        inProof((proof) => (proof[SIGNATURE_AT + at] ^= flip)),
      );
      await connection.opens();
      flip = 1;
      for (at of [0, 31, 32, 63]) {
        for (const rejectUnauthorized of [true, false]) {
          const error = await connection.fails({ rejectUnauthorized });
          assert.match(error.code, /^ERR_TLS_SERVER_SIGNATURE$/, `byte ${at}: ${error.code}`);
        }
      }
      assert.deepEqual(new Set(connection.alerts()), new Set([DECRYPT_ERROR]));
      assert.equal(connection.alerts().length, 8);
      await connection.close();
    });

    test(`${version}: a scheme that does not fit the key is rejected`, async () => {
      const alert = version === 'TLSv1.2' ? ILLEGAL_PARAMETER : DECRYPT_ERROR;
      for (const [subject, scheme] of /** @type {const} */ ([
        [ed25519, ECDSA_P256],
        [CHAINS['a P-256 leaf of an Ed25519 CA'], ED25519],
      ])) {
        const change = inProof((proof) => proof.writeUInt16BE(scheme));
        const connection = await edited(subject, version, change);
        await connection.fails({ rejectUnauthorized: false });
        assert.deepEqual(connection.alerts(), [alert]);
        await connection.close();
      }
    });
  }

  test('TLSv1.2: a key exchange with other parameters, and another cipher suite than ECDHE_ECDSA', async () => {
    /** @type {[alert: number, edit: import('../helpers/tls-edit.js').Edit][]} */
    const edits = [
      [DECRYPT_ERROR, (type, body) => (type === SERVER_KEY_EXCHANGE ? body.fill(body[10] ^ 1, 10, 11) : body)],
      [
        ILLEGAL_PARAMETER,
        (type, body) => {
          const suite = 2 + 32 + 1 + body[34]; // after version, random and session
          if (type === SERVER_HELLO) body.writeUInt16BE(body.readUInt16BE(suite) === 0xcca9 ? 0xcca8 : 0, suite);
          return body;
        },
      ],
    ];
    for (const [alert, edit] of edits) {
      const connection = await edited(ed25519, 'TLSv1.2', edit);
      await connection.fails();
      assert.deepEqual(connection.alerts(), [alert]);
      await connection.close();
    }
  });
});

test('a client certificate with an Ed25519 key is an error that says so', async () => {
  const { key } = pki('good-ed25519-key');
  const { chain } = pki('good-ed25519-key');
  const error = await rejection((await dial(ed25519, { port: 1 }, { cert: chain, key })).opened);
  assert.equal(error.code, 'ERR_TLS_INVALID_CERTIFICATE');
  assert.match(error.message, /client certificates with Ed25519 keys are not supported/i);
});

test('the shared Ed25519 chain is valid with profile rfc5280 only', { skip: skipSharedCases }, async () => {
  const folder = '16-unsupported-is-called-bad';
  const chain = sharedCase(`${folder}/ed25519-chain.pem`);
  const options = {
    trust: await TrustStore.from(sharedCase(`${folder}/ed25519-root.pem`)),
    hostname: 'host.example.test',
    now: SHARED_CLOCK,
  };
  const rfc5280 = await verifyChain(chain, { ...options, profile: 'rfc5280' });
  assert.deepEqual([rfc5280.ok, rfc5280.problems], [true, []]);
  const webpki = await verifyChain(chain, { ...options, profile: 'webpki' });
  assert.deepEqual(
    webpki.problems.map(({ code }) => code).filter((code) => code !== 'ERR_TLS_CERT_BAD_PK'),
    [],
  );
  assert.equal(webpki.ok, false);
});
