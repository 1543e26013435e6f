/** The options groups and signatureAlgorithms: what the ClientHello has, in which order, and what servers make of it. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { connect } from '../../dist/index.js';
import { closeDialled, dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startOpenssl } from '../helpers/servers.js';
import { VIOLATIONS } from '../../messages/violations.js';
import { join, uint, vector } from '../helpers/tls-server/bytes.js';
import { RETRY_RANDOM } from '../helpers/tls-server/messages.js';
import { startTlsServer } from '../helpers/tls-server/server.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const P256 = pki('good-p256');
const RSA = pki('good-rsa2048');
const ALL_GROUPS = [29, 23, 24, 25];
const ALL_SCHEMES = [0x0403, 0x0503, 0x0603, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401, 0x0807];
const SCHEMES = { ecdsa_secp256r1_sha256: 0x0403, rsa_pss_rsae_sha256: 0x0804, rsa_pss_rsae_sha512: 0x0806 };
const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);
const TIMEOUT = { timeout: 60_000 };

after(closeDialled);

const ILLEGAL_PARAMETER = 47;

/** @param {Uint8Array} serverHello */
const isRetry = (serverHello) => RETRY_RANDOM.equals(serverHello.subarray(2, 34));

/** @param {Uint8Array} retry whose last octets are a key_share extension with the group 23 @param {number} group */
function askingFor(retry, group) {
  const at = Buffer.from(retry).indexOf(Buffer.from([0, 51, 0, 2, 0, 23]));
  return join(retry.subarray(0, at + 4), uint(group, 2), retry.subarray(at + 6));
}

/** @param {any} options @returns {ConnectOptions} */
const any = (options) => options;

/**
 * The last ClientHello of a connection with these options.
 * @param {ConnectOptions} options
 * @param {Partial<import('../helpers/tls-server/server.js').Options>} [server]
 */
async function helloOf(options, server) {
  return withServer(startTlsServer(P256, server), async (running) => {
    const socket = await dial(P256, running, options);
    await socket.opened;
    const connection = await running.connection();
    assert.ok(connection.clientHello);
    return { hello: connection.clientHello, messages: connection.messages };
  });
}

describe('the ClientHello', TIMEOUT, () => {
  test('has all groups and schemes by default, and one key share', async () => {
    for (const version of VERSIONS) {
      const { hello } = await helloOf({}, { version });
      assert.deepEqual([hello.groups, hello.schemes], [ALL_GROUPS, ALL_SCHEMES]);
      assert.deepEqual([...hello.shares.keys()], [29]);
    }
  });

  /** @type {[NonNullable<ConnectOptions['groups']>, number[]][]} */
  const groups = [
    [['P-256'], [23]],
    [
      ['secp256r1', 'x25519'],
      [23, 29],
    ],
    [
      ['P-521', 'prime256v1', 'X25519', 'secp384r1'],
      [25, 23, 29, 24],
    ],
    [
      ['P-384', 'secp521r1'],
      [24, 25],
    ],
  ];
  for (const [names, numbers] of groups) {
    test(`has the groups ${names.join(', ')}, and a key share of the first`, async () => {
      const { hello } = await helloOf({ groups: names });
      assert.deepEqual(hello.groups, numbers);
      assert.deepEqual([...hello.shares.keys()], [numbers[0]]);
    });
  }

  test('has the schemes in the order given, and TLS 1.3 only if it allows one of them', async () => {
    const { hello } = await helloOf({ signatureAlgorithms: ['rsa_pkcs1_sha512', 'ed25519', 'ecdsa_secp256r1_sha256'] });
    assert.deepEqual(hello.schemes, [0x0601, 0x0807, 0x0403]);
    assert.deepEqual(hello.versions, [0x0304, 0x0303]);
    await withServer(startTlsServer(RSA, { version: 'TLSv1.2' }), async (server) => {
      const socket = await dial(RSA, server, { signatureAlgorithms: ['rsa_pkcs1_sha256'] });
      assert.equal((await socket.opened).protocol, 'TLSv1.2');
      const { clientHello } = await server.connection();
      assert.deepEqual([clientHello?.schemes, clientHello?.versions], [[0x0401], [0x0303]]);
    });
  });

  test('is sent again with the second group that a HelloRetryRequest asks for', async () => {
    const { hello, messages } = await helloOf({ groups: ['P-384', 'P-521', 'P-256'] }, { retry: { group: 23 } });
    assert.equal(messages.filter(({ name }) => name === 'ClientHello').length, 2);
    assert.deepEqual(hello.groups, [24, 25, 23]);
    assert.deepEqual([...hello.shares.keys()], [23]);
  });
});

