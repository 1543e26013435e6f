/**
 * A recording as a capture file for Wireshark: classic pcap with raw IPv4 packets. The page has seen a stream of bytes
 * and no packets, so all below TLS is made up: the addresses (192.0.2.1 for the page and 192.0.2.2 for the server, of
 * RFC 5737), the ports, the TCP handshake, the segments of at most 1460 bytes, and the end. Times are those of the
 * recording, counted from 1 January 1970.
 */

/** @typedef {import('../types.js').Recording} Recording */

/** LINKTYPE_RAW: packets begin with their IP header. */
const RAW = 101;
const IP = 20;
const TCP = 20;
const SEGMENT = 1460;
const FIN = 1;
const SYN = 2;
const PUSH = 8;
const ACK = 16;

const CLIENT = { address: [192, 0, 2, 1], port: 49152 };
const SERVER = { address: [192, 0, 2, 2], port: 443 }; // where Wireshark looks for TLS

/** The sum of RFC 1071, not yet inverted. @param {Uint8Array} bytes @param {number} [sum] to go on with */
function addUp(bytes, sum = 0) {
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i] * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/**
 * @param {typeof CLIENT} from
 * @param {typeof CLIENT} to
 * @param {{ sequence: number, acknowledged: number, flags: number }} tcp
 * @param {Uint8Array} payload
 */
function packetOf(from, to, { sequence, acknowledged, flags }, payload) {
  const packet = new Uint8Array(IP + TCP + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45; // version 4, five words
  view.setUint16(2, packet.length);
  view.setUint16(6, 0x4000); // may not be fragmented
  packet.set([64, 6], 8); // time to live; TCP
  packet.set([...from.address, ...to.address], 12);
  view.setUint16(10, 0xffff ^ addUp(packet.subarray(0, IP)));
  view.setUint16(IP, from.port);
  view.setUint16(IP + 2, to.port);
  view.setUint32(IP + 4, sequence);
  view.setUint32(IP + 8, acknowledged);
  packet.set([(TCP / 4) << 4, flags], IP + 12);
  view.setUint16(IP + 14, 0xffff); // the window
  packet.set(payload, IP + TCP);
  const pseudoHeader = addUp(packet.subarray(12, IP), 6 + TCP + payload.length);
  view.setUint16(IP + 16, 0xffff ^ addUp(packet.subarray(IP), pseudoHeader));
  return packet;
}

/** @param {Recording} recording @returns {Uint8Array<ArrayBuffer>} the file */
export function captureFile({ chunks, opened, ended }) {
  /** @type {{ at: number, bytes: Uint8Array }[]} */
  const packets = [];
  /** The next sequence number of each side. */
  const next = { sent: 0, received: 0 };
  /**
   * @param {'sent' | 'received'} direction
   * @param {number} at
   * @param {number} flags
   * @param {Uint8Array} [payload]
   */
  const put = (direction, at, flags, payload = new Uint8Array()) => {
    const [from, to, other] =
      direction === 'sent'
        ? /** @type {const} */ ([CLIENT, SERVER, 'received'])
        : /** @type {const} */ ([SERVER, CLIENT, 'sent']);
    const acknowledged = flags & ACK ? next[other] : 0;
    packets.push({ at, bytes: packetOf(from, to, { sequence: next[direction], acknowledged, flags }, payload) });
    next[direction] += payload.length + (flags & (SYN | FIN) ? 1 : 0);
  };
  const start = opened ?? chunks[0]?.at ?? 0;
  put('sent', start, SYN);
  put('received', start, SYN | ACK);
  put('sent', start, ACK);
  for (const { direction, at, bytes } of chunks) {
    for (let from = 0; from < bytes.length; from += SEGMENT) {
      put(direction, at, PUSH | ACK, bytes.subarray(from, from + SEGMENT));
    }
  }
  if (ended) {
    put('received', ended.at, FIN | ACK);
    put('sent', ended.at, FIN | ACK);
    put('received', ended.at, ACK);
  }
  return fileOf(packets);
}

/** @param {{ at: number, bytes: Uint8Array }[]} packets */
function fileOf(packets) {
  const file = new Uint8Array(24 + packets.reduce((sum, { bytes }) => sum + 16 + bytes.length, 0));
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4); // times in microseconds, numbers most significant byte first
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, 65535);
  view.setUint32(20, RAW);
  let offset = 24;
  for (const { at, bytes } of packets) {
    const microseconds = Math.round(at * 1000);
    view.setUint32(offset, Math.floor(microseconds / 1e6));
    view.setUint32(offset + 4, microseconds % 1e6);
    view.setUint32(offset + 8, bytes.length);
    view.setUint32(offset + 12, bytes.length);
    file.set(bytes, offset + 16);
    offset += 16 + bytes.length;
  }
  return file;
}
