/** Several identities of a client: which one a server gets, by what its request lists, and how keys find their certificates. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { encodeName } from '../../certs/names.js';
import { authority, keyOf, named, server as leafOf } from '../helpers/chains.js';
import { identityError, inDirectory } from '../helpers/client-identity.js';
import { closeDialled, dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startNginx, startOpenssl } from '../helpers/servers.js';
import * as messages from '../helpers/tls-server/messages.js';
import { startTlsServer } from '../helpers/tls-server/server.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../helpers/chains.js').Issued} Issued */

const TIMEOUT = { timeout: 120_000 };
const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);
const SERVER = pki('good-p256');

const rootA = authority('choice root A', undefined);
const rootB = authority('choice root B', undefined);
const intermediate = authority('choice intermediate', rootB);

/** @param {Issued} issuer @param {import('node:crypto').KeyObject} key */
const client = (issuer, key) =>
  leafOf(issuer, { key, extensions: { extKeyUsage: extension.extKeyUsage('clientAuth') } });
const a = client(rootA, keyOf('choice a'));
const b = client(intermediate, keyOf('choice b'));
const c = client(rootA, keyOf('', 'rsa2048'));

/** @param {Issued[]} chain */
const pemOf = (...chain) => chain.map((one) => der.pem('CERTIFICATE', one.der)).join('');
/** @param {Issued} own */
const keyPem = (own) => /** @type {string} */ (own.key.export({ type: 'pkcs8', format: 'pem' }));
/** @param {Issued[][]} chains */
const identities = (...chains) => ({
  cert: chains.map((chain) => pemOf(...chain)),
  key: chains.map(([leaf]) => keyPem(leaf)),
});

after(closeDialled);

/**
 * @typedef {object} Request
 * @property {number[]} [schemes]
 * @property {number[]} [certSchemes] in TLS 1.3 only
 * @property {Uint8Array[]} [authorities]
 */

/** @param {Request} request @param {typeof VERSIONS[number]} version */
const requesting = ({ schemes, certSchemes, authorities }, version) => ({
  version,
  requestCertificate: true,
  message: (/** @type {string} */ name, /** @type {Uint8Array} */ body) =>
    name !== 'CertificateRequest'
      ? body
      : version === 'TLSv1.2'
        ? messages.certificateRequest12({ schemes, authorities })
        : messages.certificateRequest13(schemes, [
            ...(certSchemes ? [messages.signatureAlgorithmsCert(certSchemes)] : []),
            ...(authorities ? [messages.certificateAuthorities(authorities)] : []),
          ]),
});

/**
 * The certificate that a server gets, which the client proves to own.
 * @param {ConnectOptions} options
 * @param {Request} request
 * @param {typeof VERSIONS[number]} version
 */
async function chosen(options, request, version) {
  return withServer(startTlsServer(SERVER, requesting(request, version)), async (running) => {
    const socket = await dial(SERVER, running, options);
    await socket.opened;
    await socket.write('request');
    await readText(socket, 'request');
    const [leaf] = (await running.connection()).clientChain;
    return leaf && Buffer.from(leaf).toString('hex');
  });
}

/** @param {ConnectOptions} options @param {Request} request @param {Issued} expected */
async function assertChosen(options, request, expected, versions = [...VERSIONS]) {
  for (const version of versions) {
    const found = await chosen(options, request, version);
    assert.equal(found, Buffer.from(expected.der).toString('hex'), version);
  }
}

const nameOf = (/** @type {Issued} */ issued) => encodeName(issued.subject);

