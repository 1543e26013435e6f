/** @reclaimprotocol/tls: TLS 1.3 and 1.2 in TypeScript, with the platform's WebCrypto or cryptography in JavaScript. */
import { HOST } from '../chain.js';
import { receiveQueue, createSession } from '../session.js';
import { load } from './load.js';
import { dial } from './tcp.js';

/** @typedef {{header: Uint8Array, content: Uint8Array}} Packet */

/**
 * @typedef {object} Options
 * @property {string} host
 * @property {object[]} rootCAs
 * @property {string[]} [supportedProtocolVersions]
 * @property {string[]} [cipherSuites]
 * @property {Record<string, () => void>} logger
 * @property {(packet: Packet) => Promise<void>} write
 * @property {() => void} onHandshake
 * @property {(bytes: Uint8Array) => void} onApplicationData
 * @property {(error?: Error) => void} onTlsEnd
 */

/**
 * The part that is used.
 * @typedef {object} Reclaim
 * @property {(crypto: object) => void} setCryptoImplementation for all connections
 * @property {(pem: string) => object} loadX509FromPem
 * @property {(options: Options) => {startHandshake: () => Promise<void>, handleReceivedBytes: (bytes: Uint8Array) => Promise<void>,
 *   write: (bytes: Uint8Array) => Promise<void>, end: () => Promise<void>}} makeTLSClient
 */

const quiet = Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));

const VERSIONS = { 'TLSv1.2': 'TLS1_2', 'TLSv1.3': 'TLS1_3' };

/**
 * @param {string} label
 * @param {string} entry the module with the cryptography
 * @param {string} exported the name that it exports
 * @returns {import('./index.js').Peer}
 */
function reclaim(label, entry, exported) {
  const name = `@reclaimprotocol/tls, ${label}`;
  return {
    name,
    package: '@reclaimprotocol/tls',
    shims: '',
    async load() {
      /** @type {Reclaim} */
      const { setCryptoImplementation, makeTLSClient, loadX509FromPem } = await load('@reclaimprotocol/tls');
      /** @type {Record<string, object>} */
      const { [exported]: crypto } = await load(entry);
      /** @type {Map<string, object>} */
      const anchors = new Map();
      setCryptoImplementation(crypto);
      return {
        name,
        async open({ port, roots }, { version, cipher } = {}) {
          if (!anchors.has(roots)) anchors.set(roots, loadX509FromPem(roots));
          const { socket, write, drained, close } = await dial(port);
          const { push, end, read } = receiveQueue();
          let onHandshakeDone = () => {};
          let onFailure = (/** @type {unknown} */ _error) => {};
          const handshake = new Promise((resolve, reject) => {
            onHandshakeDone = () => resolve(undefined);
            onFailure = reject;
          });
          const tls = makeTLSClient({
            host: HOST,
            rootCAs: [/** @type {object} */ (anchors.get(roots))],
            ...(version && { supportedProtocolVersions: [VERSIONS[version]] }),
            ...(cipher && { cipherSuites: [cipher] }),
            logger: quiet,
            async write({ header, content }) {
              write(header);
              write(content);
              await drained();
            },
            onHandshake: () => onHandshakeDone(),
            onApplicationData: push,
            onTlsEnd(error) {
              onFailure(error ?? new Error('The connection has ended.'));
              end(error);
            },
          });
          socket.on('data', (bytes) => tls.handleReceivedBytes(bytes).catch(end));
          socket.on('close', () => end());
          await Promise.all([tls.startHandshake(), handshake]);
          return createSession(name, { read, write: tls.write, close });
        },
      };
    },
  };
}

/** @type {import('./index.js').Peer[]} */
export const reclaims = [
  reclaim('WebCrypto', '@reclaimprotocol/tls/webcrypto', 'webcryptoCrypto'),
  reclaim('JavaScript', '@reclaimprotocol/tls/purejs-crypto', 'pureJsCrypto'),
];
