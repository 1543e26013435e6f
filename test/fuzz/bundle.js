/** The format of inputs (fuzz.h). */

/** @typedef {readonly [type: string, content: Uint8Array]} Part */

/**
 * One input.
 * @param {Part[]} records
 * @param {number[]} [options] the four octets
 * @returns {Uint8Array}
 */
export function bundle(records, options = [0, 0, 0, 0]) {
  const parts = records.flatMap(([type, content]) => [
    Uint8Array.of(type.charCodeAt(0), content.length >> 8, content.length & 0xff),
    content,
  ]);
  return new Uint8Array(Buffer.concat([Uint8Array.from(options), ...parts]));
}
