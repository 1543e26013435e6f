/** What a SocketDuplex needs of the connection below it. */

/** @typedef {import('../transports/channel.js').TcpSocket} TcpSocket */

/**
 * A connection, open or opening. Every promise of it settles.
 * @typedef {object} Source
 * @property {Promise<unknown>} dialled the transport is open
 * @property {Promise<unknown>} opened bytes can be read and written
 * @property {Promise<unknown>} closed it has ended
 * @property {() => Promise<Uint8Array<ArrayBuffer> | null>} read the next bytes; null at the end
 * @property {(bytes: Uint8Array) => Promise<void>} write resolves when the transport has accepted all of them
 * @property {() => Promise<void>} end after all writes, ends our direction; reading goes on
 * @property {() => Promise<void>} close closes both directions in order; unread bytes are dropped
 * @property {(error: Error) => void} abort
 * @property {boolean} [hasRemainder] bytes are left to read after it has failed
 * @property {TcpSocket} [tcp] the TCP socket below, if there is one and we can reach it
 */
/** @typedef {import('../base-socket.js').SocketConnection} SocketConnection */

/**
 * Takes the connection of a socket over. The Duplex ends our direction itself, after what is written: the peer's end must not.
 * @param {SocketConnection} connection
 * @returns {Source}
 */
export function sourceOf(connection) {
  connection.keepHalfOpen();
  return {
    dialled: connection.dialled.promise,
    opened: connection.opened.promise,
    closed: connection.closed.promise,
    read: () => connection.read(Infinity),
    write: (bytes) => connection.write(bytes),
    end: () => connection.endWriting(),
    close: () => connection.close(),
    abort: (error) => connection.failed(error),
    get hasRemainder() {
      return connection.hasRemainder;
    },
    get tcp() {
      return connection.tcp;
    },
  };
}
