/** Bugs that were fixed, each in the smallest form that shows it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { connect, streams, TLSError, TrustStore } from '../../dist/index.js';
import {
  authority,
  chain,
  crl,
  HOST,
  verify,
  keyOf,
  NOW,
  problemsOf,
  verificationInput,
  server,
} from '../helpers/chains.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../helpers/chains.js').Issued} Issued */

const certificates = pki('good-p256');
const base = {
  trust: await TrustStore.from(certificates.roots),
  servername: certificates.hostname,
  now: new Date(certificates.clock),
  timeout: 20_000,
};

/**
 * A pair of streams over TCP that delays the end of the second write, the client's Finished, until release().
 * @param {number} port
 */
async function delayedStreams(port) {
  const tcp = connectTcp(port, '127.0.0.1');
  await once(tcp, 'connect');
  let release = () => {};
  const held = new Promise((/** @type {(value: void) => void} */ resolve) => {
    release = resolve;
  });
  let count = 0;
  /** @type {WritableStream<Uint8Array>} */
  const writable = new WritableStream({
    write(chunk) {
      tcp.write(chunk);
      return ++count === 2 ? held : undefined;
    },
  });
  /** @type {ReadableStream<Uint8Array>} */
  const readable = new ReadableStream({
    start(controller) {
      tcp.on('data', (chunk) => controller.enqueue(chunk));
      tcp.on('error', () => {});
    },
  });
  return { transport: streams({ readable, writable }), release, end: () => tcp.destroy() };
}

test('a write is sent, no matter when the previous one ends', { timeout: 60_000 }, async () => {
  const echo = await startNodeTls(certificates);
  for (let turns = 0; turns < 24; turns++) {
    const { transport, release, end } = await delayedStreams(echo.port);
    const socket = connect(`localhost:${echo.port}`, { ...base, transport, maxVersion: 'TLSv1.3' });
    await socket.opened;
    await new Promise((resolve) => setTimeout(resolve, 5));
    release();
    for (let i = 0; i < turns; i++) {
      await null;
    }
    await socket.write('hello');
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const stuck = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer to a write ${turns} microtasks after the previous one`)),
        5000,
      );
    });
    const answer = await Promise.race([socket.read(), stuck]);
    clearTimeout(timer);
    assert.equal(Buffer.from(/** @type {Uint8Array} */ (answer)).toString(), 'hello');
    await socket.close().catch(() => {});
    end();
  }
  await echo.close();
});

test('a leaf that cannot be read or verified is not replaced by the next certificate', async (t) => {
  const key = keyOf('shared');
  const unsupported = der.sequence(der.oid('1.3.101.113')); // Ed448
  const made = chain({ leaf: { key } });
  const issuer = { subject: made.intermediate.subject, key: keyOf('other') };
  const longer = Uint8Array.of(2, 0x81, 1, 1); // a serial number that OpenSSL accepts, but that is not DER
  const trust = await TrustStore.from([made.root.der]);
  const toPem = (/** @type {{der: Uint8Array}} */ one) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(one.der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  for (const [strange, problems] of /** @type {const} */ ([
    [server(issuer, { key, serial: longer }), ['0: ERR_TLS_CERT_PARSE']],
    [
      server(issuer, { key, innerAlgorithm: unsupported, outerAlgorithm: unsupported }),
      ['0: ERR_TLS_CERT_AKI_MISMATCH', '0: ERR_TLS_CERT_SIGNATURE_UNSUPPORTED'],
    ],
  ])) {
    const running = await startNodeTls(certificates, {
      cert: [strange, made.leaf, made.intermediate].map(toPem).join(''),
      key: key.export({ type: 'pkcs8', format: 'pem' }),
    });
    t.after(() => running.close());
    const socket = connect(
      { hostname: '127.0.0.1', port: running.port },
      { trust, servername: HOST, now: NOW, timeout: 20_000, profile: 'webpki' },
    );
    await assert.rejects(socket.opened, (error) => {
      assert.ok(error instanceof TLSError);
      assert.equal(error.verification?.ok, false);
      assert.deepEqual(problemsOf(error.verification), problems);
      return true;
    });
  }
});

describe('the verifier', () => {
  test('rejects a trusted leaf that is not for servers', async () => {
    const root = authority('Root', undefined);
    const leaf = server(root, { extensions: { extKeyUsage: extension.extKeyUsage('clientAuth') } });
    const found = await verify({ sent: [leaf], anchors: [leaf] }, 'rfc5280');
    assert.deepEqual(problemsOf(found), ['0: ERR_TLS_CERT_EXT_KEY_USAGE']);
  });

  test('rejects a non-minimal length, which would bypass an excluded name', async () => {
    const attribute = der.sequence(der.oid('2.5.4.10'), der.utf8String('Evil'));
    const longer = Uint8Array.of(attribute[0], 0x81, ...attribute.subarray(1));
    const excluded = extension.nameConstraints({ excluded: [{ dirName: [{ O: 'Evil' }] }] });
    for (const subject of [der.sequence(der.set(attribute)), der.sequence(der.set(longer))]) {
      const made = chain({ intermediate: { extensions: { nameConstraints: excluded } }, leaf: { subject } });
      const found = await verify(verificationInput(made), 'rfc5280');
      assert.deepEqual(problemsOf(found), [`0: ERR_TLS_CERT_${subject.includes(0x81) ? 'PARSE' : 'NAME_EXCLUDED'}`]);
    }
  });

  test('rejects octets after a certificate, and fields that are not DER', async () => {
    const longer = (/** @type {Issued} */ one) => ({ ...one, der: der.concat(one.der, Uint8Array.of(0)) });
    const { root, intermediate, leaf } = chain();
    const ask = async (/** @type {Issued[]} */ sent) => problemsOf(await verify({ sent, anchors: [root] }, 'webpki'));
    assert.deepEqual(await ask([leaf, intermediate]), []);
    assert.deepEqual(await ask([longer(leaf), intermediate]), ['0: ERR_TLS_CERT_PARSE']);
    assert.ok((await ask([leaf, longer(intermediate)])).includes('0: ERR_TLS_CERT_NOT_TRUSTED'));
    await assert.rejects(TrustStore.from([longer(root).der]), { code: 'ERR_TLS_INVALID_CERTIFICATE' });

    const tagged = chain({ leaf: { serial: der.primitive(2, Uint8Array.of(1)) } }); // accepted by Mbed TLS as a number
    assert.deepEqual(problemsOf(await verify(verificationInput(tagged), 'webpki')), ['0: ERR_TLS_CERT_PARSE']);
  });

  test('uses the CRL of another distribution point only to find a certificate revoked', async () => {
    const points = extension.crlDistributionPoints('http://a.example/1');
    const made = chain({ leaf: { extensions: { crlDistributionPoints: points } } });
    const part = (/** @type {string} */ uri, revoked = false) =>
      crl(made.intermediate, {
        extensions: [extension.issuingDistributionPoint({ uri })],
        ...(revoked && { revoked: [{ serial: made.leaf.serial, date: '2026-06-02T00:00:00Z' }] }),
      });
    const ask = (/** @type {Uint8Array} */ list) => verify({ ...verificationInput(made), crls: [list] }, 'rfc5280');
    assert.equal((await ask(part('http://a.example/1'))).revocation[0], true);
    const elsewhere = await ask(part('http://a.example/2'));
    assert.deepEqual([elsewhere.ok, elsewhere.revocation[0]], [true, false]);
    assert.deepEqual(problemsOf(await ask(part('http://a.example/2', true))), ['0: ERR_TLS_CERT_REVOKED']);
  });
});
