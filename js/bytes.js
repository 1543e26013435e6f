/** Bytes in whatever form and from whatever realm (a frame, jsdom, a vm context): `instanceof` knows only its own. */

/**
 * @param {unknown} data
 * @returns {Uint8Array | undefined} a view of the same memory; undefined if it is neither an ArrayBuffer nor a view of one
 */
export function viewOf(data) {
  if (data instanceof Uint8Array) {
    return data;
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return isArrayBuffer(data) ? new Uint8Array(data) : undefined;
}

/** @param {unknown} data @returns {data is ArrayBuffer} */
function isArrayBuffer(data) {
  try {
    // Only an ArrayBuffer has the slot that the getter asks for.
    Reflect.apply(BYTE_LENGTH, data, []);
    return true;
  } catch {
    return false;
  }
}

const BYTE_LENGTH = /** @type {() => number} */ (
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get
);
