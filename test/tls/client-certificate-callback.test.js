/** The option clientCertificate: a callback that sees the server's request, while the handshake waits. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { encodeName } from '../../certs/names.js';
import { connect, TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { authority, keyOf, named, server as leafOf } from '../helpers/chains.js';
import { closeDialled, dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startNginx, startOpenssl } from '../helpers/servers.js';
import * as messages from '../helpers/tls-server/messages.js';
import { startTlsServer } from '../helpers/tls-server/server.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').ClientCertificateRequest} ClientCertificateRequest */

const TIMEOUT = { timeout: 120_000 };
const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);
const SERVER = pki('good-p256');

const root = authority('callback root', undefined);
const own = leafOf(root, {
  key: keyOf('callback'),
  extensions: { extKeyUsage: extension.extKeyUsage('clientAuth') },
});
const identity = {
  cert: der.pem('CERTIFICATE', own.der),
  key: /** @type {string} */ (own.key.export({ type: 'pkcs8', format: 'pem' })),
};
const authorities = [encodeName(root.subject), encodeName(named('another, with a comma'))];

after(closeDialled);

/** A server that requests a certificate. @param {typeof VERSIONS[number]} version @param {Partial<import('../helpers/tls-server/server.js').Options>} [more] */
const start = (version, more) =>
  startTlsServer(SERVER, {
    version,
    requestCertificate: true,
    message: (name, body) =>
      name !== 'CertificateRequest'
        ? body
        : version === 'TLSv1.2'
          ? messages.certificateRequest12({ types: [1, 64, 9], schemes: [0x0403, 0x0804, 0x0201, 0xfe01], authorities })
          : messages.certificateRequest13([0x0403, 0x0804, 0xfe01], [messages.certificateAuthorities(authorities)]),
    ...more,
  });

/** @param {import('../../dist/index.js').TLSSocket} socket */
async function echo(socket) {
  await socket.write('request');
  await readText(socket, 'request');
}

