/** The clients that are compared. A new one is a function that returns a Client. */
import { once } from 'node:events';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { HOST } from './chain.js';

/** @typedef {import('./server.js').Server} Server */
/** @typedef {Pick<typeof import('../../dist/index.js'), 'connect' | 'TrustStore'>} Pagetls the package, or a copy of it */
/** @typedef {import('../../dist/index.js').TrustStore} TrustStore */

/**
 * @typedef {object} Choice
 * @property {'TLSv1.2' | 'TLSv1.3'} [version] this and no other
 * @property {string} [cipher] the IANA name of a TLS 1.3 cipher suite: this and no other
 */

/**
 * An open connection to a server of server-process.js.
 * @typedef {object} Session
 * @property {(length: number) => Promise<void>} download
 * @property {(length: number) => Promise<void>} upload resolves when the server has it all
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Client
 * @property {string} name
 * @property {(server: Server, choice?: Choice) => Promise<Session>} open resolves when the handshake is done and the
 *   server's chain is found good
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
      const receive = async (/** @type {number} */ length) => {
        for (let left = length; left > 0;) {
          const bytes = await socket.read();
          if (bytes === null) throw new Error(`${name}: the server ended early.`);
          left -= bytes.length;
        }
      };
      return {
        async download(length) {
          await socket.write(`down ${length}\n`);
          await receive(length);
        },
        async upload(length) {
          await socket.write(`up ${length}\n`);
          for (const block of blocks(length)) await socket.write(block);
          await receive(1);
        },
        close: () => socket.close(),
      };
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
