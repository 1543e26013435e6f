/**
 * Servers that do what TLS forbids: each is rejected with an error that blames the server, and with the alert that the
 * RFC names, protected as soon as there are keys.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { VIOLATIONS } from '../../messages/violations.js';
import { dial, rejection, withServer } from '../helpers/client.js';
import { authority, HOST, keyOf, NOW, server as leafOf } from '../helpers/chains.js';
import { pki } from '../helpers/pki.js';
import { TrustStore } from '../../dist/index.js';
import { bytes, fill, join, uint, vector } from '../helpers/tls-server/bytes.js';
import { RETRY_RANDOM, selectedGroup, serverHello, supportedVersions } from '../helpers/tls-server/messages.js';
import {
  alert,
  changeCipherSpec,
  changed,
  coalesced,
  data,
  fragmented,
  inserted,
  raw,
} from '../helpers/tls-server/records.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { ticket } from '../helpers/tls-server/tls13.js';

/** @typedef {import('../helpers/tls-server/server.js').Options} ServerOptions */
/** @typedef {import('../helpers/tls-server/records.js').Item} Item */
/** @typedef {import('../helpers/tls-server/connection.js').Connection} Connection */
/** @typedef {import('../helpers/tls-server/connection.js').ProtectedBy} ProtectedBy */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const P256 = pki('good-p256');
const RSA = pki('good-rsa2048');
const OTHER_ROOT = await TrustStore.from([authority('Other root', undefined).der]);

const TIMEOUT = { timeout: 60_000 };
const LIMIT_MS = 5000;

/** Alerts (RFC 8446, section 6.2). */
const UNEXPECTED_MESSAGE = 10;
const BAD_RECORD_MAC = 20;
const RECORD_OVERFLOW = 22;
const HANDSHAKE_FAILURE = 40;
const ILLEGAL_PARAMETER = 47;
const UNKNOWN_CA = 48;
const DECODE_ERROR = 50;
const DECRYPT_ERROR = 51;
const PROTOCOL_VERSION = 70;
const MISSING_EXTENSION = 109;
const UNSUPPORTED_EXTENSION = 110;

/**
 * @typedef {object} Attempt
 * @property {Partial<ServerOptions>} server
 * @property {Parameters<typeof startTlsServer>[0] & import('../helpers/pki.js').Case} [subject] P256 by default
 * @property {ConnectOptions} [client]
 * @property {(connection: Connection) => void} [afterwards] what the server does once the connection is open
 */

/** Rejects if the promise does not settle soon. @template T @param {Promise<T>} promise @param {() => string} state */
const soon = (promise, state) =>
  Promise.race([
    promise,
    delay(LIMIT_MS, undefined, { ref: false }).then(() => assert.fail(`nothing for ${LIMIT_MS} ms: ${state()}`)),
  ]);

/**
 * Connects, and returns the error of the client and what the server saw.
 * @param {Attempt} attempt
 */
async function attempt({ server: options, subject = P256, client = {}, afterwards }) {
  const server = await startTlsServer(subject, { echo: false, ...options });
  return withServer(Promise.resolve(server), async () => {
    const socket = await dial(subject, server, client);
    const opened = socket.opened;
    opened.catch(() => {});
    const connection = await server.connection();
    if (afterwards) {
      await opened;
      await connection.until(() => connection.open);
      afterwards(connection);
    }
    const state = () => JSON.stringify({ alerts: connection.alerts, error: connection.error?.message });
    const error = await soon(rejection(afterwards ? socket.read() : opened), state);
    await soon(
      connection.until(() => connection.ended || connection.alerts.length > 0),
      state,
    );
    return { error, connection };
  });
}

/**
 * @param {string} code of a violation
 * @param {Attempt} how
 * @param {number} description @param {ProtectedBy} protectedBy
 */
async function assertViolation(code, how, description, protectedBy) {
  const { error, connection } = await attempt(how);
  assert.deepEqual(
    { code: error.code, message: error.message, alerts: connection.alerts, problem: connection.error },
    {
      code: 'ERR_TLS_PROTOCOL',
      message: `The server violated the TLS protocol: ${VIOLATIONS[code]}.`,
      alerts: [{ level: 2, description, protected: protectedBy }],
      problem: undefined,
    },
  );
}