/** A promise, and what settles it. */
function deferred() {
  /** @type {(value: any) => void} */
  let resolve = () => {};
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

for (const version of VERSIONS) {
  describe(`clientCertificate, ${version}`, TIMEOUT, () => {
    test('sees the request, and its certificate is sent', async () => {
      await withServer(start(version), async (running) => {
        /** @type {ClientCertificateRequest[]} */
        const requests = [];
        const clientCertificate = async (/** @type {ClientCertificateRequest} */ request) => {
          requests.push(request);
          return identity;
        };
        await echo(await dial(SERVER, running, { clientCertificate }));
        assert.deepEqual(requests, [
          {
            hostname: SERVER.hostname,
            protocol: version,
            authorities: [
              { name: 'O=Example, CN=callback root', raw: new Uint8Array(authorities[0]) },
              { name: 'O=Example, CN=another\\, with a comma', raw: new Uint8Array(authorities[1]) },
            ],
            signatureAlgorithms: [
              ...['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256'],
              ...(version === 'TLSv1.2' ? ['rsa_pkcs1_sha1'] : []),
              '0xfe01',
            ],
            certificateTypes: version === 'TLSv1.2' ? ['rsa_sign', 'ecdsa_sign', '0x09'] : [],
          },
        ]);
        assert.deepEqual((await running.connection()).clientChain.map(Buffer.from), [Buffer.from(own.der)]);
      });
    });

    test('may take its time, while other connections go on', async () => {
      await withServer(start(version), async (running) => {
        const asked = deferred();
        const answer = deferred();
        const clientCertificate = (/** @type {ClientCertificateRequest} */ request) => (
          asked.resolve(request),
          answer.promise
        );
        const socket = await dial(SERVER, running, { clientCertificate });
        const written = echo(socket);
        await asked.promise;
        await echo(await dial(SERVER, running, identity));
        answer.resolve(identity);
        await written;
      });
    });

    test('may give several identities, or null', async () => {
      await withServer(start(version), async (running) => {
        const other = leafOf(authority('callback other', undefined), { key: keyOf('callback other') });
        const both = {
          cert: [der.pem('CERTIFICATE', other.der), identity.cert],
          key: [identity.key, /** @type {string} */ (other.key.export({ type: 'pkcs8', format: 'pem' }))],
        };
        await echo(await dial(SERVER, running, { clientCertificate: () => both }));
        assert.deepEqual(running.connections[0].clientChain.map(Buffer.from), [Buffer.from(own.der)]);
        await echo(await dial(SERVER, running, { clientCertificate: async () => null }));
        assert.deepEqual(running.connections[1].clientChain, []);
      });
    });

    test('is not called if the server does not request a certificate', async () => {
      await withServer(start(version, { requestCertificate: false }), async (running) => {
        const clientCertificate = () => assert.fail('called');
        await echo(await dial(SERVER, running, { clientCertificate }));
      });
    });

    test('is not called by a server that has not proved who it is', async () => {
      await withServer(start(version, { key: keyOf('another') }), async (running) => {
        const clientCertificate = () => assert.fail('called');
        const socket = await dial(SERVER, running, { clientCertificate });
        assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_SERVER_SIGNATURE');
      });
      await withServer(start(version), async (running) => {
        const socket = await dial(SERVER, running, { servername: 'x.example', clientCertificate: () => assert.fail() });
        assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_CERT_VERIFY_FAILED');
      });
    });

    test('that fails, or gives something else, is an error that names it', async () => {
      const failed = new Error('cancelled');
      /** @type {[any, string, RegExp][]} */
      const wrong = [
        [() => Promise.reject(failed), 'ERR_TLS_CLIENT_CERTIFICATE', /clientCertificate/],
        [() => assert.fail(failed), 'ERR_TLS_CLIENT_CERTIFICATE', /clientCertificate/],
        [() => undefined, 'ERR_TLS_INVALID_OPTION', /clientCertificate must give .* or null, not undefined/],
        [() => 'x', 'ERR_TLS_INVALID_OPTION', /clientCertificate must give .* or null/],
        [() => ({}), 'ERR_TLS_INVALID_OPTION', /clientCertificate has neither cert, key nor pfx/],
        [() => ({ passphrase: 'x' }), 'ERR_TLS_INVALID_OPTION', /clientCertificate has neither cert/],
        [() => ({ certs: [] }), 'ERR_TLS_INVALID_OPTION', /clientCertificate has no option "certs".*`cert`/],
        [() => ({ ...identity, pfx: new Uint8Array(5) }), 'ERR_TLS_INVALID_OPTION', /either pfx, or cert and key/],
        [() => ({ cert: identity.cert }), 'ERR_TLS_INVALID_OPTION', /pass key too/],
        [() => ({ ...identity, passphrase: 'x' }), 'ERR_TLS_PASSPHRASE_UNUSED', /not encrypted/],
      ];
      await withServer(start(version), async (running) => {
        for (const [clientCertificate, code, message] of wrong) {
          const socket = await dial(SERVER, running, { clientCertificate });
          const error = await rejection(socket.opened);
          assert.equal(error.code, code, error.message);
          assert.match(error.message, message);
          assert.equal((await rejection(socket.closed)).code, code);
          if (code === 'ERR_TLS_CLIENT_CERTIFICATE') assert.equal(error.cause, failed);
        }
      });
    });

    test('is waited for no longer than timeout, signal and close() allow', async () => {
      await withServer(start(version), async (running) => {
        const core = await loadCore();
        const trust = await TrustStore.from(SERVER.roots); // one: the garbage collector frees them

        await echo(await dial(SERVER, running, { ...identity, trust }));
        await closeDialled();
        const before = core.heapInUse;
        const never = {
          trust,
          clientCertificate: () => new Promise((/** @type {(value: null) => void} */ _) => {}),
        };
        const late = await rejection((await dial(SERVER, running, { ...never, timeout: 300 })).opened);
        assert.equal(late.code, 'ERR_TLS_TIMEOUT');
        assert.match(late.message, /within 300 ms\. The server asked for a client certificate, and clientCertificate/);

        const asked = deferred();
        const answer = deferred();
        const waiting = { trust, clientCertificate: () => (asked.resolve(0), answer.promise) };
        const controller = new AbortController();
        const aborted = await dial(SERVER, running, { ...waiting, signal: controller.signal });
        await asked.promise;
        controller.abort();
        assert.equal((await rejection(aborted.opened)).code, 'ERR_TLS_ABORTED');
        answer.resolve(identity); // too late
        await answer.promise;

        const again = deferred();
        const closed = await dial(SERVER, running, {
          trust,
          clientCertificate: () => (again.resolve(0), new Promise(() => {})),
        });
        await again.promise;
        await closed.close();
        assert.equal((await rejection(closed.opened)).code, 'ERR_TLS_CLOSED');
        assert.equal(core.heapInUse, before);
      });
    });

    test('is told from other reasons in the error if the server insists', async () => {
      const close = (/** @type {import('../helpers/tls-server/connection.js').Connection} */ connection) =>
        connection.destroy();
      await withServer(start(version, { open: close }), async (running) => {
        const hintFor = async (/** @type {ConnectOptions['clientCertificate']} */ clientCertificate) => {
          const socket = await dial(SERVER, running, { clientCertificate });
          return (await rejection(socket.opened.then(() => socket.read()))).hint ?? '';
        };
        assert.match(await hintFor(() => null), /got none: clientCertificate gave null/);
        const p384 = leafOf(root, { key: keyOf('callback', 'secp384r1') });
        const key = /** @type {string} */ (p384.key.export({ type: 'pkcs8', format: 'pem' }));
        const other = () => ({ cert: der.pem('CERTIFICATE', p384.der), key });
        if (version === 'TLSv1.3') assert.match(await hintFor(other), /\(EC on P-384\)\. It accepts ecdsa_secp256r1/);
      });
    });

    test('a server that goes away meanwhile is an error', async () => {
      await withServer(start(version), async (running) => {
        const clientCertificate = async () => {
          (await running.connection()).destroy();
          await new Promise((resolve) => setImmediate(resolve));
          return identity;
        };
        const socket = await dial(SERVER, running, { clientCertificate });
        await rejection(socket.opened.then(() => socket.read()));
      });
    });

    test('nginx and OpenSSL name their CAs', async () => {
      const clientCA = der.pem('CERTIFICATE', root.der);
      const clientCertificate = (/** @type {ClientCertificateRequest} */ { authorities }) =>
        authorities.some(({ name }) => name === 'O=Example, CN=callback root') ? identity : null;
      await withServer(startNginx(SERVER, { protocols: [version], clientCA }), async (running) => {
        const socket = await dial(SERVER, running, { clientCertificate });
        await socket.write('GET / HTTP/1.0\r\n\r\n');
        await readText(socket, 'HTTP/1.1 403');
      });
      const args = [`-tls1_${version.at(-1)}`];
      await withServer(startOpenssl(SERVER, { args, clientCA }), async (running) => {
        const socket = await dial(SERVER, running, { clientCertificate });
        await socket.write('request\n');
        await readText(socket, 'tseuqer');
      });
    });
  });
}

describe('clientCertificate', TIMEOUT, () => {
  test('excludes the options that it replaces', () => {
    const transport = () => assert.fail();
    for (const more of [{ cert: identity.cert }, { key: identity.key }, { pfx: 'x' }, { passphrase: 'x' }]) {
      assert.throws(
        () => connect('a.example', { transport, clientCertificate: () => null, ...more }),
        (/** @type {any} */ error) =>
          error.code === 'ERR_TLS_INVALID_OPTION' && /either clientCertificate, or cert/.test(error.message),
      );
    }
  });
});
