/** Which version a server chose, from the first bytes that it sent. Pure: for error messages only. */

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const SUPPORTED_VERSIONS = 43;

/** @type {Record<number, string>} */
const NAMES = { 0x0300: 'SSL 3.0', 0x0301: 'TLS 1.0', 0x0302: 'TLS 1.1', 0x0303: 'TLS 1.2', 0x0304: 'TLS 1.3' };

/** @param {number} version */
export function versionName(version) {
  return NAMES[version] ?? `the unknown version 0x${version.toString(16).padStart(4, '0')}`;
}

/** @param {Uint8Array} bytes what the server sent first */
export function isClientHello(bytes) {
  return bytes[0] === HANDSHAKE_RECORD && bytes[5] === CLIENT_HELLO;
}

/**
 * @param {Uint8Array} bytes what the server sent first
 * @returns {number | undefined} the version of its ServerHello: that of the extension supported_versions, if there is one
 *   (RFC 8446, section 4.2.1); undefined if there is no complete ServerHello
 */
export function chosenVersion(bytes) {
  const hello = handshakeBytes(bytes);
  const view = new DataView(hello.buffer, hello.byteOffset, hello.byteLength);
  try {
    if (view.getUint8(0) !== SERVER_HELLO) {
      return undefined;
    }
    const end = 4 + (view.getUint32(0) & 0xffffff);
    let at = 4 + 2 + 32;
    at += 1 + view.getUint8(at) + 2 + 1; // session id, cipher suite, compression method
    let version = view.getUint16(4);
    for (at += 2; at < end; at += 4 + view.getUint16(at + 2)) {
      if (view.getUint16(at) === SUPPORTED_VERSIONS) {
        version = view.getUint16(at + 4);
      }
    }
    return version;
  } catch {
    return undefined; // RangeError: it is shorter than it says
  }
}

/** The bytes of the handshake messages in the first records. @param {Uint8Array} bytes */
function handshakeBytes(bytes) {
  const parts = [];
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === HANDSHAKE_RECORD;) {
    const length = bytes[at + 3] * 256 + bytes[at + 4];
    parts.push(...bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Uint8Array.from(parts);
}
