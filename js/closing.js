/**
 * The end of a connection: closes its transport cleanly or abandons it.
 */
import { TLSError } from './errors.js';
import { ALERT_DELIVERY_MS } from './limits.js';
import { readOne } from './strict-reader.js';

/** @typedef {import('./connection.js').AnyPump} Pump */
/** @typedef {import('./state.js').ConnectionState} ConnectionState */
/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * From `draining` to the end: sends pending writes, ends our direction, then closes the transport.
 * @param {Pump} pump
 * @param {ConnectionState} state
 * @param {Promise<void>} written settles when everything written before has been sent
 * @returns {Promise<boolean>} whether the peer's close_notify arrived before ours was sent
 * @throws {TLSError} ERR_TLS_TRANSPORT
 */
export async function closeCleanly(pump, state, written) {
  let peerClosed = false;
  try {
    await written;
    state.apply('drained');
    await pump.end();
    peerClosed = pump.peerClosed;
    if (pump.unwritable) {
      throw pump.transportError;
    }
    if (!state.over) {
      await pump.finish();
    }
  } catch (cause) {
    // A peer that has closed already need not receive our end.
    if (!peerClosed) {
      throw new TLSError('ERR_TLS_TRANSPORT', undefined, { cause });
    }
  }
  return peerClosed;
}

/**
 * Why a write fails when nothing can be sent any more.
 * @param {unknown} cause
 */
export const unsentError = (cause) =>
  new TLSError(
    'ERR_TLS_TRANSPORT',
    'Not all bytes could be sent: the server or the network closed the connection. What the server sent before can be read.',
    { cause },
  );

/**
 * After our close_notify: calls `expired` when nothing has arrived for `timeout` milliseconds. While the application
 * leaves bytes unread, no time is counted: it may be what holds the peer up.
 * @param {Pump} pump
 * @param {number} timeout
 * @param {() => void} expired
 * @returns {() => void} stops it
 */
export function watchForAnswer(pump, timeout, expired) {
  let since = performance.now();
  const check = () => {
    since = Math.max(since, pump.hasUnread ? performance.now() : pump.receivedAt);
    const left = since + timeout - performance.now();
    if (left > 0) {
      timer = setTimeout(check, left);
    } else {
      expired();
    }
  };
  let timer = setTimeout(check, timeout);
  return () => clearTimeout(timer);
}

/**
 * Abandons a transport after a failure. Bytes that it has accepted already, such as an alert, may still leave.
 * @param {Channel} channel
 * @param {unknown} error
 */
export function abandon(channel, error) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(channel.abort(error)), ALERT_DELIVERY_MS);
  });
  // Not aborted at once: that would discard the alert.
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
    await (readOne(transport, 'close') && transport.close?.());
  } catch {
    // The failure has been reported already.
  }
}
