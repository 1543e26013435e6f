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
import { bytes, extension, fill, join, uint, vector } from '../helpers/tls-server/bytes.js';
import {
  alpn,
  extendedMasterSecret,
  newSessionTicket13,
  pointFormats,
  renegotiationInfo,
  RETRY_RANDOM,
  selectedGroup,
  serverHello,
  signatureAlgorithms,
  supportedVersions,
} from '../helpers/tls-server/messages.js';
import { withConnection } from '../helpers/tls-server/connected.js';
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
  withConnection(subject, options, { trust }, async (connection) => ({ connection }));

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
    await withConnection(P256, { echo: false }, {}, async (connection, socket) => {
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
      await withConnection(P256, { version, echo: false }, {}, async (connection, socket) => {
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
      'ERR_TLS_PROTOCOL',
      ILLEGAL_PARAMETER,
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

/** @param {number} at where the extensions begin @param {...Uint8Array} more @returns {(body: Uint8Array) => Uint8Array} */
const withExtensions =
  (at, ...more) =>
  (body) =>
    join(body.subarray(0, at), vector(2, body.subarray(at + 2), ...more));
/** Where those of a ServerHello begin, whose session ID has 32 octets. */
const HELLO_EXTENSIONS = 2 + 32 + 1 + 32 + 2 + 1;

/** With other ec_point_formats than the server's. @param {Uint8Array} formats @returns {(body: Uint8Array) => Uint8Array} */
const withPointFormats = (formats) => (body) => {
  const at = Buffer.from(body).indexOf(pointFormats);
  assert.ok(at >= 0);
  const kept = [body.subarray(HELLO_EXTENSIONS + 2, at), body.subarray(at + pointFormats.length)];
  return join(body.subarray(0, HELLO_EXTENSIONS), vector(2, ...kept, extension(11, formats)));
};

/** @param {Partial<ServerOptions>} options @param {ConnectOptions} [client] @param {Item[]} [afterwards] */
const assertAccepted = (options, client = {}, afterwards = []) =>
  withConnection(P256, { echo: false, ...options }, client, async (connection, socket) => {
    connection.send(...afterwards, data(bytes('x')));
    assert.equal(Buffer.from((await socket.read()) ?? []).toString(), 'x');
  });

const NAME = Buffer.from('300d310b3009060355040613024445', 'hex'); // C=DE

describe('extensions of ServerHello in TLS 1.2 (RFC 5246, section 7.4.1.4)', TIMEOUT, () => {
  const version = /** @type {const} */ ('TLSv1.2');
  const h2 = { ALPNProtocols: ['h2'] };
  /** @param {string} code @param {number} description @param {(body: Uint8Array) => Uint8Array} change @param {ConnectOptions} [client] */
  const assertHello = (code, description, change, client) =>
    assertViolation(
      code,
      { server: { version, message: editing('ServerHello', change) }, client },
      description,
      'none',
    );

  for (const type of [1, 5, 13, 16, 18, 22, 35, 41, 44, 51, 0x3374, 0xfade, 0xffff]) {
    test(`extension ${type}, which was not asked for`, () =>
      assertHello('extension-unasked', UNSUPPORTED_EXTENSION, withExtensions(HELLO_EXTENSIONS, extension(type))));
  }

  test('an answer to a server name that was not sent', () =>
    assertHello('extension-unasked', UNSUPPORTED_EXTENSION, withExtensions(HELLO_EXTENSIONS, extension(0)), {
      servername: '127.0.0.1',
    }));

  test('an extension twice', async () => {
    for (const one of [renegotiationInfo, extendedMasterSecret, pointFormats]) {
      await assertHello('extension-twice', ILLEGAL_PARAMETER, withExtensions(HELLO_EXTENSIONS, one));
    }
    const name = extension(0);
    await assertHello('extension-twice', ILLEGAL_PARAMETER, withExtensions(HELLO_EXTENSIONS, name, name));
  });

  test('an answer to server_name that is not empty (RFC 6066, section 3)', () =>
    assertHello(
      'extension-syntax',
      DECODE_ERROR,
      withExtensions(HELLO_EXTENSIONS, extension(0, vector(2, join(0, vector(2, bytes('localhost')))))),
    ));

  test('ec_point_formats without the uncompressed format (RFC 8422, section 5.1.2)', async () => {
    for (const formats of [[1], [2, 1], [42]]) {
      const change = withPointFormats(vector(1, Uint8Array.from(formats)));
      await assertHello('point-format', ILLEGAL_PARAMETER, change);
    }
  });

  test('ec_point_formats that are malformed', async () => {
    for (const content of [[], [0], [1], [1, 0, 0], [2, 0]]) {
      await assertHello('extension-syntax', DECODE_ERROR, withPointFormats(Uint8Array.from(content)));
    }
  });

  test('an ALPN protocol that was not offered (RFC 7301, section 3.2)', async () => {
    for (const protocol of ['other', 'h', 'h22']) {
      await assertHello('protocol', ILLEGAL_PARAMETER, withExtensions(HELLO_EXTENSIONS, alpn(protocol)), h2);
    }
  });

  test('an ALPN answer that is not one protocol (RFC 7301, section 3.1)', async () => {
    for (const answer of [
      alpn(),
      alpn(''),
      alpn('h2', 'h2'),
      extension(16),
      extension(16, vector(2, vector(1)), fill(1, 0)),
    ]) {
      await assertHello('extension-syntax', DECODE_ERROR, withExtensions(HELLO_EXTENSIONS, answer), h2);
    }
  });

  test('those that answer ours are accepted', () =>
    assertAccepted(
      {
        version,
        message: editing('ServerHello', (body) =>
          withExtensions(
            HELLO_EXTENSIONS,
            extension(0),
            alpn('h2'),
            extension(10, vector(2, uint(29, 2))),
          )(withPointFormats(vector(1, Uint8Array.of(42, 0, 1)))(body)),
        ),
      },
      h2,
    ));
});

describe('points of TLS 1.2 that are not uncompressed (RFC 8422, section 5.4.1)', TIMEOUT, () => {
  for (const [group, length] of [
    [23, 32],
    [24, 48],
    [25, 66],
  ]) {
    for (const form of [0, 2, 3, 5, 6, 7]) {
      test(`form ${form} on group ${group}`, async () => {
        const share = join(form, fill(form === 0 ? 0 : length, 1));
        await assertViolation(
          'point-format',
          { server: { version: 'TLSv1.2', group, share } },
          ILLEGAL_PARAMETER,
          'none',
        );
      });
    }
  }
});

describe('extensions of EncryptedExtensions and Certificate (RFC 8446, section 4.2)', TIMEOUT, () => {
  const handshake = /** @type {const} */ ('handshake');
  const h2 = { ALPNProtocols: ['h2'] };
  /** @param {...Uint8Array} extensions */
  const encrypted = (...extensions) => ({ message: editing('EncryptedExtensions', () => vector(2, ...extensions)) });

  test('an answer to server_name that is not empty (RFC 6066, section 3)', () =>
    assertViolation('extension-syntax', { server: encrypted(extension(0, fill(1, 0))) }, DECODE_ERROR, handshake));

  test('an answer to a server name that was not sent', () =>
    assertViolation(
      'extension-unasked',
      { server: encrypted(extension(0)), client: { servername: '127.0.0.1' } },
      UNSUPPORTED_EXTENSION,
      handshake,
    ));

  test('an ALPN answer that nobody asked for', () =>
    assertViolation('extension-unasked', { server: { alpn: 'h2' } }, UNSUPPORTED_EXTENSION, handshake));

  test('an extension twice', async () => {
    for (const one of [extension(0), extension(10, vector(2, uint(29, 2))), alpn('h2')]) {
      await assertViolation(
        'extension-twice',
        { server: encrypted(one, one), client: h2 },
        ILLEGAL_PARAMETER,
        handshake,
      );
    }
  });

  test('supported_groups that are malformed', async () => {
    for (const content of [[], [0], [0, 0], [0, 1, 29], [0, 2, 0, 29, 0], [0, 4, 0, 29]]) {
      const server = encrypted(extension(10, Uint8Array.from(content)));
      await assertViolation('extension-syntax', { server }, DECODE_ERROR, handshake);
    }
  });

  test('trailing bytes, and every truncation of EncryptedExtensions', async () => {
    const body = vector(2, extension(0), alpn('h2'));
    for (const changed of [join(body, 0), ...Array.from(body, (_, length) => body.subarray(0, length))]) {
      const server = { message: editing('EncryptedExtensions', () => changed) };
      await assertViolation('message-length', { server, client: h2 }, DECODE_ERROR, handshake);
    }
  });

  for (const type of [13, 43, 51]) {
    test(`extension ${type}, which belongs into other messages: illegal_parameter`, async () => {
      const { error, connection } = await attempt({ server: encrypted(extension(type)) });
      assert.equal(error.code, 'ERR_TLS_PROTOCOL');
      assert.deepEqual(connection.alerts, [{ level: 2, description: ILLEGAL_PARAMETER, protected: handshake }]);
    });
  }

  for (const type of [5, 18, 0xfade]) {
    test(`extension ${type} of a certificate, which was not asked for`, async () => {
      const entry = (/** @type {Uint8Array} */ body) => join(body.subarray(0, -2), vector(2, extension(type)));
      const list = (/** @type {Uint8Array} */ body) => join(vector(1), vector(3, entry(body).subarray(4)));
      const { error, connection } = await attempt({ server: { message: editing('Certificate', list) } });
      assert.equal(error.code, 'ERR_TLS_PROTOCOL');
      assert.deepEqual(connection.alerts, [{ level: 2, description: UNSUPPORTED_EXTENSION, protected: handshake }]);
    });
  }

  test('those that answer ours are accepted', () =>
    assertAccepted(encrypted(extension(0), extension(10, vector(2, uint(29, 2), uint(0x11ec, 2))), alpn('h2')), h2));
});

describe('CertificateRequest (RFC 8446, section 4.3.2)', TIMEOUT, () => {
  const algorithms = signatureAlgorithms([0x0403]);
  /** @param {...Uint8Array} extensions */
  const request = (...extensions) => join(vector(1), vector(2, ...extensions));
  /** @param {string} code @param {number} description @param {Uint8Array} body */
  const assertRequest = (code, description, body) =>
    assertViolation(
      code,
      { server: { requestCertificate: true, message: editing('CertificateRequest', () => body) } },
      description,
      'handshake',
    );

  test('a context', () =>
    assertRequest('request-syntax', DECODE_ERROR, join(vector(1, fill(1, 7)), vector(2, algorithms))));

  test('no signature_algorithms', async () => {
    await assertRequest('request-algorithms', MISSING_EXTENSION, request());
    await assertRequest('request-algorithms', MISSING_EXTENSION, request(extension(47, vector(2, vector(2, NAME)))));
  });

  for (const type of [13, 50]) {
    test(`malformed or no algorithms in extension ${type}`, async () => {
      const others = type === 13 ? [] : [algorithms];
      for (const content of [[], [0], [0, 0], [0, 1, 4], [0, 3, 4, 3, 8], [0, 2, 4, 3, 0], [0, 4, 4, 3]]) {
        const body = request(...others, extension(type, Uint8Array.from(content)));
        await assertRequest('extension-syntax', DECODE_ERROR, body);
      }
    });
  }

  test('malformed certificate_authorities, or none in it (section 4.2.4)', async () => {
    for (const content of [
      fill(0, 0),
      vector(2),
      vector(2, vector(2)),
      join(vector(2, vector(2, NAME)), 0),
      vector(2, vector(2, NAME), vector(2)),
      vector(2, vector(2, NAME), fill(1, 0)),
      vector(2, vector(2, join(NAME, 0))),
      vector(2, vector(2, NAME.subarray(0, -1))),
      vector(2, vector(2, join(0x31, NAME.subarray(1)))),
    ]) {
      await assertRequest('extension-syntax', DECODE_ERROR, request(algorithms, extension(47, content)));
    }
  });

  test('an extension twice, known or not', async () => {
    for (const type of [13, 47, 0x0a0a, 0xfade]) {
      const one = type === 13 ? algorithms : extension(type, type === 47 ? vector(2, vector(2, NAME)) : fill(0, 0));
      const rest = type === 13 ? [] : [algorithms];
      await assertRequest('extension-twice', ILLEGAL_PARAMETER, request(one, ...rest, one));
    }
  });

  test('trailing bytes, and every truncation', async () => {
    const body = request(algorithms);
    await assertRequest('request-syntax', DECODE_ERROR, join(body, 0));
    for (let length = 0; length < body.length; length++) {
      await assertRequest('request-syntax', DECODE_ERROR, body.subarray(0, length));
    }
    await assertRequest('extension-syntax', DECODE_ERROR, request(algorithms, fill(3, 0)));
    await assertRequest('extension-syntax', DECODE_ERROR, request(algorithms, Uint8Array.of(0xfa, 0xde, 0, 1)));
  });

  test('one with authorities and unknown extensions is accepted', () =>
    assertAccepted({
      requestCertificate: true,
      message: editing('CertificateRequest', () =>
        request(
          extension(0x0a0a),
          algorithms,
          extension(47, vector(2, vector(2, NAME), vector(2, Buffer.from('3000', 'hex')))),
          extension(50, vector(2, uint(0x0401, 2))),
          extension(0xfade, fill(3, 1)),
        ),
      ),
    }));
});

describe('CertificateRequest in TLS 1.2 (RFC 5246, section 7.4.4)', TIMEOUT, () => {
  const version = /** @type {const} */ ('TLSv1.2');
  const algorithms = vector(2, uint(0x0403, 2));
  const types = vector(1, Uint8Array.of(64));
  for (const [title, body] of /** @type {[string, Uint8Array][]} */ ([
    ['no certificate types', join(vector(1), algorithms, vector(2))],
    ['certificate types that are cut', join(9, 64, algorithms, vector(2))],
    ['no algorithms', join(types, vector(2), vector(2))],
    ['half an algorithm', join(types, vector(2, fill(3, 4)), vector(2))],
    ['no authorities field', join(types, algorithms)],
    ['an empty name', join(types, algorithms, vector(2, vector(2)))],
    ['a name that is cut', join(types, algorithms, vector(2, vector(2, NAME.subarray(0, -1))))],
    ['a name that is not one', join(types, algorithms, vector(2, vector(2, join(0x31, NAME.subarray(1)))))],
    ['half a length', join(types, algorithms, vector(2, vector(2, NAME), fill(1, 0)))],
    ['a trailing byte', join(types, algorithms, vector(2), 0)],
    ['nothing', fill(0, 0)],
  ])) {
    test(title, () =>
      assertViolation(
        'request-syntax',
        { server: { version, requestCertificate: true, message: editing('CertificateRequest', () => body) } },
        DECODE_ERROR,
        'none',
      ),
    );
  }

  test('one with unknown types and several authorities is accepted', () =>
    assertAccepted({
      version,
      requestCertificate: true,
      message: editing('CertificateRequest', () =>
        join(vector(1, Uint8Array.of(1, 2, 64, 200)), algorithms, vector(2, vector(2, NAME), vector(2, NAME))),
      ),
    }));
});

describe('messages of a wrong type in TLS 1.2 (RFC 5246, section 7.3)', TIMEOUT, () => {
  const version = /** @type {const} */ ('TLSv1.2');
  for (const requestCertificate of [false, true]) {
    for (const [name, types] of /** @type {[string, number[]][]} */ ([
      ['CertificateRequest', [0, 4, 11, 12, 20, 24, 42]],
      ['ServerHelloDone', [4, 11, 12, 20, 24, 42, ...(requestCertificate ? [13] : [])]],
    ])) {
      if (name === 'CertificateRequest' && !requestCertificate) continue;
      test(`in place of ${name}${requestCertificate ? ', with a request' : ''}`, async () => {
        for (const type of types) {
          const flight = (
            /** @type {Item[]} */ items,
            /** @type {Connection} */ _,
            /** @type {string} */ flightName,
          ) =>
            flightName === 'handshake'
              ? changed(items, name, ({ content }) => ({ content: join(type, content.subarray(1)) }))
              : items;
          const server = { version, requestCertificate, flight };
          await assertViolation('unexpected-message', { server }, UNEXPECTED_MESSAGE, 'none');
        }
      });
    }
  }
});

describe('session tickets (RFC 8446, section 4.6.1)', TIMEOUT, () => {
  /** @param {string} code @param {number} description @param {...Item} items */
  const assertTicket = (code, description, ...items) =>
    assertViolation(
      code,
      { server: {}, afterwards: (connection) => connection.send(...items) },
      description,
      'application',
    );
  /** @param {...Uint8Array} extensions */
  const withContent = (...extensions) => ticket(newSessionTicket13({ extensions }));

  test('a lifetime of more than seven days', async () => {
    for (const lifetime of [604801, 0x7fffffff, -1]) {
      await assertTicket('ticket-lifetime', ILLEGAL_PARAMETER, ticket(newSessionTicket13({ lifetime })));
    }
  });

  test('an empty ticket', () =>
    assertTicket('ticket-syntax', DECODE_ERROR, ticket(newSessionTicket13({ ticket: fill(0, 0) }))));

  test('a trailing byte, and every truncation', async () => {
    const body = newSessionTicket13({ ticket: fill(3, 1), extensions: [extension(0xfade)] });
    for (const changed of [join(body, 0), ...Array.from(body, (_, length) => body.subarray(0, length))]) {
      await assertTicket('ticket-syntax', DECODE_ERROR, ticket(changed));
    }
  });

  test('malformed extensions', async () => {
    for (const content of [
      fill(3, 0),
      Uint8Array.of(0xfa, 0xde, 0, 1),
      extension(42),
      extension(42, fill(3, 0)),
      extension(42, fill(5, 0)),
      extension(62),
      extension(62, vector(1)),
      extension(62, vector(1, fill(1, 1)), fill(1, 1)),
    ]) {
      await assertTicket('extension-syntax', DECODE_ERROR, withContent(content));
    }
    await assertTicket('flags', ILLEGAL_PARAMETER, withContent(extension(62, vector(1, Uint8Array.of(1, 0)))));
  });

  test('an extension twice, known or not', async () => {
    for (const one of [extension(42, fill(4, 0)), extension(0x0a0a), extension(0xfade, fill(2, 2))]) {
      await assertTicket('extension-twice', ILLEGAL_PARAMETER, withContent(one, extension(9), one));
    }
  });

  test('a malformed one behind others, in one record, and in fragments', async () => {
    const malformed = ticket(newSessionTicket13({ ticket: fill(0, 0) }));
    await assertTicket('ticket-syntax', DECODE_ERROR, ...coalesced([ticket(), ticket(), malformed]));
    await assertTicket('ticket-syntax', DECODE_ERROR, ...fragmented(coalesced([ticket(), malformed]), 3));
  });

  test('a malformed one in TLS 1.2, where none was asked for (RFC 5077, section 3.3)', async () => {
    for (const [body, code, description] of /** @type {[Uint8Array, string, number][]} */ ([
      [fill(5, 0), 'ticket-syntax', DECODE_ERROR],
      [join(uint(60, 4), vector(2, fill(2, 1)), 0), 'ticket-syntax', DECODE_ERROR],
    ])) {
      const flight = (/** @type {Item[]} */ items, /** @type {Connection} */ _, /** @type {string} */ name) =>
        name === 'finished' ? [{ ...ticket(body), epoch: /** @type {const} */ ('clear') }, ...items] : items;
      await assertViolation(code, { server: { version: 'TLSv1.2', flight } }, description, 'application');
    }
  });

  test('correct ones are accepted', () =>
    assertAccepted({}, {}, [
      ticket(newSessionTicket13({ lifetime: 604800 })),
      ticket(newSessionTicket13({ lifetime: 0, ticket: fill(1, 0) })),
      withContent(extension(0x0a0a), extension(42, fill(4, 255)), extension(62, vector(1, Uint8Array.of(0, 1)))),
      ...coalesced([ticket(), ticket(), ticket()]),
      ...fragmented([ticket()], 1),
    ]));
});
