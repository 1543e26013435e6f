/** The decoder, loaded when there is something to decode, and used once for all who show the same recording. */

/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../tls/types.js').Wire} Wire */

/** By the chunks, which stay the same array while a recording grows. @type {WeakMap<object, { size: number, wire: Promise<Wire> }>} */
const known = new WeakMap();

/**
 * @param {Recording} recording
 * @returns {Promise<Wire>} of what has been recorded so far
 * @throws {Error} where the decoder could not be loaded
 */
export function decodeRecording(recording) {
  const { chunks, keylog } = recording;
  const size = chunks.length + keylog.length;
  const before = known.get(chunks);
  if (before?.size === size) return before.wire;
  const wire = import('../tls/decode.js').then(({ decode }) => decode(recording));
  wire.catch(() => known.delete(chunks));
  known.set(chunks, { size, wire });
  return wire;
}
