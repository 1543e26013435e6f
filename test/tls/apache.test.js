/** Apache httpd with SSLVerifyClient for some paths only: it asks for the certificate when they are requested. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { authority, keyOf, server as leafOf } from '../helpers/chains.js';
import { startApache } from '../helpers/apache.js';
import { dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const SERVER = pki('good-p256');
const root = authority('apache root', undefined);
const clientCA = der.pem('CERTIFICATE', root.der);
const IDENTITIES = Object.fromEntries(
  ['prime256v1', 'secp384r1', 'rsa2048'].map((kind) => {
    const own = leafOf(root, {
      key: keyOf('apache', kind),
      extensions: { extKeyUsage: extension.extKeyUsage('clientAuth') },
    });
    const key = /** @type {string} */ (own.key.export({ type: 'pkcs8', format: 'pem' }));
    return [kind, { cert: der.pem('CERTIFICATE', own.der), key, renegotiation: true }];
  }),
);
const NAME = 'www.example.com';

/** @param {ConnectOptions} client @param {Omit<Parameters<typeof startApache>[1], 'clientCA'>} how */
function withApache(
  client,
  how,
  /** @type {(ask: (path: string, body?: string) => Promise<string>) => Promise<void>} */ use,
) {
  return withServer(startApache(SERVER, { clientCA, ...how }), async (server) => {
    const socket = await dial(SERVER, server, client);
    await use(async (path, body) => {
      const head =
        body === undefined ? `GET ${path} HTTP/1.1` : `POST ${path} HTTP/1.1\r\nContent-Length: ${body.length}`;
      await socket.write(`${head}\r\nHost: ${SERVER.hostname}\r\n\r\n${body ?? ''}`);
      return /** @type {string} */ (/[^\n]*$/.exec(await readText(socket, ';'))?.[0]);
    });
  });
}

for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  describe(`Apache, ${version}`, { timeout: 60_000 }, () => {
    for (const [kind, identity] of Object.entries(IDENTITIES)) {
      test(`gets the certificate with a key of ${kind} when a private page is requested`, async () => {
        await withApache(identity, { version }, async (ask) => {
          assert.equal(await ask('/'), 'GET / body=0 client=;');
          assert.equal(await ask('/private/a'), `GET /private/a body=0 client=${NAME};`);
          assert.equal(await ask('/private/b'), `GET /private/b body=0 client=${NAME};`);
          assert.equal(await ask('/private/c', 'x'.repeat(50_000)), `POST /private/c body=50000 client=${NAME};`);
          assert.equal(await ask('/'), 'GET / body=0 client=;');
        });
      });
    }

    test('with a body of 100 KB behind the request that it asks for', async () => {
      await withApache(IDENTITIES.prime256v1, { version }, async (ask) => {
        assert.equal(await ask('/private/', 'x'.repeat(100_000)), `POST /private/ body=100000 client=${NAME};`);
        assert.equal(await ask('/private/', 'x'.repeat(300_000)), `POST /private/ body=300000 client=${NAME};`);
      });
    });

    test('goes on without one if it is optional', async () => {
      await withApache({ renegotiation: true }, { version, verify: 'optional' }, async (ask) => {
        assert.equal(await ask('/private/'), 'GET /private/ body=0 client=(null);');
        assert.equal(await ask('/'), 'GET / body=0 client=;');
      });
    });

    test('without the option: the error says how to accept it, or Apache answers 403', async () => {
      for (const identity of /** @type {ConnectOptions[]} */ ([
        {},
        { ...IDENTITIES.prime256v1, renegotiation: undefined },
      ])) {
        await withServer(startApache(SERVER, { clientCA, version }), async (server) => {
          const socket = await dial(SERVER, server, identity);
          await socket.write(`GET /private/ HTTP/1.1\r\nHost: ${SERVER.hostname}\r\n\r\n`);
          if (version === 'TLSv1.3') {
            assert.match(await readText(socket, '\n'), /^HTTP\/1\.1 403 /);
            return;
          }
          const error = await rejection(readText(socket, '\n'));
          assert.match(error.hint, /asked to renegotiate.* Set the option renegotiation: true to accept it/);
          assert.equal(error.hint.includes('pass a certificate'), identity.cert === undefined);
        });
      }
    });
  });
}