describe('the choice among several identities', TIMEOUT, () => {
  test('is the first whose key the server accepts', async () => {
    await assertChosen(identities([a], [b, intermediate], [c]), {}, a);
    await assertChosen(identities([a], [b, intermediate], [c]), { schemes: [0x0804, 0x0401] }, c);
  });

  test('is one that an authority issued which the server names', async () => {
    await assertChosen(identities([a], [b, intermediate]), { authorities: [nameOf(rootB)] }, b);
    await assertChosen(identities([a], [b, intermediate]), { authorities: [nameOf(intermediate)] }, b);
    await assertChosen(identities([b, intermediate], [a]), { authorities: [encodeName(named('?')), nameOf(rootA)] }, a);
    await assertChosen(identities([c], [a], [b]), { authorities: [nameOf(rootB), nameOf(intermediate)] }, b);
  });

  test('is the first if none is of these, or all are', async () => {
    await assertChosen(identities([b, intermediate], [a]), { authorities: [encodeName(named('another'))] }, b);
    await assertChosen(identities([b, intermediate], [a]), { authorities: [nameOf(rootA), nameOf(rootB)] }, b);
    await assertChosen({ cert: pemOf(a), key: keyPem(a) }, { authorities: [nameOf(rootB)] }, a);
  });

  test('compares names as RFC 5280 does, whatever their string types', async () => {
    const same = der.sequence(
      der.set(der.sequence(der.oid('2.5.4.10'), der.printableString('EXAMPLE'))),
      der.set(der.sequence(der.oid('2.5.4.3'), der.printableString('Choice  Root B'))),
    );
    await assertChosen(identities([a], [b, intermediate]), { authorities: [same] }, b);
  });

  test('finds the authority among a thousand', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => encodeName(named(`authority ${i}`)));
    const authorities = [...many, nameOf(rootB)]; // 48,000 bytes
    await assertChosen(identities([a], [b, intermediate]), { authorities }, b);
  });

  test('needs a key that the server accepts even of a named authority', async () => {
    await assertChosen(identities([b, intermediate], [c]), { schemes: [0x0804], authorities: [nameOf(rootB)] }, c);
  });

  test('prefers a chain that is signed with algorithms that the server lists', async () => {
    const old = authority('choice P-521', rootA, { key: keyOf('choice P-521', 'secp521r1') }); // signs with SHA-512
    const own = client(old, keyOf('choice a'));
    const request = { schemes: [0x0403, 0x0804] };
    await assertChosen(identities([own, old], [b, intermediate]), request, b);
    await assertChosen(identities([own, old]), request, own);
    await assertChosen(identities([own, old], [b, intermediate]), { ...request, certSchemes: [0x0603, 0x0403] }, own, [
      'TLSv1.3',
    ]);
    await assertChosen(
      identities([own, old], [b, intermediate]),
      { ...request, authorities: [nameOf(rootA)] }, // which counts more
      own,
    );
  });
});

describe('keys find their certificates', TIMEOUT, () => {
  const request = { authorities: [nameOf(rootB)] };
  const cert = [pemOf(a), pemOf(b, intermediate)];

  test('in any order, in one input, or in those of the certificates', async () => {
    await assertChosen({ cert, key: [keyPem(b), keyPem(a)] }, request, b);
    await assertChosen({ cert, key: keyPem(a) + keyPem(b) }, request, b);
    await assertChosen({ cert: [keyPem(a) + cert[0], cert[1] + keyPem(b)] }, request, b);
    await assertChosen({ key: [keyPem(a) + cert[0], cert[1] + keyPem(b)] }, request, b);
    await assertChosen({ cert: [cert[1]], key: [keyPem(b)] }, request, b);
  });

  test('with passphrases of their own, or one for all that are encrypted', async () => {
    const encrypted = (/** @type {Issued} */ own, /** @type {string} */ passphrase) =>
      /** @type {string} */ (own.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase }));
    const [one, two] = [encrypted(a, 'one'), encrypted(b, 'two')];
    const own = [
      { pem: two, passphrase: 'two' },
      { pem: one, passphrase: Buffer.from('one') },
    ];
    await assertChosen({ cert, key: own }, request, b);
    await assertChosen({ cert, key: own.map((one) => Object.assign(Object.create(null), one)) }, request, b);
    await assertChosen({ cert, key: [one, own[0]], passphrase: 'one' }, request, b);
    await assertChosen({ cert, key: [keyPem(a), two], passphrase: 'two' }, request, b);
    const errors = [
      await identityError({ cert, key: [one, two], passphrase: 'one' }),
      await identityError({ cert, key: [one, own[0]] }),
      await identityError({ cert, key: [keyPem(a), keyPem(b)], passphrase: 'one' }),
      await identityError({ cert, key: [{ pem: keyPem(a), passphrase: 'one' }, keyPem(b)] }),
    ];
    assert.deepEqual(
      errors.map(({ code }) => code),
      [
        'ERR_TLS_PASSPHRASE_WRONG',
        'ERR_TLS_PASSPHRASE_MISSING',
        'ERR_TLS_PASSPHRASE_UNUSED',
        'ERR_TLS_PASSPHRASE_UNUSED',
      ],
    );
    assert.match(errors[0].message, /cert\[1\]/);
  });

  test('PKCS#12, each file with its own passphrase or that of all', async () => {
    const pfxOf = (/** @type {Issued[]} */ chain, /** @type {string} */ passphrase) =>
      inDirectory({ 'own.pem': keyPem(chain[0]) + pemOf(...chain) }, async (run, read) => {
        await run('openssl', 'pkcs12', '-export', '-in', 'own.pem', '-out', 'out', '-passout', `pass:${passphrase}`);
        return read('out');
      });
    const [one, two] = [await pfxOf([a], 'one'), await pfxOf([b, intermediate], 'two')];
    await assertChosen({ pfx: [{ buf: one, passphrase: 'one' }, { buf: two }], passphrase: 'two' }, request, b);
    const error = await identityError({ pfx: [one, two], passphrase: 'one' });
    assert.equal(error.code, 'ERR_TLS_PASSPHRASE_WRONG');
    assert.match(error.message, /^pfx\[1\]/);
  });

  test('a certificate or key without its other half is an error that names it', async () => {
    const errors = [
      await identityError({ cert, key: [keyPem(a), keyPem(c)] }),
      await identityError({ cert, key: keyPem(a) }),
      await identityError({ cert: cert[0], key: [keyPem(c), keyPem(a)] }),
      await identityError({ cert, key: [keyPem(a), keyPem(b), keyPem(b)] }),
    ];
    assert.deepEqual(
      errors.map(({ code }) => code),
      new Array(4).fill('ERR_TLS_INVALID_KEY'),
    );
    assert.match(errors[0].message, /None of the private keys belongs to cert\[1\]/);
    assert.match(errors[1].message, /cert\[1\]: The private key does not belong/);
    assert.match(errors[2].message, /key\[0\] belongs to none/);
    assert.match(errors[3].message, /key\[2\] belongs to none of the certificates, or is a second one/);
  });
});

