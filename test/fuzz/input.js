/** Encodes inputs of the fuzz targets (fuzz.h). */

/** @typedef {readonly [type: string, content: Uint8Array]} Part */

/**
 * @param {Part[]} records
 * @param {number[]} [options] the four octets
 * @returns {Uint8Array} one input
 */
export function encodeInput(records, options = [0, 0, 0, 0]) {
  const parts = records.flatMap(([type, content]) => [
    Uint8Array.of(type.charCodeAt(0), content.length >> 8, content.length & 0xff),
    content,
  ]);
  return new Uint8Array(Buffer.concat([Uint8Array.from(options), ...parts]));
}
