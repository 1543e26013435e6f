/** Decodes a recording with the decoder, which is loaded on first use; the result is cached for all views. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../tls/types.js').Wire} Wire */

/** Keyed by `chunks`, which stays the same array while a recording grows. @type {WeakMap<object, { size: number, wire: Promise<Wire> }>} */
const cache = new WeakMap();

/**
 * @param {Recording} recording
 * @returns {Promise<Wire>} of the bytes recorded so far
 * @throws {Error} if the decoder could not be loaded
 */
export function decodeRecording(recording) {
  const { chunks, keylog } = recording;
  const size = chunks.length + keylog.length;
  const cached = cache.get(chunks);
  if (cached?.size === size) return cached.wire;
  const wire = import('../tls/decode.js').then(({ decode }) => decode(recording));
  wire.catch(() => cache.delete(chunks));
  cache.set(chunks, { size, wire });
  return wire;
}
