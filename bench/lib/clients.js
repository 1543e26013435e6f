/** The clients that are compared. A new one is a function that returns a Client. */
import { once } from 'node:events';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { HOST } from './chain.js';
import { timed } from './rounds.js';
import { sessionOf } from './session.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {Pick<typeof import('../../dist/index.js'), 'connect' | 'TrustStore'>} Pagetls the package, or a copy of it */
/** @typedef {import('../../dist/index.js').TrustStore} TrustStore */

/**
 * @typedef {object} Choice
 * @property {'TLSv1.2' | 'TLSv1.3'} [version] this and no other
 * @property {string} [cipher] the IANA name of a TLS 1.3 cipher suite: this and no other
 */

/** @typedef {import('./session.js').Session} Session */

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {(server: Server, choice?: Choice) => Promise<Session>} open resolves when the handshake is done and the
 *   server's chain is found good
 * @property {typeof timed} [timed] where it works in a process of its own
 * @property {boolean} [peer] of npm
 * @property {() => Promise<unknown>} [end] when it is done with
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
 * @param {string} [bridge] its URL; TCP when left out
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
      return sessionOf(name, {
        read: () => socket.read(),
        write: (bytes) => socket.write(bytes),
        close: () => socket.close(),
      });
    },
  };
}

/** @returns {Client} Node's own TLS, which is OpenSSL's */
export function nodeClient() {
  /** Roots are read once, as a TrustStore's. @type {Map<string, import('node:tls').SecureContext>} */
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
          const take = (/** @type {Buffer} */ bytes) => {
            left -= bytes.length;
            if (left > 0) return;
            socket.off('data', take).off('error', reject);
            resolve(undefined);
          };
          socket.on('data', take);
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
 * A contestant that opens connections, one after the other, and closes them, which is not measured.
 * @param {Client} client
 * @param {Server} server
 * @param {Choice} choice
 * @param {number} times how many a sample
 * @returns {import('./rounds.js').Contestant}
 */
export function handshaking(client, server, choice, times) {
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
