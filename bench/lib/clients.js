/** The clients that are compared. To add one, write a function that returns a Client. */
import { once } from 'node:events';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { HOST } from './chain.js';
import { timed } from './rounds.js';
import { createSession } from './session.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {Pick<typeof import('../../dist/index.js'), 'connect' | 'TrustStore'>} Pagetls the package or a copy of it */
/** @typedef {import('../../dist/index.js').TrustStore} TrustStore */

/**
 * @typedef {object} Choice
 * @property {'TLSv1.2' | 'TLSv1.3'} [version] the only version to offer
 * @property {string} [cipher] the IANA name of the only cipher suite to offer, one of TLS 1.3
 */

/** @typedef {import('./session.js').Session} Session */

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {(server: Server, choice?: Choice) => Promise<Session>} open resolves when the handshake is complete and the
 *   server's chain has been verified
 * @property {typeof timed} [timed] measures a client that runs in a separate process
 * @property {boolean} [peer] whether it is a peer from npm
 * @property {() => Promise<unknown>} [end] releases its resources
 */

const BLOCK = new Uint8Array(64 * 1024).fill(0x2e);

/** @param {number} total */
function* blocks(total) {
  for (let left = total; left > 0; left -= BLOCK.length) {
    yield left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
  }
}

/**
 * @param {string} name
 * @param {Pagetls} pagetls
 * @param {string} [bridge] URL; default: TCP
 * @returns {Client}
 */
export function pagetlsClient(name, pagetls, bridge) {
  /** @type {Map<string, Promise<TrustStore>>} */
  const stores = new Map();
  return {
    name,
    async open({ port, roots }, { version, cipher } = {}) {
      if (!stores.has(roots)) stores.set(roots, pagetls.TrustStore.from(roots));
      const socket = pagetls.connect(
        { hostname: '127.0.0.1', port },
        {
          servername: HOST,
          trust: await stores.get(roots),
          ...(version && { minVersion: version, maxVersion: version }),
          ...(cipher && { ciphers: [cipher] }),
          ...(bridge && { bridge }),
        },
      );
      await socket.opened;
      return createSession(name, {
        read: () => socket.read(),
        write: (bytes) => socket.write(bytes),
        close: () => socket.close(),
      });
    },
  };
}

/** @returns {Client} Node's own TLS, implemented by OpenSSL */
export function nodeClient() {
  /** Reads roots only once, like a TrustStore. @type {Map<string, import('node:tls').SecureContext>} */
  const contexts = new Map();
  return {
    name: "Node's tls",
    async open({ port, roots }, { version, cipher } = {}) {
      const id = JSON.stringify([roots, version, cipher]);
      const known = contexts.get(id);
      const secureContext =
        known ??
        createSecureContext({
          ca: roots,
          ...(version && { minVersion: version, maxVersion: version }),
          ...(cipher && { ciphers: cipher }),
        });
      contexts.set(id, secureContext);
      const socket = connectTls({ host: '127.0.0.1', port, servername: HOST, secureContext });
      socket.setNoDelay(true);
      await once(socket, 'secureConnect');
      const receive = (/** @type {number} */ length) =>
        new Promise((resolve, reject) => {
          let left = length;
          const onData = (/** @type {Buffer} */ bytes) => {
            left -= bytes.length;
            if (left > 0) return;
            socket.off('data', onData).off('error', reject);
            resolve(undefined);
          };
          socket.on('data', onData);
          socket.once('error', reject);
        });
      return {
        async download(length) {
          const done = receive(length);
          socket.write(`down ${length}\n`);
          await done;
        },
        async upload(length) {
          const done = receive(1);
          socket.write(`up ${length}\n`);
          for (const block of blocks(length)) {
            if (!socket.write(block)) await once(socket, 'drain');
          }
          await done;
        },
        async close() {
          const closed = once(socket, 'close');
          socket.end();
          socket.resume();
          await closed;
        },
      };
    },
  };
}

/**
 * A contestant that opens and closes connections one by one. Closing is not measured.
 * @param {Client} client
 * @param {Server} server
 * @param {Choice} choice
 * @param {number} times connections per sample
 * @returns {import('./rounds.js').Contestant}
 */
export function handshakeContestant(client, server, choice, times) {
  const { name, peer, timed: clock = timed } = client;
  return {
    name,
    peer,
    async sample() {
      const sum = { 'cpu ms': 0, ms: 0 };
      for (let i = 0; i < times; i++) {
        /** @type {Session | undefined} */
        let session;
        const { ms, 'cpu ms': cpu } = await clock(async () => {
          session = await client.open(server, choice);
        });
        await session?.close();
        sum['cpu ms'] += cpu / times;
        sum.ms += ms / times;
      }
      return sum;
    },
  };
}
