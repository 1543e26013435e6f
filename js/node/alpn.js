/** The forms in which Node's tls takes ALPNProtocols. */
import { nodeError, wrongType } from './node-error.js';
import { Buffer } from '#stream';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {ArrayBufferView} view */
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * @param {any} protocols a list of texts or bytes, or bytes as they are in the ClientHello
 * @returns {string[]}
 */
export function readALPN(protocols) {
  if (Array.isArray(protocols)) {
    return protocols.map((one) => (ArrayBuffer.isView(one) ? decode(bytesOf(one)) : `${one}`));
  }
  if (!ArrayBuffer.isView(protocols)) {
    throw wrongType('options.ALPNProtocols', 'an Array, Buffer, TypedArray or DataView', protocols);
  }
  const bytes = bytesOf(protocols);
  const names = [];
  for (let at = 0; at < bytes.length; at += 1 + bytes[at]) {
    names.push(decode(bytes.subarray(at + 1, at + 1 + bytes[at])));
  }
  return names;
}

/** @param {Uint8Array} name */
function decode(name) {
  try {
    return decoder.decode(name);
  } catch {
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', 'pagetls sends names of protocols that are UTF-8.');
  }
}

/** @param {unknown} name @returns {string} */
function readName(name) {
  if (typeof name !== 'string') {
    throw wrongType('protocols', 'a list of texts', name);
  }
  return name;
}

/**
 * Writes protocols as they are in a ClientHello to `out.ALPNProtocols`.
 * @param {any} protocols
 * @param {{ALPNProtocols?: Uint8Array}} out
 */
export function convertALPNProtocols(protocols, out) {
  const names = Array.isArray(protocols) ? protocols.map((one) => Buffer.from(readName(one))) : undefined;
  const tooLong = names?.findIndex(({ length }) => length > 255) ?? -1;
  if (tooLong >= 0) {
    throw nodeError(
      RangeError,
      'ERR_OUT_OF_RANGE',
      `The byte length of the protocol at index ${tooLong} exceeds the maximum length. It must be <= 255.`,
    );
  }
  if (names) {
    out.ALPNProtocols = Buffer.concat(names.flatMap((name) => [Buffer.from([name.length]), name]));
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(bytesOf(protocols));
  }
}