/**
 * Asserts that the server is rejected for a violation, with the alert illegal_parameter.
 * @param {string} violation
 * @param {Awaited<ReturnType<typeof startTlsServer>>} server
 * @param {ConnectOptions} options
 * @param {import('../helpers/pki.js').Case} [subject]
 */
async function assertViolation(violation, server, options, subject = P256) {
  const error = await rejection((await dial(subject, server, options)).opened);
  assert.equal(error.code, 'ERR_TLS_PROTOCOL');
  assert.equal(error.message, `The server violated the TLS protocol: ${VIOLATIONS[violation]}.`);
  const connection = await server.connection();
  await connection.until(() => connection.alerts.length > 0);
  assert.equal(connection.alerts[0].description, ILLEGAL_PARAMETER);
}

describe('a server that goes beyond the lists', TIMEOUT, () => {
  for (const [asked, groups] of /** @type {[number, NonNullable<ConnectOptions['groups']>][]} */ ([
    [24, ['X25519', 'P-256']],
    [29, ['P-384']],
    [30, ['X25519', 'P-256', 'P-384', 'P-521']], // X448
    [0, ['X25519', 'P-256']],
  ])) {
    test(`is rejected: a HelloRetryRequest for group ${asked}, not one of ${groups.join(', ')}`, () =>
      withServer(
        startTlsServer(P256, {
          message: (name, body) => (name === 'ServerHello' && isRetry(body) ? askingFor(body, asked) : body),
          retry: { group: 23 },
        }),
        (server) => assertViolation('retry-group', server, { groups }),
      ));
  }

  test('is rejected: TLS 1.2 with the session ID that stands for no session', () =>
    withServer(
      startTlsServer(P256, {
        version: 'TLSv1.2',
        message: (name, body, { clientHello }) =>
          name === 'ServerHello' && clientHello
            ? join(body.subarray(0, 34), vector(1, clientHello.sessionId), body.subarray(35 + body[34]))
            : body,
      }),
      (server) => assertViolation('session-id', server, {}),
    ));

  test('is rejected: TLS 1.2 with a group that was left out', async () => {
    await withServer(startTlsServer(P256, { version: 'TLSv1.2', group: 29 }), async (server) => {
      const error = await rejection((await dial(P256, server, { groups: ['P-256'] })).opened);
      assert.match(error.code, /^ERR_TLS_(HANDSHAKE|PROTOCOL)$/);
    });
  });

  for (const version of VERSIONS) {
    test(`is rejected: ${version} signed with a scheme that was left out`, async () => {
      await withServer(startTlsServer(RSA, { version, scheme: 0x0804 }), async (server) => {
        const options = { signatureAlgorithms: /** @type {const} */ (['rsa_pss_rsae_sha256']) };
        const socket = await dial(RSA, server, any(options));
        assert.equal((await socket.opened).protocol, version);
        for (const signatureAlgorithms of [
          ['rsa_pss_rsae_sha512'],
          ['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha384'],
        ]) {
          const error = await rejection((await dial(RSA, server, any({ signatureAlgorithms }))).opened);
          assert.equal(error.code, 'ERR_TLS_SERVER_SIGNATURE');
        }
      });
    });
  }

  test('is rejected: TLS 1.2 with an ECDSA key on a curve that was left out', async () => {
    await withServer(startTlsServer(P256, { version: 'TLSv1.2' }), async (server) => {
      const error = await rejection((await dial(P256, server, { groups: ['X25519', 'P-384'] })).opened);
      assert.match(error.code, /^ERR_TLS_/);
    });
  });
});

