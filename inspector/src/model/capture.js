/**
 * Converts a recording to a capture file for Wireshark: classic pcap with raw IPv4 packets. The page has a stream of bytes
 * but no packets, so everything below TLS is synthetic: addresses (192.0.2.1 for the page, 192.0.2.2 for the server; RFC
 * 5737), ports, TCP handshake, segments of at most 1460 bytes, and FINs. Times are those of the recording, counted from
 * 1 January 1970.
 */

/** @typedef {import('../types.js').Recording} Recording */

/** Packets start with their IP header. */
const LINKTYPE_RAW = 101;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const IP_HEADER_BYTES = 20;
const TCP_HEADER_BYTES = 20;
const MAX_SEGMENT_BYTES = 1460;
const FIN = 1;
const SYN = 2;
const PUSH = 8;
const ACK = 16;

const CLIENT = { address: [192, 0, 2, 1], port: 49152 };
const SERVER = { address: [192, 0, 2, 2], port: 443 }; // Wireshark expects TLS on this port

/** Internet checksum (RFC 1071) before inversion. @param {Uint8Array} bytes @param {number} [sum] to continue from */
function onesComplementSum(bytes, sum = 0) {
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
  const packet = new Uint8Array(IP_HEADER_BYTES + TCP_HEADER_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  packet[0] = 0x45; // version 4, five words
  view.setUint16(2, packet.length);
  view.setUint16(6, 0x4000); // don't fragment
  packet.set([64, 6], 8); // time to live; TCP
  packet.set([...from.address, ...to.address], 12);
  view.setUint16(10, 0xffff ^ onesComplementSum(packet.subarray(0, IP_HEADER_BYTES)));
  view.setUint16(IP_HEADER_BYTES, from.port);
  view.setUint16(IP_HEADER_BYTES + 2, to.port);
  view.setUint32(IP_HEADER_BYTES + 4, sequence);
  view.setUint32(IP_HEADER_BYTES + 8, acknowledged);
  packet.set([(TCP_HEADER_BYTES / 4) << 4, flags], IP_HEADER_BYTES + 12);
  view.setUint16(IP_HEADER_BYTES + 14, 0xffff); // the window
  packet.set(payload, IP_HEADER_BYTES + TCP_HEADER_BYTES);
  const pseudoHeader = onesComplementSum(packet.subarray(12, IP_HEADER_BYTES), 6 + TCP_HEADER_BYTES + payload.length);
  view.setUint16(IP_HEADER_BYTES + 16, 0xffff ^ onesComplementSum(packet.subarray(IP_HEADER_BYTES), pseudoHeader));
  return packet;
}

/** @param {Recording} recording @returns {Uint8Array<ArrayBuffer>} the file */
export function captureFile({ chunks, opened, ended }) {
  /** @type {{ at: number, bytes: Uint8Array }[]} */
  const packets = [];
  /** The next sequence number of each direction. */
  const next = { sent: 0, received: 0 };
  /**
   * @param {'sent' | 'received'} direction
   * @param {number} at
   * @param {number} flags
   * @param {Uint8Array} [payload]
   */
  const addPacket = (direction, at, flags, payload = new Uint8Array()) => {
    const [from, to, other] =
      direction === 'sent'
        ? /** @type {const} */ ([CLIENT, SERVER, 'received'])
        : /** @type {const} */ ([SERVER, CLIENT, 'sent']);
    const acknowledged = flags & ACK ? next[other] : 0;
    packets.push({ at, bytes: packetOf(from, to, { sequence: next[direction], acknowledged, flags }, payload) });
    next[direction] += payload.length + (flags & (SYN | FIN) ? 1 : 0);
  };
  const start = opened ?? chunks[0]?.at ?? 0;
  addPacket('sent', start, SYN);
  addPacket('received', start, SYN | ACK);
  addPacket('sent', start, ACK);
  for (const { direction, at, bytes } of chunks) {
    for (let from = 0; from < bytes.length; from += MAX_SEGMENT_BYTES) {
      addPacket(direction, at, PUSH | ACK, bytes.subarray(from, from + MAX_SEGMENT_BYTES));
    }
  }
  if (ended) {
    addPacket('received', ended.at, FIN | ACK);
    addPacket('sent', ended.at, FIN | ACK);
    addPacket('received', ended.at, ACK);
  }
  return pcapFile(packets);
}

/** @param {{ at: number, bytes: Uint8Array }[]} packets */
function pcapFile(packets) {
  const size = packets.reduce((sum, { bytes }) => sum + PACKET_HEADER_BYTES + bytes.length, 0);
  const file = new Uint8Array(FILE_HEADER_BYTES + size);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4); // microseconds, big-endian
  view.setUint16(4, 2); // version 2.4
  view.setUint16(6, 4);
  view.setUint32(16, 65535); // maximum packet size
  view.setUint32(20, LINKTYPE_RAW);
  let offset = FILE_HEADER_BYTES;
  for (const { at, bytes } of packets) {
    const microseconds = Math.round(at * 1000);
    view.setUint32(offset, Math.floor(microseconds / 1e6));
    view.setUint32(offset + 4, microseconds % 1e6);
    view.setUint32(offset + 8, bytes.length);
    view.setUint32(offset + 12, bytes.length);
    file.set(bytes, offset + PACKET_HEADER_BYTES);
    offset += PACKET_HEADER_BYTES + bytes.length;
  }
  return file;
}
