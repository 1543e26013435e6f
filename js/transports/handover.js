import { TLSError } from '../errors.js';

/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./channel.js').Receiver} Receiver */

/**
 * A channel that somebody has read plaintext from, for TLS.
 * @param {Channel} channel
 * @returns {Channel} its start() throws ERR_TLS_PLAINTEXT_LEFT if there was more
 */
export function handOver(channel) {
  let early = false;
  /** @type {((receiver: Receiver) => void)[]} */
  const events = [];
  channel.start({
    receive(bytes) {
      early ||= bytes.length > 0;
    },
    ended: () => events.push((receiver) => receiver.ended()),
    failed: (error) => events.push((receiver) => receiver.failed(error)),
    broken: (error) => events.push((receiver) => receiver.broken(error)),
  });
  return {
    start(receiver) {
      if (early) {
        throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
      }
      events.forEach((event) => event(receiver));
      channel.start(receiver);
    },
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    send: (bytes) => channel.send(bytes),
    end: () => channel.end(),
    discard: (reason) => channel.discard(reason),
    abort: (reason) => channel.abort(reason),
    close: () => channel.close(),
    abortCoversSignal: channel.abortCoversSignal,
    endClosesBoth: channel.endClosesBoth,
    remoteAddress: channel.remoteAddress,
    localAddress: channel.localAddress,
    tcp: channel.tcp,
    get dialled() {
      return channel.dialled;
    },
  };
}
