/** The same scenarios over Node's tls.TLSSocket and over toDuplex(), against one server. What differs is listed here. */
import assert from 'node:assert/strict';
import tls from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { connect, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { SCENARIOS } from '../helpers/duplex-scenarios.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../helpers/duplex-scenarios.js').Options} Options */
/** @typedef {import('node:tls').TLSSocket} Socket */

const good = pki('good-p256');
const other = pki('good-rsa2048');

/** What differs, and why. @type {Record<string, {why: string, node: unknown, ours: unknown}>} */
const DIFFERENCES = {
  'opening: end() at once': {
    why: "Node's socket never ends: it sends close_notify before the handshake is done, and then hangs",
    node: {
      ended: false,
      text: '',
      events: ['connect', 'ready', 'finish', 'secureConnect', 'close: false'],
    },
    ours: {
      ended: true,
      text: '0 bytes',
      events: ['connect', 'ready', 'secureConnect', 'finish', 'end', 'close: false'],
    },
  },
  'opening: destroy(error) with a pending write': {
    why: 'errors that are not of the operating system have our codes',
    node: { events: ['error: MINE', 'close: true'], results: ['ERR_SOCKET_CLOSED_BEFORE_CONNECTION'] },
    ours: { events: ['error: MINE', 'close: true'], results: ['ERR_TLS_ABORTED'] },
  },
  'opening: the server closes instead of a handshake': {
    why: "nothing can be read before the handshake, so there is no 'end' of it",
    node: { events: ['connect', 'ready', 'end', 'error: ECONNRESET', 'close: true'] },
    ours: { events: ['connect', 'ready', 'error: ECONNRESET', 'close: true'] },
  },
  'opening: the certificate is of another root': {
    why: 'errors of certificates have our codes, and `verification` with every problem',
    node: {
      events: ['connect', 'ready', 'error: UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'close: true'],
      authorized: false,
    },
    ours: { events: ['connect', 'ready', 'error: ERR_TLS_CERT_VERIFY_FAILED', 'close: true'], authorized: false },
  },
  'opening: the certificate is for another name': {
    why: 'errors of certificates have our codes, and `verification` with every problem',
    node: { events: ['connect', 'ready', 'error: ERR_TLS_CERT_ALTNAME_INVALID', 'close: true'], authorized: false },
    ours: { events: ['connect', 'ready', 'error: ERR_TLS_CERT_VERIFY_FAILED', 'close: true'], authorized: false },
  },
  'ending: write() after destroy()': {
    why: "there is no handle whose closing 'close' waits for",
    node: { returned: false, events: ['callback: ERR_STREAM_DESTROYED', 'close: false'] },
    ours: { returned: false, events: ['close: false', 'callback: ERR_STREAM_DESTROYED'] },
  },
  'ending: the TCP connection ends without close_notify': {
    why: 'Node takes it for an orderly end, though bytes may be missing (RFC 8446, section 6.1)',
    node: { text: 'part', events: ['end', 'finish', 'close: false'] },
    ours: { text: 'part', events: ['error: ERR_TLS_TRUNCATED', 'close: true'] },
  },
  'ending: the TCP connection ends without close_notify after our end()': {
    why: 'the same, with the code that libraries ignore when they have ended the connection',
    node: ['finish', 'end', 'close: false'],
    ours: ['finish', 'error: ECONNRESET', 'close: true'],
  },
};

/** @type {Awaited<ReturnType<typeof startNodeTls>>} */
let server;
/** @type {TrustStore} */
let trust;
/** @type {TrustStore} */
let otherTrust;
/** @type {(socket: Socket) => void} */
let serve;

before(async () => {
  server = await startNodeTls(good, { allowHalfOpen: true }, (socket) => serve(socket));
  trust = await TrustStore.from(good.roots);
  otherTrust = await TrustStore.from(other.roots);
});
after(() => server.close());

/** @param {Options} [options] */
function openNode({
  port = server.port,
  host = '127.0.0.1',
  untrusted,
  servername = good.hostname,
  allowHalfOpen,
} = {}) {
  const ca = untrusted ? other.roots : good.roots;
  return tls.connect(/** @type {any} */ ({ host, port, ca, servername, allowHalfOpen }));
}

/** @param {Options} [options] @returns {Socket} */
function openOurs({
  port = server.port,
  host = '127.0.0.1',
  untrusted,
  servername = good.hostname,
  allowHalfOpen,
} = {}) {
  const now = new Date(good.clock);
  const options = { trust: untrusted ? otherTrust : trust, servername, now };
  return /** @type {any} */ (toDuplex(connect({ hostname: host, port }, options), { allowHalfOpen }));
}

/** Everything that a scenario saw, as data. @param {unknown} value */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) => (one === undefined ? 'undefined' : one)));

describe('over Node and over ours', () => {
  for (const [
    name,
    { serve: serveThis = (/** @type {Socket} */ socket) => void socket.pipe(socket), run },
  ] of Object.entries(SCENARIOS)) {
    test(name, { timeout: 20_000 }, async () => {
      serve = serveThis;
      const node = plain(await run(openNode));
      const ours = plain(await run(openOurs));
      const declared = DIFFERENCES[name];
      if (declared === undefined) {
        assert.deepEqual(ours, node);
      } else {
        assert.notDeepEqual(ours, node, 'the declared difference is gone');
        assert.deepEqual({ node, ours }, { node: declared.node, ours: declared.ours });
      }
    });
  }
  test('every declared difference belongs to a scenario', () => {
    assert.deepEqual(
      Object.keys(DIFFERENCES).filter((name) => !(name in SCENARIOS)),
      [],
    );
  });
});
