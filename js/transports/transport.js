/**
 * What a transport is: a function that opens a pair of byte streams to an address.
 *
 * `readable` ends when the other side has ended in good order and errors when it has not; `writable` resolves a
 * write, or holds back `ready`, at the pace of the network, and its close() resolves when everything has been sent.
 */

/** @typedef {import('../address.js').Address} Address */

/**
 * @typedef {object} TransportStreams
 * @property {ReadableStream<Uint8Array>} readable
 * @property {WritableStream<Uint8Array>} writable
 * @property {number} [dialled] performance.now() when the way as far as the server was open; set when it is known, if ever
 * @property {() => void | Promise<void>} [close] gives up what is still held; called last
 */

/** @typedef {(address: Address, context: {signal: AbortSignal}) => Promise<TransportStreams>} Transport */

export {};
