/** Bytes, dates, URLs and signals of another realm, as test runners and frames have them, are what they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { connect, load, parseCertificate, streams, TrustStore, verifyChain } from '../../dist/index.js';
import { derOf } from '../helpers/certificates.js';
import { rejection } from '../helpers/client.js';
import { pemBlocks, pki } from '../helpers/pki.js';

const { chain, roots, hostname, clock } = pki('good-p256');
const ders = pemBlocks(chain).map(derOf);
const context = createContext({ numbers: ders.map((der) => [...der]), clock });
/** @param {string} code */
const inRealm = (code) => runInContext(code, context);

test('certificates as bytes of another realm', async () => {
  const trust = await TrustStore.from(roots);
  for (const make of ['new Uint8Array(der)', 'new Uint8Array(der).buffer']) {
    const input = inRealm(`numbers.map((der) => ${make})`);
    assert.ok(!(input[0] instanceof Uint8Array) && !(input[0] instanceof ArrayBuffer));
    const now = inRealm('new Date(clock)');
    assert.ok(!(now instanceof Date));
    assert.equal((await verifyChain(inRealm('Array').from(input), { trust, hostname, now })).ok, true);
    assert.equal((await parseCertificate(input[0])).subject.text, 'O=pagetls test, CN=good-p256.pagetls.test');
  }
});

test('other values of another realm are rejected as before', async () => {
  for (const input of ['new Uint16Array(4)', 'new DataView(new ArrayBuffer(8))', '({ length: 3 })', '[[1, 2]]']) {
    const error = await rejection(parseCertificate(inRealm(input)));
    assert.equal(error.code, 'ERR_TLS_INVALID_OPTION', input);
  }
  for (const now of ['({ getTime: () => 0 })', "({ [Symbol.toStringTag]: 'Date' })", '0']) {
    const error = await rejection(verifyChain(chain, { now: inRealm(now) }));
    assert.equal(error.code, 'ERR_TLS_INVALID_OPTION', now);
  }
  const signal = inRealm('({ aborted: false })');
  assert.throws(() => connect('example.org', { signal }), { code: 'ERR_TLS_INVALID_OPTION' });
});

test('an AbortSignal of another library', async () => {
  /** @type {(() => void)[]} */
  const listeners = [];
  const signal = /** @type {any} */ ({
    aborted: false,
    reason: new Error('enough'),
    addEventListener: (/** @type {string} */ _name, /** @type {() => void} */ listener) => listeners.push(listener),
    removeEventListener: () => {},
  });
  const pair = { readable: new ReadableStream(), writable: new WritableStream() };
  const socket = connect('example.org:443', { transport: streams(pair), signal });
  listeners.forEach((listener) => listener());
  const error = await rejection(socket.opened);
  assert.equal(error.code, 'ERR_TLS_ABORTED');
  assert.equal(error.cause, signal.reason);
});

test('load() checks the files that it is given', async () => {
  for (const [files, message] of /** @type {const} */ ([
    [{ mozillaRoots: 'text' }, /option mozillaRoots of load\(\) must be the content of mozilla-roots\.bin/],
    [{ publicSuffixes: 1 }, /option publicSuffixes of load\(\) must be the content of public-suffixes\.txt/],
    [{ roots: new Uint8Array() }, /load\(\) has no option "roots"/],
  ])) {
    await assert.rejects(load(undefined, /** @type {any} */ (files)), { code: 'ERR_TLS_INVALID_OPTION', message });
  }
});

test('a stream that is always ready gets at most 1 MB that it has not written', async () => {
  const { channelOf } = await import('../../dist/transports/channel.js');
  let given = 0;
  const never = new Promise(() => {});
  const writable = new WritableStream(
    { write: () => /** @type {Promise<void>} */ (never) },
    { highWaterMark: Infinity, size: () => 0 },
  );
  const channel = channelOf({ readable: new ReadableStream(), writable });
  const block = new Uint8Array(64 * 1024);
  const tick = () => new Promise((resolve) => setImmediate(resolve, 'waits'));
  for (; given < 100; given++) {
    const sent = Promise.resolve(channel.send(block)).then(() => 'sent');
    if ((await Promise.race([sent, tick().then(tick)])) === 'waits') break;
  }
  assert.equal(given, 16);
});
