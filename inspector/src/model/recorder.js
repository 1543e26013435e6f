/** Records the bytes that a transport carries, and can alter one of them in transit. */
import { channelOf, streamsOf } from '../../../dist/transports/channel.js';

/** @typedef {import('../../../dist/index.js').Transport} Transport */
/** @typedef {import('../../../dist/transports/channel.js').Channel} Channel */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */

/** Per direction; later bytes pass unrecorded. */
const MAX_RECORDED_BYTES = 4 * 1024 * 1024;

/** What a server may say before TLS is bounded (dist/limits.js), but not in how many pieces it arrives. */
const MAX_PREAMBLE_CHUNKS = 1000;

/** The type of a record with a ClientHello: no other protocol of ours begins a message with it. */
const HANDSHAKE = 22;

/** @returns {Recording} */
export function newRecording() {
  return {
    opened: null,
    dialled: null,
    preamble: [],
    chunks: [],
    ended: null,
    handshake: null,
    verifying: null,
    keylog: [],
  };
}

/**
 * @param {Transport} transport
 * @param {Recording} recording filled as bytes pass
 * @param {object} options
 * @param {number} options.started performance.now() at time 0
 * @param {Tamper | null} [options.tamper]
 * @param {boolean} [options.plaintextFirst] another protocol starts TLS: TLS begins with our ClientHello
 * @returns {Transport}
 */
export function recordingTransport(transport, recording, { started, tamper, plaintextFirst = false }) {
  let beforeTls = plaintextFirst;
  const now = () => performance.now() - started;
  const counts = { sent: 0, received: 0 };
  /** @param {'sent' | 'received'} direction @param {Uint8Array} chunk @returns {Uint8Array} the bytes to pass on */
  const record = (direction, chunk) => {
    beforeTls &&= direction === 'received' || chunk[0] !== HANDSHAKE;
    if (beforeTls) {
      if (recording.preamble.length < MAX_PREAMBLE_CHUNKS) {
        recording.preamble.push({ direction, at: now(), bytes: Uint8Array.from(chunk) });
      }
      return chunk;
    }
    const from = counts[direction];
    counts[direction] += chunk.length;
    const tampered = tamper?.direction === direction && tamper.offset >= from && tamper.offset < from + chunk.length;
    if (from >= MAX_RECORDED_BYTES && !tampered) return chunk;
    const bytes = Uint8Array.from(chunk);
    if (tampered) bytes[tamper.offset - from] ^= tamper.mask;
    if (from < MAX_RECORDED_BYTES) recording.chunks.push({ direction, at: now(), bytes });
    return bytes;
  };
  /** @param {unknown} [error] */
  const ended = (error) => {
    recording.ended ??= { at: now(), error: error === undefined ? null : String(error) };
  };

  return async (address, context) => {
    const inner = channelOf(await transport(address, context));
    recording.opened = now();
    const dialled = () => {
      if (inner.dialled !== undefined) recording.dialled ??= inner.dialled - started;
    };
    /** @type {Channel} */
    const channel = {
      start(receiver) {
        inner.start({
          receive(bytes) {
            dialled();
            receiver.receive(record('received', bytes));
          },
          ended() {
            dialled();
            ended();
            receiver.ended();
          },
          failed(error) {
            ended(error);
            receiver.failed(error);
          },
          broken: (error) => receiver.broken(error),
        });
      },
      expectInput: () => inner.expectInput?.(),
      pause: () => inner.pause(),
      resume: () => inner.resume(),
      send: (bytes) => inner.send(record('sent', bytes)),
      end: () => inner.end(),
      discard(reason) {
        ended();
        inner.discard(reason);
      },
      abort: (reason) => inner.abort(reason),
      abortCoversSignal: inner.abortCoversSignal,
      close: () => inner.close(),
      get dialled() {
        return inner.dialled;
      },
    };
    return streamsOf(channel);
  };
}
