/** Opens sockets: connect(), and what upgrades a plaintext one. */
import { Socket } from './base-socket.js';
import { closeQuietly } from './closing.js';
import { readConnectOptions, readStreamsTlsOptions } from './options.js';
import { PlainConnection } from './plain-connection.js';
import { TLSSocket } from './socket.js';
import { channelOf, streamsOf } from './transports/channel.js';
import { handOver } from './transports/handover.js';
import { streamsOfAny } from './transports/any-streams.js';

/** @typedef {import('./options.js').ConnectOptions} ConnectOptions */
/** @typedef {import('./options.js').PlainConnectOptions} PlainConnectOptions */
/** @typedef {import('./options.js').StartTlsOptions} StartTlsOptions */
/** @typedef {import('./options.js').StreamsTlsOptions} StreamsTlsOptions */

/**
 * Opens a TLS connection. Returns at once: await `opened`, or just read and write.
 * @overload
 * @param {string | {hostname: string, port?: number | string}} address `host:port`, `[v6]:port` or an object; the default port is 443, or that of `starttls`
 * @param {ConnectOptions} [options]
 * @returns {TLSSocket}
 * @throws {import('./errors.js').TLSError} for an invalid address or option
 */
/**
 * Opens a plaintext connection, which `startTls()` can upgrade if `secureTransport` is `starttls`.
 * @overload
 * @param {string | {hostname: string, port?: number | string}} address
 * @param {PlainConnectOptions} options
 * @returns {Socket}
 * @throws {import('./errors.js').TLSError} for an invalid address or option
 */
/**
 * @param {string | {hostname: string, port?: number | string}} address
 * @param {ConnectOptions | PlainConnectOptions} [options]
 */
export function connect(address, options) {
  const read = readConnectOptions(address, options);
  return read.secureTransport === 'on' ? new TLSSocket(read.settings) : plainSocket(read);
}

/**
 * Starts TLS over streams that are open: of another library's or runtime's socket, a WebSocketStream, or a TLS connection.
 * Returns at once.
 * @param {import('./transports/any-streams.js').AnyStreams} streams {readable, writable}, which give and take bytes; or an object whose promise `opened` gives them. Its
 *   `close()` is called last
 * @param {StreamsTlsOptions} options need `hostname` or `servername`, unless `verifyHostname` is false
 * @returns {TLSSocket}
 * @throws {import('./errors.js').TLSError} for an invalid argument
 */
export function startTls(streams, options) {
  const open = streamsOfAny(streams, 'startTls()');
  return new TLSSocket(
    readStreamsTlsOptions(options, async (_, { signal }) => {
      const transport = await untilAborted(open(), signal);
      const channel = handOver(channelOf(transport));
      await new Promise((resolve) => setTimeout(resolve)); // what waits in the streams was sent before TLS
      return streamsOf(channel);
    }),
  );
}

/**
 * @param {Promise<import('./transports/transport.js').TransportStreams>} opening
 * @param {AbortSignal} signal
 */
function untilAborted(opening, signal) {
  opening.catch(() => {});
  return new Promise((/** @type {(value: Awaited<typeof opening>) => void} */ resolve, reject) => {
    signal.addEventListener('abort', () => {
      opening.then(closeQuietly, () => {});
      reject(signal.reason);
    });
    opening.then(resolve, reject);
  });
}

/** @param {Exclude<ReturnType<typeof readConnectOptions>, {secureTransport: 'on'}>} read */
function plainSocket(read) {
  const connection = new PlainConnection(read.settings);
  if (read.secureTransport === 'off') {
    return new Socket(connection, 'off');
  }
  return new Socket(connection, 'starttls', (/** @type {StartTlsOptions | undefined} */ options) => {
    /** @type {Promise<void>} */
    let flushed = Promise.resolve();
    const settings = read.upgrade(options, (_, { signal }) => connection.handOver(flushed, signal));
    return (/** @type {Promise<void>} */ promise) => {
      flushed = promise;
      flushed.catch(() => {}); // handOver() reports it
      connection.endReads();
      const socket = new TLSSocket(settings);
      socket.closed.catch((error) => connection.failed(error)); // changes nothing once the transport is handed over
      return socket;
    };
  });
}
