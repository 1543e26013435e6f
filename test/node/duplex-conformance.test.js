/**
 * The same scenarios over Node's own sockets and over toDuplex(), against one server, with TLS and without. What differs is
 * listed here: what is not listed must be the same, and what is listed must differ.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, describe, test } from 'node:test';
import tls from 'node:tls';
import { connect, TrustStore } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { SCENARIOS } from '../helpers/duplex-scenarios/index.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../helpers/duplex-scenarios/index.js').Open} Open */
/** @typedef {import('../helpers/duplex-scenarios/tools.js').Socket} Socket */
/** @typedef {Record<string, {why: string, node: unknown, ours: unknown}>} Differences */

/** @type {Differences} */
const BOTH = {
  'opening: destroy(error) with a pending write': {
    why: 'errors that are not of the operating system have our codes',
    node: { events: ['error: MINE', 'close: true'], results: ['ERR_SOCKET_CLOSED_BEFORE_CONNECTION'] },
    ours: { events: ['error: MINE', 'close: true'], results: ['ERR_TLS_ABORTED'] },
  },
  'ending: write() after destroy()': {
    why: "there is no handle whose closing 'close' waits for",
    node: { returned: false, events: ['callback: ERR_STREAM_DESTROYED', 'close: false'] },
    ours: { returned: false, events: ['close: false', 'callback: ERR_STREAM_DESTROYED'] },
  },
};

/** @type {Differences} */
const WITH_TLS = {
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

/** What the server does with the next connection. @type {(socket: any) => void} */
let serve = () => {};

/** Everything that a scenario saw, as data. @param {unknown} value */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) => (one === undefined ? 'undefined' : one)));

/** @param {{tls: boolean, openNode: Open, openOurs: Open, differences: Differences}} how */
function compare({ tls: withTls, openNode, openOurs, differences }) {
  const scenarios = Object.entries(SCENARIOS).filter(([, scenario]) => withTls || !scenario.tls);
  for (const [
    name,
    { serve: serveThis = (/** @type {Socket} */ socket) => void socket.pipe(socket), run },
  ] of scenarios) {
    test(name, { timeout: 20_000 }, async () => {
      serve = serveThis;
      const node = plain(await run(openNode));
      const ours = plain(await run(openOurs));
      const declared = differences[name];
      if (declared === undefined) {
        assert.deepEqual(ours, node);
      } else {
        assert.notDeepEqual(ours, node, 'the declared difference is gone');
        assert.deepEqual({ node, ours }, { node: declared.node, ours: declared.ours });
      }
    });
  }
  test('every declared difference belongs to a scenario', () => {
    const names = scenarios.map(([name]) => name);
    assert.deepEqual(
      Object.keys(differences).filter((name) => !names.includes(name)),
      [],
    );
  });
}

describe('toDuplex() of a TLSSocket and a tls.TLSSocket', async () => {
  const good = pki('good-p256');
  const other = pki('good-rsa2048');
  const server = await startNodeTls(good, { allowHalfOpen: true }, (socket) => serve(socket));
  after(() => server.close());
  const [trust, otherTrust] = await Promise.all([TrustStore.from(good.roots), TrustStore.from(other.roots)]);
  const now = new Date(good.clock);
  compare({
    tls: true,
    openNode: ({
      port = server.port,
      host = '127.0.0.1',
      untrusted,
      servername = good.hostname,
      allowHalfOpen,
    } = {}) => {
      const ca = untrusted ? other.roots : good.roots;
      return tls.connect(/** @type {any} */ ({ host, port, ca, servername, allowHalfOpen }));
    },
    openOurs: ({
      port = server.port,
      host = '127.0.0.1',
      untrusted,
      servername = good.hostname,
      allowHalfOpen,
    } = {}) => {
      const options = { trust: untrusted ? otherTrust : trust, servername, now };
      return /** @type {any} */ (toDuplex(connect({ hostname: host, port }, options), { allowHalfOpen }));
    },
    differences: { ...BOTH, ...WITH_TLS },
  });
});

describe('toDuplex() of a plaintext Socket and a net.Socket', async () => {
  /** @type {Set<net.Socket>} */
  const accepted = new Set();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    accepted.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  const { port: listening } = /** @type {net.AddressInfo} */ (server.address());
  compare({
    tls: false,
    openNode: ({ port = listening, host = '127.0.0.1', allowHalfOpen } = {}) =>
      /** @type {any} */ (net.connect({ host, port, allowHalfOpen })),
    openOurs: ({ port = listening, host = '127.0.0.1', allowHalfOpen } = {}) => {
      const socket = connect({ hostname: host, port }, { secureTransport: 'off' });
      return /** @type {any} */ (toDuplex(socket, { allowHalfOpen }));
    },
    differences: BOTH,
  });
});
