/**
 * The end of a connection: its transport closed in good order, or given up; and what can still be read.
 */
import { TLSError } from './errors.js';
import { ALERT_DELIVERY_MS } from './limits.js';

/** @typedef {import('./pump.js').Pump} Pump */
/** @typedef {import('./state.js').ConnectionState} ConnectionState */
/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * The way from `draining` to the end: what has been written, close_notify, the end of the transport.
 * @param {Pump} pump
 * @param {ConnectionState} state
 * @param {Promise<void>} written settles when everything written before has been sent
 * @returns {Promise<boolean>} whether the peer's close_notify had come before ours was sent
 * @throws {TLSError} ERR_TLS_TRANSPORT
 */
export async function closeInOrder(pump, state, written) {
  let peerClosed = false;
  try {
    await written;
    state.on('drained');
    await pump.end();
    peerClosed = pump.engine?.peerClosed ?? false;
    if (pump.unwritable) {
      throw pump.transportError;
    }
    if (!state.over) {
      await pump.channel?.end();
      await pump.channel?.close();
    }
  } catch (cause) {
    // A peer that has closed need not hear the same from us.
    if (!peerClosed) {
      throw new TLSError('ERR_TLS_TRANSPORT', undefined, { cause });
    }
  }
  return peerClosed;
}

/**
 * Gives up a transport after a failure. What is with it already, such as an alert, may still leave.
 * @param {Channel} channel
 * @param {unknown} error
 */
export function abandon(channel, error) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(channel.abort(error)), ALERT_DELIVERY_MS);
  });
  // Ended first, not aborted: an abort would throw the alert away.
  const ended = channel.end().catch(() => {});
  channel.discard(error);
  Promise.race([ended, late]).then(() => {
    clearTimeout(timer);
    closeQuietly(channel);
  });
}

/** @param {{close?: () => void | Promise<void>}} transport */
export async function closeQuietly(transport) {
  try {
    await transport.close?.();
  } catch {
    // It has failed already, and that is known.
  }
}

/** What is left to read after the end. */
export class Remainder {
  /** @type {Uint8Array<ArrayBuffer> | null} */
  #bytes;
  #peerClosed;

  /**
   * @param {Uint8Array<ArrayBuffer> | null} bytes
   * @param {boolean} peerClosed the peer's close_notify came after them
   */
  constructor(bytes, peerClosed) {
    this.#bytes = bytes;
    this.#peerClosed = peerClosed;
  }

  /** As Pump.read(). @param {number} limit */
  read(limit) {
    const bytes = this.#bytes;
    if (bytes === null) {
      return this.#peerClosed ? null : undefined;
    }
    this.#bytes = bytes.length > limit ? bytes.subarray(limit) : null;
    return this.#bytes ? bytes.slice(0, limit) : bytes; // a stream takes the buffer along
  }
}