describe('OpenSSL', TIMEOUT, () => {
  /** The name of the group that the client's key share or the server's key exchange has. @type {Record<string, RegExp>} */
  const traces = { X25519: /x25519/i, 'P-256': /secp256r1 \(P-256\)/, 'P-384': /secp384r1 \(P-384\)/ };
  for (const version of VERSIONS) {
    const protocol = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
    for (const [first, second] of /** @type {const} */ ([
      ['P-384', 'X25519'],
      ['P-256', 'P-384'],
    ])) {
      test(`${version}: agrees on ${first}, the first of two groups that both sides have`, async () => {
        const args = ['-trace', protocol, '-groups', 'X25519:P-256:P-384'];
        await withServer(startOpenssl(RSA, { mode: 'interactive', args }), async (server) => {
          const socket = await dial(RSA, server, { groups: [first, second] });
          await socket.opened;
          server.write('agreed\n');
          assert.equal(await readText(socket, '\n'), 'agreed\n');
          await server.seen(
            version === 'TLSv1.3' ? new RegExp(`NamedGroup: ${traces[first].source}`, 'i') : traces[first],
          );
        });
      });
    }

    test(`${version}: no group in common is the server's alert, and the error says what to look for`, async () => {
      const args = [protocol, '-groups', 'P-521'];
      await withServer(startOpenssl(RSA, { args }), async (server) => {
        const error = await rejection((await dial(RSA, server, { groups: ['X25519', 'P-256'] })).opened);
        assert.deepEqual([error.code, error.alert], ['ERR_TLS_ALERT', 40]);
        assert.match(error.message, /handshake_failure/);
      });
    });

    test(`${version}: signs with the first scheme that both sides have`, async () => {
      const args = ['-trace', protocol, '-sigalgs', 'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512'];
      await withServer(startOpenssl(RSA, { mode: 'interactive', args }), async (server) => {
        const signatureAlgorithms = /** @type {const} */ (['rsa_pss_rsae_sha384', 'rsa_pss_rsae_sha256']);
        const socket = await dial(RSA, server, any({ signatureAlgorithms }));
        await socket.opened;
        server.write('signed\n');
        assert.equal(await readText(socket, '\n'), 'signed\n');
        await server.seen(/Signature Algorithm: rsa_pss_rsae_sha(256|384|512)/);
        const [, hash] = /Signature Algorithm: rsa_pss_rsae_sha(\d+)/.exec(server.stdout()) ?? [];
        assert.ok(hash === '256' || hash === '384', hash); // by the server's order
      });
    });
  }

  test('TLSv1.3: asks for the second group with a HelloRetryRequest', async () => {
    const args = ['-msg', '-tls1_3', '-groups', 'P-384'];
    await withServer(startOpenssl(P256, { mode: 'interactive', args }), async (server) => {
      const socket = await dial(P256, server, { groups: ['P-256', 'P-384'] });
      await socket.opened;
      server.write('retried\n');
      assert.equal(await readText(socket, '\n'), 'retried\n');
      await server.seen(/retried|Shared groups/i);
      assert.equal(server.stdout().match(/<<< .*Handshake.*ClientHello/g)?.length, 2);
    });
  });
});

describe('info', TIMEOUT, () => {
  for (const version of VERSIONS) {
    for (const [group, number] of /** @type {const} */ ([
      ['X25519', 29],
      ['P-256', 23],
      ['P-384', 24],
      ['P-521', 25],
    ])) {
      test(`${version}: has the group ${group} and the signature scheme`, async () => {
        for (const [subject, schemes] of /** @type {const} */ ([
          [P256, ['ecdsa_secp256r1_sha256']],
          [RSA, ['rsa_pss_rsae_sha256', 'rsa_pss_rsae_sha512']],
        ])) {
          for (const scheme of schemes) {
            const options = { version, scheme: SCHEMES[scheme], group: version === 'TLSv1.2' ? number : undefined };
            const retry = version === 'TLSv1.3' && number !== 29 ? { group: number } : undefined;
            await withServer(startTlsServer(subject, { ...options, retry }), async (server) => {
              const info = await (await dial(subject, server)).opened;
              assert.deepEqual([info.group, info.signatureScheme], [group, scheme]);
            });
          }
        }
      });
    }
  }
});

