/** Records what passes between this page and a transport, and changes a byte of it on the way when told to. */

/** @typedef {import('../../../dist/index.js').Transport} Transport */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */

/** Bytes of each direction that are kept at the most; the connection goes on beyond them. */
const KEPT = 4 * 1024 * 1024;

/** @returns {Recording} */
export function newRecording() {
  return { opened: null, dialled: null, chunks: [], ended: null, handshake: null, judging: null, keylog: [] };
}

/**
 * @param {Transport} transport
 * @param {Recording} recording filled as bytes pass
 * @param {object} options
 * @param {number} options.started performance.now() of time 0
 * @param {Tamper | null} [options.tamper]
 * @returns {Transport}
 */
export function recordingTransport(transport, recording, { started, tamper }) {
  const now = () => performance.now() - started;
  const passed = { sent: 0, received: 0 };
  /** @param {'sent' | 'received'} direction @param {Uint8Array} chunk @returns {Uint8Array} what goes on */
  const pass = (direction, chunk) => {
    const from = passed[direction];
    passed[direction] += chunk.length;
    const bytes = Uint8Array.from(chunk);
    if (tamper?.direction === direction && tamper.offset >= from && tamper.offset < from + bytes.length) {
      bytes[tamper.offset - from] ^= tamper.mask;
    }
    if (from < KEPT) recording.chunks.push({ direction, at: now(), bytes });
    return bytes;
  };
  /** @param {unknown} [error] */
  const ended = (error) => {
    recording.ended ??= { at: now(), error: error === undefined ? null : String(error) };
  };

  return async (address, context) => {
    const inner = await transport(address, context);
    recording.opened = now();
    const writer = inner.writable.getWriter();
    const reader = inner.readable.getReader();
    return {
      get dialled() {
        return inner.dialled;
      },
      readable: new ReadableStream(
        {
          async pull(controller) {
            try {
              const { value, done } = await reader.read();
              if (inner.dialled !== undefined) recording.dialled ??= inner.dialled - started;
              if (done) {
                ended();
                controller.close();
              } else controller.enqueue(pass('received', value));
            } catch (error) {
              ended(error);
              throw error;
            }
          },
          cancel(reason) {
            ended();
            return reader.cancel(reason);
          },
        },
        { highWaterMark: 0 },
      ),
      writable: new WritableStream({
        start(controller) {
          writer.closed.catch((error) => controller.error(error));
        },
        async write(chunk) {
          const bytes = pass('sent', chunk);
          writer.write(bytes).catch(() => {}); // `ready` tells
          await writer.ready;
        },
        close: () => writer.close(),
        abort: (reason) => writer.abort(reason),
      }),
      close: inner.close && (() => inner.close?.()),
    };
  };
}
