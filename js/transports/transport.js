/**
 * A transport is a function that opens a pair of byte streams to an address.
 *
 * `readable` ends when the peer ends the connection cleanly, and errors otherwise. `writable` applies backpressure at the
 * pace of the network: a write, or `ready`, resolves when more may be sent. Its close() resolves when all has been sent.
 */

/** @typedef {import('../address.js').Address} Address */

/**
 * @typedef {object} TransportStreams
 * @property {ReadableStream<Uint8Array>} readable
 * @property {WritableStream<Uint8Array>} writable
 * @property {number} [dialled] performance.now() when the connection to the server itself was open; set as soon as it is known, if ever
 * @property {string} [remoteAddress] host and port of the server
 * @property {string} [localAddress] host and port of this end
 * @property {() => void | Promise<void>} [close] releases all resources; called last
 */

/**
 * `plaintext` is true if bytes may not be sent again over another connection: they are no ClientHello.
 * @typedef {(address: Address, context: {signal: AbortSignal, plaintext?: boolean}) => Promise<TransportStreams>} Transport
 */

export {};