describe('errors of the options', () => {
  const transport = async () => assert.fail('dialled');
  /** @type {[string, unknown, RegExp][]} */
  const wrong = [
    ['groups', ['X25520'], /groups has "X25520", an unknown name: did you mean `X25519`\?/],
    ['groups', ['X25519', 'p-256'], /"p-256".*`P-256`/],
    ['groups', ['secp256k1'], /"secp256k1".*`secp256r1`/],
    ['groups', ['x448'], /"x448"/],
    ['groups', ['toString'], /"toString"/],
    ['groups', [''], /""/],
    ['groups', ['z'.repeat(100_000)], /groups/],
    ['groups', [], /groups must have at least one name/],
    ['groups', ['X25519', 'P-256', 'X25519'], /groups has X25519 twice\.$/],
    ['groups', ['P-256', 'secp256r1'], /groups has P-256 twice: secp256r1 is another name of it/],
    ['groups', 'X25519', /groups of connect\(\) must be an array of names of groups/],
    ['groups', [29], /groups of connect\(\) must be an array/],
    ['groups', null, /groups/],
    ['signatureAlgorithms', ['rsa_pss_rsae_sha265'], /signatureAlgorithms has "rsa_pss.*`rsa_pss_rsae_sha256`/],
    ['signatureAlgorithms', ['rsa_pss_pss_sha256'], /"rsa_pss_pss_sha256"/],
    ['signatureAlgorithms', ['rsa_pkcs1_sha1'], /"rsa_pkcs1_sha1"/],
    ['signatureAlgorithms', ['Ed25519'], /`ed25519`/],
    ['signatureAlgorithms', [], /at least one/],
    ['signatureAlgorithms', ['ed25519', 'ed25519'], /ed25519 twice/],
    ['ciphers', Array(5000).fill('TLS_AES_128_GCM_SHA256'), /ciphers has "TLS_AES_128_GCM_SHA256" twice/],
    ['ALPNProtocols', Array.from({ length: 3000 }, (_, i) => `proto/${i}`), /ALPNProtocols does not fit into a Cl/],
    [
      'ALPNProtocols',
      Array.from({ length: 60 }, (_, i) => `${i}`.padEnd(255, 'é'.repeat(1))),
      /ALPNProtocols|1 to 255/,
    ],
    ['ALPNProtocols', ['é'.repeat(128)], /ALPNProtocols must be 1 to 255 bytes/],
  ];
  for (const [option, value, message] of wrong) {
    test(`${option}: ${JSON.stringify(value).slice(0, 60)} is rejected at once`, () =>
      assert.throws(() => connect('a.example', any({ transport, [option]: value })), {
        code: 'ERR_TLS_INVALID_OPTION',
        message,
      }));
  }

  test('signatureAlgorithms without a scheme for the versions is rejected before dialling', async () => {
    const options = { transport, minVersion: /** @type {const} */ ('TLSv1.3') };
    const socket = connect('a.example', any({ ...options, signatureAlgorithms: ['rsa_pkcs1_sha256'] }));
    const error = await rejection(socket.opened);
    assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
    assert.match(error.message, /No scheme in signatureAlgorithms works with TLSv1\.3 to TLSv1\.3/);
  });

  test('the most protocol names that are accepted fit into a ClientHello', async () => {
    const names = Array.from({ length: 48 }, (_, i) => `${i}`.padStart(255, 'x'));
    await withServer(startTlsServer(P256), async (server) => {
      const socket = await dial(P256, server, { ALPNProtocols: names, groups: ['P-521', 'X25519', 'P-256', 'P-384'] });
      await socket.opened;
      const { clientHello } = await server.connection();
      assert.deepEqual(clientHello?.alpn, names);
    });
  });
});