describe('servers', TIMEOUT, () => {
  const options = identities([a], [b, intermediate]);
  const clientCA = pemOf(rootB);
  for (const version of VERSIONS) {
    const number = version.at(-1);
    test(`nginx, ${version}: ssl_client_certificate selects`, async () => {
      const directives = ['location = /who { return 200 "$ssl_client_i_dn"; }'];
      const starting = startNginx(SERVER, {
        protocols: [version],
        clientCA,
        directives: ['ssl_verify_depth 3;', ...directives],
      });
      await withServer(starting, async (running) => {
        const socket = await dial(SERVER, running, options);
        await socket.write('GET /who HTTP/1.0\r\n\r\n');
        await readText(socket, 'CN=choice intermediate');
      });
    });

    test(`OpenSSL, ${version}: the CAs of -CAfile select`, async () => {
      await withServer(
        startOpenssl(SERVER, { args: [`-tls1_${number}`, '-Verify', '3'], clientCA }),
        async (running) => {
          const socket = await dial(SERVER, running, options);
          await socket.write('request\n');
          await readText(socket, 'tseuqer');
        },
      );
    });

    test(`GnuTLS, ${version}: the CAs of --x509cafile select`, async () => {
      const priority = `NORMAL:-VERS-ALL:+VERS-TLS1.${number}`;
      await withServer(startGnutls(SERVER, { priority, clientCA }), async (running) => {
        const socket = await dial(SERVER, running, options);
        await socket.write('request\n');
        await readText(socket, 'request');
      });
    });

    test(`OpenSSL, ${version}: the type of the key selects`, async () => {
      const schemes = version === 'TLSv1.2' ? 'RSA+SHA256' : 'rsa_pss_rsae_sha256';
      const args = [`-tls1_${number}`, '-Verify', '3', '-client_sigalgs', schemes];
      await withServer(startOpenssl(SERVER, { args }), async (running) => {
        const socket = await dial(SERVER, running, identities([a], [b, intermediate], [c]));
        await socket.write('request\n');
        await readText(socket, 'tseuqer');
        await socket.close();
        const none = await dial(SERVER, running, options);
        const error = await rejection(none.opened.then(() => none.read()));
        assert.match(error.message, /by any of the client's keys \(EC on P-256, EC on P-256\)/);
      });
    });
  }
});
