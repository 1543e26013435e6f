/**
 * A relay that replaces a server's certificates, even with some that no server would load: TLS 1.2 sends the
 * Certificate message in cleartext. Such a handshake cannot succeed, because both ends authenticate the transcript, but
 * the client verifies the certificates before that.
 */
import { connect, createServer } from 'node:net';
import { Transform, pipeline } from 'node:stream';
import { concat } from './der.js';

/** @typedef {import('./der.js').Der} Der */

const HANDSHAKE = 22;
const CERTIFICATE = 11;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** RFC 5246 section 6.2.1. */
const MAX_RECORD_BYTES = 16384;

/** @param {Uint8Array} bytes @returns {Uint8Array} the bytes, prefixed with their length in three octets */
function vector(bytes) {
  return concat(Uint8Array.of(bytes.length >> 16, bytes.length >> 8, bytes.length), bytes);
}

/** @param {Der[]} chain leaf first; may be empty @returns {Uint8Array} Certificate message (RFC 5246 section 7.4.2) */
export function certificateMessage(chain) {
  return concat(Uint8Array.of(CERTIFICATE), vector(vector(concat(...chain.map(vector)))));
}

/** Replaces the Certificate message in the stream that a TLS 1.2 server sends. */
export class CertificateSwap extends Transform {
  #message;
  /** An incomplete record. */
  #input = Buffer.alloc(0);
  /** An incomplete handshake message. */
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
      this.#handleRecord(this.#input.subarray(0, end));
      this.#input = this.#input.subarray(end);
    }
    if (this.#done) {
      this.push(this.#input);
      this.#input = Buffer.alloc(0);
    }
    callback();
  }

  /** @param {Buffer} record */
  #handleRecord(record) {
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
    for (let at = 0; at < message.length; at += MAX_RECORD_BYTES) {
      const part = message.subarray(at, at + MAX_RECORD_BYTES);
      this.push(concat(Uint8Array.of(HANDSHAKE), version, Uint8Array.of(part.length >> 8, part.length), part));
    }
  }
}

/**
 * A relay in front of a TLS 1.2 server on loopback that replaces its certificates with `chain`.
 * @param {() => number} target returns the server's port
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