/** @param {string} name @returns {(items: Item[]) => Item[]} joins the record of that name and all behind it */
const joinedFrom = (name) => (items) => {
  const at = items.findIndex((item) => item.name === name);
  return at < 0 ? items : [...items.slice(0, at), ...coalesced(items.slice(at).filter((item) => item.type !== 20))];
};

/** @param {string} name @param {(body: Uint8Array) => Uint8Array} change @returns {ServerOptions['message']} */
const editing = (name, change) => (one, body) => (one === name ? change(body) : body);

/** @param {Uint8Array} body */
const withTrailing = (body) => join(body, 0);

test('each violation of the core has a text, in the same order', () => {
  const definitions = readFileSync(new URL('../../wasm/mbedtls/violations.def', import.meta.url), 'utf8');
  const codes = [...definitions.matchAll(/^VIOLATION\(\w+, "([^"]+)"/gm)].map(([, code]) => code);
  assert.deepEqual(Object.keys(VIOLATIONS), codes);
});

describe('messages across a change of keys (RFC 8446, section 5.1)', TIMEOUT, () => {
  test('the whole flight in clear, in the record of ServerHello', () =>
    assertViolation(
      'key-change',
      {
        server: {
          flight: (items) =>
            coalesced(items.filter(({ type }) => type === 22).map((item) => ({ ...item, epoch: 'clear' }))),
        },
      },
      UNEXPECTED_MESSAGE,
      'none',
    ));

  test('EncryptedExtensions in clear, in the record of ServerHello', () =>
    assertViolation(
      'key-change',
      {
        server: {
          flight: (items) =>
            coalesced(changed(items, 'EncryptedExtensions', { epoch: 'clear' }).filter(({ type }) => type === 22)),
        },
      },
      UNEXPECTED_MESSAGE,
      'none',
    ));

  test('the first byte of EncryptedExtensions behind ServerHello', () =>
    assertViolation(
      'key-change',
      {
        server: {
          flight: (items) => {
            const [extensions] = items.filter(({ name }) => name === 'EncryptedExtensions');
            return changed(
              changed(items, 'ServerHello', ({ content }) => ({
                content: join(content, extensions.content.subarray(0, 1)),
              })),
              'EncryptedExtensions',
              ({ content }) => ({ content: content.subarray(1) }),
            );
          },
        },
      },
      UNEXPECTED_MESSAGE,
      'none',
    ));

  test('a ticket behind Finished', () =>
    assertViolation(
      'key-change',
      {
        server: {
          flight: (items) => joinedFrom('Finished')([...items, { ...ticket(), epoch: 'handshake' }]),
        },
      },
      UNEXPECTED_MESSAGE,
      'handshake',
    ));

  test('a message behind a HelloRetryRequest', () =>
    assertViolation(
      'key-change',
      {
        server: {
          retry: { group: 23 },
          flight: (items) => changed(items, 'ServerHello', ({ content }) => ({ content: join(content, 8) })),
        },
      },
      UNEXPECTED_MESSAGE,
      'none',
    ));

  test('EncryptedExtensions in clear, in a record of its own', () =>
    assertViolation(
      'record-type',
      { server: { flight: (items) => changed(items, 'EncryptedExtensions', { epoch: 'clear' }) } },
      UNEXPECTED_MESSAGE,
      'handshake',
    ));

  for (const size of [1, 5, 60, 1000]) {
    test(`a correct flight in fragments of ${size} bytes is accepted`, async () => {
      const flight = (/** @type {Item[]} */ items) => fragmented(coalesced(items), size);
      await withServer(startTlsServer(P256, { flight }), async (server) => {
        await (
          await dial(P256, server)
        ).opened;
      });
    });
  }
});

describe('signatures in TLS 1.3', TIMEOUT, () => {
  for (const scheme of [0x0401, 0x0501, 0x0601]) {
    test(`CertificateVerify by PKCS#1 v1.5, scheme ${scheme.toString(16)} (RFC 8446, section 4.2.3)`, () =>
      assertViolation('signature-scheme', { subject: RSA, server: { scheme } }, ILLEGAL_PARAMETER, 'handshake'));
  }

  for (const [kind, scheme] of /** @type {const} */ ([
    ['prime256v1', 0x0503],
    ['prime256v1', 0x0603],
    ['secp384r1', 0x0403],
    ['secp521r1', 0x0503],
  ])) {
    test(`a key on ${kind} with scheme ${scheme.toString(16)}`, async () => {
      const root = authority('Root', undefined);
      const key = keyOf(HOST, kind);
      const { der } = leafOf(root, { key });
      const subject = /** @type {any} */ ({ ...P256, hostname: HOST, clock: NOW, profile: 'rfc5280' });
      const trust = await TrustStore.from([root.der]);
      await assertViolation(
        'signature-curve',
        { subject, server: { chain: [der], key, scheme }, client: { trust } },
        ILLEGAL_PARAMETER,
        'handshake',
      );
      const { connection } = await attemptOpen(subject, { chain: [der], key }, trust);
      assert.equal(connection.open, true, 'with the scheme of its curve it is accepted');
    });
  }
});

/** @param {any} subject @param {Partial<ServerOptions>} options @param {TrustStore} trust */
const attemptOpen = (subject, options, trust) =>
  withServer(startTlsServer(subject, options), async (server) => {
    await (
      await dial(subject, server, { trust })
    ).opened;
    const connection = await server.connection();
    await connection.until(() => connection.open);
    return { connection };
  });

describe("the suite's authentication and the certificate in TLS 1.2 (RFC 5246, section 7.4.2)", TIMEOUT, () => {
  const version = /** @type {const} */ ('TLSv1.2');
  for (const suite of [0xc02f, 0xcca8]) {
    test(`an ECDSA certificate with ECDHE_RSA, suite ${suite.toString(16)}`, () =>
      assertViolation('certificate-type', { server: { version, suite } }, ILLEGAL_PARAMETER, 'none'));
  }
  for (const suite of [0xc02b, 0xcca9]) {
    test(`an RSA certificate with ECDHE_ECDSA, suite ${suite.toString(16)}`, () =>
      assertViolation('certificate-type', { subject: RSA, server: { version, suite } }, ILLEGAL_PARAMETER, 'none'));
  }
});

describe('HelloRetryRequest (RFC 8446, section 4.1.4)', TIMEOUT, () => {
  test('one that changes nothing', () =>
    assertViolation('retry-unchanged', { server: { retry: {} } }, ILLEGAL_PARAMETER, 'none'));

  test('one for a group that has a key share already', async () => {
    const { error, connection } = await attempt({ server: { retry: { group: 29 } } });
    assert.equal(error.code, 'ERR_TLS_PROTOCOL');
    assert.deepEqual(connection.alerts, [{ level: 2, description: ILLEGAL_PARAMETER, protected: 'none' }]);
  });

  test('a second one', () => {
    const again = (/** @type {Connection} */ { clientHello, chosen }) =>
      serverHello({
        random: RETRY_RANDOM,
        sessionId: /** @type {any} */ (clientHello).sessionId,
        suite: /** @type {any} */ (chosen).suiteNumber,
        extensions: [supportedVersions, selectedGroup(24)],
      });
    let hellos = 0;
    return assertViolation(
      'retry-twice',
      {
        server: {
          retry: { group: 23 },
          message: (name, body, connection) => (name === 'ServerHello' && ++hellos === 2 ? again(connection) : body),
        },
      },
      UNEXPECTED_MESSAGE,
      'none',
    );
  });
});

describe('records of TLS 1.3', TIMEOUT, () => {
  test('a protected ChangeCipherSpec (RFC 8446, section 5)', () =>
    assertViolation(
      'change-cipher-spec',
      { server: { flight: (items) => inserted(items, 'ServerHello', changeCipherSpec('handshake')) } },
      UNEXPECTED_MESSAGE,
      'handshake',
    ));

  test('a ChangeCipherSpec after the handshake', () =>
    assertViolation(
      'change-cipher-spec',
      { server: {}, afterwards: (connection) => connection.send(changeCipherSpec()) },
      UNEXPECTED_MESSAGE,
      'application',
    ));

  test('a protected ChangeCipherSpec after the handshake', () =>
    assertViolation(
      'change-cipher-spec',
      { server: {}, afterwards: (connection) => connection.send(changeCipherSpec('application')) },
      UNEXPECTED_MESSAGE,
      'application',
    ));

  for (const content of [[2], [1, 1], [0]]) {
    test(`a ChangeCipherSpec with ${content.join(', ')}`, () =>
      assertViolation(
        'change-cipher-spec',
        {
          server: {
            flight: (items) => changed(items, 'ChangeCipherSpec', { content: Uint8Array.from(content) }),
          },
        },
        UNEXPECTED_MESSAGE,
        'handshake',
      ));
  }

  test('a ChangeCipherSpec at every place before Finished is ignored', async () => {
    const flight = (/** @type {Item[]} */ items) => [
      changeCipherSpec(),
      ...items.flatMap((item) => [item, changeCipherSpec()]).slice(0, -1),
    ];
    await withServer(startTlsServer(P256, { flight }), async (server) => {
      await (
        await dial(P256, server)
      ).opened;
    });
  });

  for (const outer of [20, 21, 22, 24, 99]) {
    test(`an outer type of ${outer} (RFC 8446, section 5.2)`, async () => {
      await assertViolation(
        outer === 20 ? 'change-cipher-spec' : 'record-type',
        { server: { flight: (items) => changed(items, 'Certificate', { outer }) } },
        UNEXPECTED_MESSAGE,
        'handshake',
      );
      await assertViolation(
        outer === 20 ? 'change-cipher-spec' : 'record-type',
        { server: {}, afterwards: (connection) => connection.send({ ...data(bytes('x')), outer }) },
        UNEXPECTED_MESSAGE,
        'application',
      );
    });
  }

  test('an inner plaintext of 2^14 + 2 bytes (RFC 8446, section 5.4)', async () => {
    for (const [length, padding] of [
      [16384, 1],
      [8193, 8192],
      [1, 16384],
    ]) {
      await assertViolation(
        'record-length',
        {
          server: {},
          afterwards: (connection) => connection.send({ ...data(fill(length, 0x61)), padding }),
        },
        RECORD_OVERFLOW,
        'application',
      );
    }
  });

  test('an inner plaintext of 2^14 + 1 bytes is accepted', async () => {
    await withServer(startTlsServer(P256, { echo: false }), async (server) => {
      const socket = await dial(P256, server);
      await socket.opened;
      const connection = await server.connection();
      await connection.until(() => connection.open);
      connection.send(data(fill(16384, 0x61)), { ...data(fill(100, 0x61)), padding: 16284 });
      let length = 0;
      while (length < 16484) length += (await socket.read())?.length ?? Infinity;
      assert.equal(length, 16484);
    });
  });

  test('a fragment of 2^14 + 257 bytes (RFC 8446, section 5.2)', () =>
    assertViolation(
      'record-length',
      { server: {}, afterwards: (connection) => connection.send(raw(join(23, 3, 3, uint(16384 + 257, 2), 0))) },
      RECORD_OVERFLOW,
      'application',
    ));

  test('an empty record for a handshake message or an alert (RFC 8446, section 5.4)', async () => {
    for (const type of [21, 22]) {
      for (const padding of [0, 100]) {
        const empty = {
          name: 'empty',
          type,
          content: fill(0, 0),
          epoch: /** @type {const} */ ('application'),
          padding,
        };
        await assertViolation(
          'empty-message',
          { server: {}, afterwards: (connection) => connection.send(empty) },
          UNEXPECTED_MESSAGE,
          'application',
        );
      }
    }
  });

  test('an inner plaintext of zeros only, or an unknown inner type (RFC 8446, section 5.4)', async () => {
    for (const inner of [fill(1, 0), fill(100, 0), join(bytes('x'), 24), join(bytes('x'), 19), join(bytes('x'), 255)]) {
      await assertViolation(
        'content-type',
        { server: {}, afterwards: (connection) => connection.send({ ...data(bytes('x')), inner }) },
        UNEXPECTED_MESSAGE,
        'application',
      );
    }
  });
});

describe('alerts of the server', TIMEOUT, () => {
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    for (const level of [0, 3, 0x42]) {
      test(`a level of ${level} in ${version} (RFC 8446, section 6)`, () =>
        assertViolation(
          'alert-level',
          { server: { version }, afterwards: (connection) => connection.send(alert(level, 40, 'application')) },
          ILLEGAL_PARAMETER,
          'application',
        ));
      test(`a level of ${level} in clear in ${version}`, () =>
        assertViolation(
          'alert-level',
          { server: { version, flight: (items) => [alert(level, 40, 'clear'), ...items] } },
          ILLEGAL_PARAMETER,
          'none',
        ));
    }
  }

  for (const description of [10, 20, 40, 80, 112, 200]) {
    test(`a warning ${description} in TLS 1.3 is fatal`, async () => {
      const { error, connection } = await attempt({
        server: {},
        afterwards: (one) => one.send(alert(1, description, 'application')),
      });
      assert.deepEqual(
        { code: error.code, alert: error.alert, alerts: connection.alerts },
        { code: 'ERR_TLS_ALERT', alert: description, alerts: [] },
      );
    });
  }

  test('user_canceled in TLS 1.3, and a warning in TLS 1.2, do not end the connection', async () => {
    for (const [version, description] of /** @type {const} */ ([
      ['TLSv1.3', 90],
      ['TLSv1.2', 112],
    ])) {
      await withServer(startTlsServer(P256, { version, echo: false }), async (server) => {
        const socket = await dial(P256, server);
        await socket.opened;
        const connection = await server.connection();
        await connection.until(() => connection.open);
        connection.send(alert(1, description, 'application'), data(bytes('x')));
        assert.equal(Buffer.from((await socket.read()) ?? []).toString(), 'x');
      });
    }
  });
});

