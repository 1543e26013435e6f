/** Large and numerous CRLs: what they cost, and the limits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { largeCrl } from '../../bench/lib/large-crl.js';
import { concat, pem } from '../../certs/der.js';
import { connect, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { chain, crl, named, keyOf, NOW } from '../helpers/chains.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { entry } from './rules/vector.js';

const definitions = readFileSync(new URL('../../wasm/host/limits.def', import.meta.url), 'utf8');

/** @param {string} name @returns {number} of wasm/host/limits.def */
const limit = (name) => Number(new RegExp(`LIMIT\\(${name}, (\\d+),`).exec(definitions)?.[1]);

const made = chain();
const trust = await TrustStore.from(made.root.der);
const core = await loadCore();
/** About another CA. */
const tiny = crl({ subject: named('Another'), key: keyOf('Another') });
const listing = crl(made.intermediate, { revoked: [entry(made.leaf)] });

/** @param {import('../../dist/input.js').PemOrDerList} crls */
const verify = (crls) => verifyChain([made.leaf.der, made.intermediate.der], { trust, now: NOW, crls });

/** @param {import('../../dist/input.js').PemOrDerList} crls @param {RegExp} message */
const rejects = (crls, message) =>
  assert.rejects(
    verify(crls),
    (error) => error instanceof TLSError && error.code === 'ERR_TLS_INVALID_OPTION' && message.test(error.message),
  );

describe('the memory of a CRL', () => {
  // First, and from small to large: WebAssembly's memory never shrinks.
  const der = largeCrl(made.intermediate, 100_000);
  const text = pem('X509 CRL', der);
  for (const [form, input] of /** @type {[string, string | Uint8Array][]} */ ([
    ['DER', der],
    ['PEM text', text],
    ['PEM bytes', Buffer.from(text)],
    ['PEM text that is not ASCII', `Sperrliste für Müller\n${text}`],
  ])) {
    test(`is that of its input, as ${form}, until it was verified`, async () => {
      const before = core.heapInUse;
      const size = core.memory.buffer.byteLength;
      const { ok, revocation } = await verify(input);
      assert.deepEqual([ok, revocation[0]], [true, true]);
      assert.equal(core.heapInUse, before);
      const growth = core.memory.buffer.byteLength - size;
      assert.ok(growth < input.length + 5e5, String(growth));
    });
  }
  test('is released after the handshake', async (t) => {
    const good = pki('good-crl');
    const server = await startNodeTls(good);
    t.after(() => server.close());
    const before = core.heapInUse;
    const { roots, hostname: servername, clock } = good;
    const options = { trust: await TrustStore.from(roots), servername, crls: [der, text], now: new Date(clock) };
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, options);
    await socket.opened;
    assert.ok(core.heapInUse - before < 1e6, String(core.heapInUse - before));
    await socket.close();
  });
});

describe('many CRLs in one file', () => {
  /** @param {number} count @returns {string} PEM */
  const many = (count) => pem('X509 CRL', tiny).repeat(count - 1) + pem('X509 CRL', listing);

  test('are all read, the last one too', async () => {
    const { problems } = await verify(many(20_000));
    assert.deepEqual(
      problems.map(({ depth, code }) => [depth, code]),
      [[0, 'ERR_TLS_CERT_REVOKED']],
    );
  });
  test('take a time that grows with their number, not with its square', async () => {
    /** @param {number} count */
    const fastest = async (count) => {
      const input = many(count);
      let best = Infinity;
      for (let i = 0; i < 4; i++) {
        const start = process.cpuUsage();
        await verify(input);
        best = Math.min(best, process.cpuUsage(start).user);
      }
      return best;
    };
    const [few, all] = [await fastest(2000), await fastest(20_000)];
    assert.ok(all < 30 * few, `${all} µs for ten times as many as took ${few} µs`);
  });
  test('one that is damaged is named by its place', () =>
    assert.rejects(
      verify(many(3).replace(/\n/, '\r\nMIIB') + many(2)),
      /^TLSError: A CRL cannot be read \(.* in PEM block 1 at line 1\)\.$/,
    ));
});

describe('a limit of CRLs', () => {
  test('is that of their bytes, in all inputs', async () => {
    const most = limit('CRL_BYTES_MAX');
    const size = core.memory.buffer.byteLength;
    const named = new RegExp(`more than ${most.toLocaleString('en-US')} bytes`);
    await rejects(new Uint8Array(most + 1), named);
    await rejects([tiny, new Uint8Array(most - tiny.length + 1)], named);
    await rejects([tiny, listing, ' '.repeat(most - tiny.length - 5)], named);
    assert.equal(core.memory.buffer.byteLength, size, 'memory is not allocated for them');
  });
  test('is that of their number, in all inputs', async () => {
    const most = limit('CRLS_MAX');
    const half = concat(...Array.from({ length: most / 2 }, () => tiny));
    assert.deepEqual((await verify([half, half])).problems, []);
    await rejects([half, half, tiny], new RegExp(`more than ${most.toLocaleString('en-US')} CRLs`));
  });
});
