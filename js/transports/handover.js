import { TLSError } from '../errors.js';
import { BufferedReceiver } from './channel.js';

/** @typedef {import('./channel.js').Channel} Channel */

/**
 * A channel that somebody has read plaintext from, for TLS.
 * @param {Channel} channel
 * @returns {Channel} its start() throws ERR_TLS_PLAINTEXT_LEFT if there was more
 */
export function handOver(channel) {
  let early = false;
  const events = new BufferedReceiver();
  channel.start({
    receive(bytes) {
      early ||= bytes.length > 0;
    },
    ended: () => events.ended(),
    failed: (error) => events.failed(error),
    broken: (error) => events.broken(error),
  });
  return {
    start(receiver) {
      if (early) {
        throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
      }
      events.start(receiver);
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