describe('ServerHello', TIMEOUT, () => {
  test('no key share (RFC 8446, section 4.2.8)', () =>
    assertViolation(
      'no-key-share',
      {
        server: {
          message: (name, body, { clientHello, chosen }) =>
            name === 'ServerHello'
              ? serverHello({
                  random: fill(32, 5),
                  sessionId: /** @type {any} */ (clientHello).sessionId,
                  suite: /** @type {any} */ (chosen).suiteNumber,
                  extensions: [supportedVersions],
                })
              : body,
        },
      },
      MISSING_EXTENSION,
      'none',
    ));

  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    test(`trailing bytes in ${version} (RFC 8446, section 4.1.3)`, async () => {
      for (const trailing of [fill(1, 0), fill(4, 0)]) {
        const message = editing('ServerHello', (body) => join(body, trailing)); // four are an extension, if they are in
        await assertViolation('hello-syntax', { server: { version, message } }, DECODE_ERROR, 'none');
      }
    });

    test(`every truncation in ${version} is a decode_error`, async () => {
      const length = version === 'TLSv1.2' ? 80 : 118;
      for (const keep of [34, 35, 66, 69, 71, 72, 74, length - 1]) {
        const { error, connection } = await attempt({
          server: { version, message: editing('ServerHello', (body) => body.subarray(0, keep)) },
        });
        if (error.code === 'ERR_TLS_TIMEOUT') assert.fail(`${keep}`);
        assert.equal(error.code, 'ERR_TLS_PROTOCOL', `${keep}`);
        assert.deepEqual(connection.alerts, [{ level: 2, description: DECODE_ERROR, protected: 'none' }], `${keep}`);
      }
    });
  }
});

