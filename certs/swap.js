/**
 * The Certificate message of TLS 1.2 goes in clear, so a relay can put other certificates in the place of a
 * server's: also those that no server would load. The handshake cannot succeed after that, as both ends
 * authenticate what was sent; but a certificate that cannot be read ends it sooner.
 */
import { connect, createServer } from 'node:net';
import { Transform, pipeline } from 'node:stream';
import { concat } from './der.js';

/** @typedef {import('./der.js').Der} Der */

const HANDSHAKE = 22;
const CERTIFICATE = 11;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
const RECORD_MAX = 16384;

/** @param {Uint8Array} bytes @returns {Uint8Array} the same behind its length in three octets */
function vector(bytes) {
  return concat(Uint8Array.of(bytes.length >> 16, bytes.length >> 8, bytes.length), bytes);
}

/** @param {Der[]} chain leaf first; none: the server has no certificate @returns {Uint8Array} RFC 5246 section 7.4.2 */
export function certificateMessage(chain) {
  return concat(Uint8Array.of(CERTIFICATE), vector(vector(concat(...chain.map(vector)))));
}

/** What a server of TLS 1.2 sends, with another Certificate message in it. */
export class CertificateSwap extends Transform {
  #message;
  /** Received, and not yet a whole record. */
  #input = Buffer.alloc(0);
  /** Of handshake records, and not yet a whole message. */
  #handshake = Buffer.alloc(0);
  #done = false;

  /** @param {Der[]} chain */
  constructor(chain) {
    super();
    this.#message = certificateMessage(chain);
  }

  /** @param {Buffer} chunk @param {BufferEncoding} _encoding @param {() => void} callback @override */
  _transform(chunk, _encoding, callback) {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (!this.#done && this.#input.length >= RECORD_HEADER) {
      const end = RECORD_HEADER + this.#input.readUInt16BE(3);
      if (this.#input.length < end) break;
      this.#takeRecord(this.#input.subarray(0, end));
      this.#input = this.#input.subarray(end);
    }
    if (this.#done) {
      this.push(this.#input);
      this.#input = Buffer.alloc(0);
    }
    callback();
  }

  /** @param {Buffer} record */
  #takeRecord(record) {
    if (this.#done || record[0] !== HANDSHAKE) {
      this.push(record);
      return;
    }
    const version = record.subarray(1, 3);
    this.#handshake = Buffer.concat([this.#handshake, record.subarray(RECORD_HEADER)]);
    while (!this.#done && this.#handshake.length >= MESSAGE_HEADER) {
      const end = MESSAGE_HEADER + this.#handshake.readUIntBE(1, 3);
      if (this.#handshake.length < end) return;
      const message = this.#handshake.subarray(0, end);
      this.#handshake = this.#handshake.subarray(end);
      this.#done = message[0] === CERTIFICATE;
      this.#pushMessage(this.#done ? this.#message : message, version);
    }
    if (this.#done) this.#pushMessage(this.#handshake, version);
  }

  /** @param {Uint8Array} message @param {Uint8Array} version */
  #pushMessage(message, version) {
    for (let at = 0; at < message.length; at += RECORD_MAX) {
      const part = message.subarray(at, at + RECORD_MAX);
      this.push(concat(Uint8Array.of(HANDSHAKE), version, Uint8Array.of(part.length >> 8, part.length), part));
    }
  }
}

/**
 * A relay on loopback in front of a server of TLS 1.2 that puts `chain` in the place of its certificates.
 * @param {() => number} target gives the port of the server
 * @param {Der[]} chain
 * @returns {import('node:net').Server} not yet listening
 */
export function swappingRelay(target, chain) {
  return createServer((client) => {
    const server = connect(target(), '127.0.0.1');
    pipeline(client, server, () => {});
    pipeline(server, new CertificateSwap(chain), client, () => {});
  });
}
