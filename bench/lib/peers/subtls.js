/** subtls: TLS 1.3 in TypeScript, with the platform's WebCrypto. */
import { HOST } from '../chain.js';
import { createSession } from '../session.js';
import { load } from './load.js';
import { dial } from './tcp.js';

/**
 * The part that is used.
 * @typedef {object} Subtls
 * @property {{databaseFromPEM: (pem: string) => Promise<object>}} TrustedCert
 * @property {new (socket: import('node:net').Socket) => {read: (bytes: number) => Promise<Uint8Array | undefined>}} SocketReadQueue
 * @property {(host: string, roots: object, read: (bytes: number) => Promise<Uint8Array | undefined>, write: (data: Uint8Array) => void) =>
 *   Promise<{read: () => Promise<Uint8Array | undefined>, write: (data: Uint8Array) => Promise<void>}>} startTls
 */

const CIPHER = 'TLS_AES_128_GCM_SHA256';

/** subtls sends each write as one record: longer writes would exceed the limit of TLS. */
const MAX_WRITE_BYTES = 16_000;

/** @type {import('./index.js').Peer} */
export const subtls = {
  name: 'subtls',
  package: 'subtls',
  shims: '',
  async load() {
    const name = 'subtls';
    /** @type {Subtls} */
    const { startTls, SocketReadQueue, TrustedCert } = await load(name);
    /** @type {Map<string, Promise<object>>} */
    const databases = new Map();
    return {
      name,
      async open({ port, roots }, { version, cipher } = {}) {
        if (version === 'TLSv1.2') throw new Error('supports only TLS 1.3');
        if (cipher !== undefined && cipher !== CIPHER) throw new Error(`supports only ${CIPHER}`);
        if (!databases.has(roots)) databases.set(roots, TrustedCert.databaseFromPEM(roots));
        const database = /** @type {object} */ (await databases.get(roots));
        const { socket, write, drained, close } = await dial(port);
        const queue = new SocketReadQueue(socket);
        const tls = await startTls(HOST, database, queue.read.bind(queue), write);
        return createSession(name, {
          read: tls.read,
          async write(bytes) {
            await tls.write(bytes);
            await drained();
          },
          close,
          block: MAX_WRITE_BYTES,
        });
      },
    };
  },
};