describe('lengths of messages', TIMEOUT, () => {
  for (const [version, name, protectedBy] of /** @type {const} */ ([
    ['TLSv1.2', 'Finished', 'application'],
    ['TLSv1.3', 'Finished', 'handshake'],
    ['TLSv1.3', 'CertificateVerify', 'handshake'],
  ])) {
    test(`${name} with a trailing byte, or without its last one, in ${version}`, async () => {
      for (const change of [withTrailing, (/** @type {Uint8Array} */ body) => body.subarray(0, -1)]) {
        const server = { version, message: editing(name, change) };
        await assertViolation('message-length', { server }, DECODE_ERROR, protectedBy);
      }
    });
  }
});

describe('a version that was not offered', TIMEOUT, () => {
  test('TLS 1.2 when only TLS 1.3 is', async () => {
    const { error, connection } = await attempt({
      server: { version: 'TLSv1.2', suite: 0xcca9 },
      client: { minVersion: 'TLSv1.3' },
    });
    assert.equal(error.code, 'ERR_TLS_VERSION');
    assert.deepEqual(connection.alerts, [{ level: 2, description: PROTOCOL_VERSION, protected: 'none' }]);
  });
});

describe('every failure has one alert, under the newest keys (RFC 8446, sections 6.2 and A.1)', TIMEOUT, () => {
  const none = /** @type {const} */ ('none');
  const handshake = /** @type {const} */ ('handshake');
  const application = /** @type {const} */ ('application');
  const badPoint = { 23: join(4, fill(64, 1)), 29: fill(32, 0) };

  /** @type {Record<string, [Attempt, string, number, ProtectedBy]>} */
  const failures = {
    'TLS 1.3: a damaged record of the handshake': [
      { server: { flight: (items) => changed(items, 'Certificate', { damaged: true }) } },
      'ERR_TLS_BAD_RECORD',
      BAD_RECORD_MAC,
      handshake,
    ],
    'TLS 1.3: a damaged record of data': [
      { server: {}, afterwards: (one) => one.send({ ...data(bytes('x')), damaged: true }) },
      'ERR_TLS_BAD_RECORD',
      BAD_RECORD_MAC,
      application,
    ],
    'TLS 1.2: a damaged record of data': [
      { server: { version: 'TLSv1.2' }, afterwards: (one) => one.send({ ...data(bytes('x')), damaged: true }) },
      'ERR_TLS_BAD_RECORD',
      BAD_RECORD_MAC,
      application,
    ],
    'TLS 1.3: a chain that is not trusted': [
      { server: {}, client: { trust: OTHER_ROOT } },
      'ERR_TLS_CERT_VERIFY_FAILED',
      UNKNOWN_CA,
      handshake,
    ],
    'TLS 1.3: a wrong signature': [
      { server: { message: editing('CertificateVerify', (body) => join(body.subarray(0, -1), 0xff)) } },
      'ERR_TLS_SERVER_SIGNATURE',
      DECRYPT_ERROR,
      handshake,
    ],
    'TLS 1.3: a signature scheme that was not offered': [
      { subject: RSA, server: { scheme: 0x0201 } },
      'ERR_TLS_SERVER_SIGNATURE',
      ILLEGAL_PARAMETER,
      handshake,
    ],
    'TLS 1.3: an unknown extension in EncryptedExtensions (RFC 8446, section 4.2)': [
      { server: { message: editing('EncryptedExtensions', () => vector(2, uint(0xfade, 2), vector(2))) } },
      'ERR_TLS_PROTOCOL',
      UNSUPPORTED_EXTENSION,
      handshake,
    ],
    'TLS 1.3: a wrong Finished': [
      { server: { message: editing('Finished', (body) => body.map((octet) => octet ^ 1)) } },
      'ERR_TLS_HANDSHAKE',
      DECRYPT_ERROR,
      handshake,
    ],
    'TLS 1.3: an ALPN protocol that was not offered': [
      { server: { alpn: 'other' }, client: { ALPNProtocols: ['h2'] } },
      'ERR_TLS_PROTOCOL',
      ILLEGAL_PARAMETER,
      handshake,
    ],
    'TLS 1.2: an ALPN protocol that was not offered': [
      { server: { version: 'TLSv1.2', alpn: 'other' }, client: { ALPNProtocols: ['h2'] } },
      'ERR_TLS_HANDSHAKE',
      HANDSHAKE_FAILURE,
      none,
    ],
    'TLS 1.3: an empty certificate list': [
      { server: { message: editing('Certificate', () => join(vector(1), vector(3))) } },
      'ERR_TLS_NO_CERTIFICATE',
      DECODE_ERROR,
      handshake,
    ],
    'TLS 1.3: a message that is not expected': [
      { server: { message: (name, body) => (name === 'EncryptedExtensions' ? null : body) } },
      'ERR_TLS_PROTOCOL',
      UNEXPECTED_MESSAGE,
      handshake,
    ],
    'TLS 1.2: a message that is not expected': [
      { server: { version: 'TLSv1.2', message: (name, body) => (name === 'Certificate' ? null : body) } },
      'ERR_TLS_NO_CERTIFICATE',
      UNEXPECTED_MESSAGE,
      none,
    ],
    'TLS 1.2: a point that is not on its curve': [
      { server: { version: 'TLSv1.2', group: 23, share: badPoint[23] } },
      'ERR_TLS_PROTOCOL',
      ILLEGAL_PARAMETER,
      none,
    ],
    'TLS 1.2: a point of low order': [
      { server: { version: 'TLSv1.2', group: 29, share: badPoint[29] } },
      'ERR_TLS_PROTOCOL',
      ILLEGAL_PARAMETER,
      none,
    ],
    'TLS 1.3: a point that is not on its curve': [
      { server: { retry: { group: 23 }, group: 23, share: badPoint[23] } },
      'ERR_TLS_HANDSHAKE',
      ILLEGAL_PARAMETER,
      none,
    ],
    'TLS 1.3: a point of low order': [
      { server: { share: badPoint[29] } },
      'ERR_TLS_HANDSHAKE',
      ILLEGAL_PARAMETER,
      none,
    ],
    'TLS 1.2: a record of 2^14 + 1 bytes': [
      { server: { version: 'TLSv1.2' }, afterwards: (one) => one.send(data(fill(16385, 0x61))) },
      'ERR_TLS_PROTOCOL',
      RECORD_OVERFLOW,
      application,
    ],
    'TLS 1.2: a record of 2^14 + 1 bytes in clear': [
      {
        server: {
          version: 'TLSv1.2',
          flight: (items) => changed(items, 'Certificate', { content: fill(16385, 0) }),
        },
      },
      'ERR_TLS_PROTOCOL',
      RECORD_OVERFLOW,
      none,
    ],
    'TLS 1.2: a part of Finished behind ServerHelloDone': [
      {
        server: {
          version: 'TLSv1.2',
          flight: (items, _, name) =>
            name === 'handshake'
              ? changed(items, 'ServerHelloDone', ({ content }) => ({ content: join(content, 20, 0, 0) }))
              : items,
        },
      },
      'ERR_TLS_PROTOCOL',
      UNEXPECTED_MESSAGE,
      application,
    ],
    'TLS 1.2: data before the handshake is done': [
      { server: { version: 'TLSv1.2', flight: (items) => [data(bytes('x'), 'clear'), ...items] } },
      'ERR_TLS_PROTOCOL',
      UNEXPECTED_MESSAGE,
      none,
    ],
    'TLS 1.2: a ChangeCipherSpec before the server has answered': [
      {
        server: {
          version: 'TLSv1.2',
          flight: (items, _, name) =>
            name === 'handshake' ? inserted(items, 'ServerHello', changeCipherSpec()) : items,
        },
      },
      'ERR_TLS_PROTOCOL',
      UNEXPECTED_MESSAGE,
      none,
    ],
    'TLS 1.2: a ChangeCipherSpec after the handshake': [
      { server: { version: 'TLSv1.2' }, afterwards: (one) => one.send(changeCipherSpec('application')) },
      'ERR_TLS_PROTOCOL',
      UNEXPECTED_MESSAGE,
      application,
    ],
    'TLS 1.2: a wrong signature': [
      {
        server: {
          version: 'TLSv1.2',
          flight: (items) =>
            changed(items, 'ServerKeyExchange', ({ content }) => ({ content: join(content.subarray(0, -1), 0xff) })),
        },
      },
      'ERR_TLS_SERVER_SIGNATURE',
      DECRYPT_ERROR,
      none,
    ],
  };

  for (const [title, [how, code, description, protectedBy]] of Object.entries(failures)) {
    test(title, async () => {
      const { error, connection } = await attempt(how);
      assert.deepEqual(
        { code: error.code, alerts: connection.alerts },
        { code, alerts: [{ level: 2, description, protected: protectedBy }] },
        error.message,
      );
    });
  }

  test('nothing is sent after an alert of the server', async () => {
    const { error, connection } = await attempt({
      server: { flight: (items) => [...items.slice(0, 3), alert(2, 80, 'handshake')] },
    });
    assert.deepEqual([error.code, error.alert, connection.alerts], ['ERR_TLS_ALERT', 80, []]);
  });
});
