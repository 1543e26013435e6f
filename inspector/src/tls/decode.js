/** Decodes a recording: records, messages, and the negotiated parameters. */
import { Reassembler, mayBeginMessage } from './reassembler.js';
import { readHandshake } from './handshake.js';
import { Keys } from './keys.js';
import { CONTENT_TYPES, contentTypeName } from './names.js';
import { innerPlaintext, plaintext12, readContent, recordFields } from './record-fields.js';
import { RECORD_HEADER_BYTES } from './protection.js';
import { RecordStream } from './record-stream.js';
import { chosen, flights, offered } from './summary.js';
import { TLS13 } from './versions.js';

/** @typedef {import('./record-stream.js').RawRecord} RawRecord */
/** @typedef {import('./reassembler.js').Assembled} Assembled */
/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Recording} Recording */
/** @typedef {import('./types.js').TLSRecord} TLSRecord */
/** @typedef {import('./types.js').Wire} Wire */

/** Maximum number of records, and of messages. */
const MAX_LISTED = 4000;

/** Decrypted and read in total. Protected records of up to ALWAYS_READ_BYTES do not count, so that alerts are shown. */
const MAX_READ_BYTES = 512 * 1024;
const ALWAYS_READ_BYTES = 64;

const LIMITS_NOTE = `only the first ${MAX_READ_BYTES / 1024} KB and ${MAX_LISTED} messages are decoded, and very short records.`;

/** Yield to the event loop after this time, to keep the page responsive. */
const SLICE_MS = 12;

/** @type {Direction[]} */
const DIRECTIONS = ['sent', 'received'];

class Decoder {
  /** @type {TLSRecord[]} */
  records = [];
  /** @type {Message[]} */
  messages = [];
  #recording;
  #keys;
  #streams;
  #reassemblers = { sent: new Reassembler(), received: new Reassembler() };
  /** Directions with a record that was not read: the next record may continue a message from it. @type {Set<Direction>} */
  #gaps = new Set();
  #bytesLeft = MAX_READ_BYTES;
  #skippedBytes = 0;

  /** @param {Recording} recording */
  constructor(recording) {
    this.#recording = recording;
    this.#keys = new Keys(recording.keylog);
    const [sent, received] = DIRECTIONS.map((direction) => {
      const chunks = recording.chunks.filter((chunk) => chunk.direction === direction);
      return new RecordStream(
        direction,
        chunks.map(({ bytes }) => bytes),
      );
    });
    this.#streams = { sent, received };
  }

  /** Decodes the recording, pausing after each record. */
  *run() {
    for (const { direction, at, bytes } of this.#recording.chunks) {
      const stream = this.#streams[direction];
      stream.advance(bytes.length, at);
      while (this.records.length < MAX_LISTED) {
        const raw = stream.next();
        if (!raw) break;
        this.#record(direction, raw);
        yield;
      }
    }
    for (const direction of DIRECTIONS) this.#endMessage(direction);
  }

  /** @returns {Wire} */
  result() {
    const { records, messages } = this;
    return {
      records,
      messages,
      remainders: DIRECTIONS.map((direction) => this.#streams[direction].remainder()).filter((rest) => rest !== null),
      offered: offered(messages),
      chosen: chosen(messages),
      flights: flights(records, messages),
      notes:
        this.#skippedBytes > 0
          ? [`${this.#skippedBytes.toLocaleString('en-US')} bytes are not decoded: ${LIMITS_NOTE}`]
          : [],
    };
  }

  /** @param {Direction} direction @param {RawRecord} raw */
  #record(direction, { bytes, ...when }) {
    const keys = this.#keys;
    const type = bytes[0];
    const isProtected = keys.isProtected(direction, type);
    /** @type {TLSRecord} */
    const record = {
      index: this.records.length,
      direction,
      ...when,
      type,
      typeName: contentTypeName(type),
      version: bytes[1] * 256 + bytes[2],
      length: bytes[3] * 256 + bytes[4],
      bytes,
      fields: recordFields(bytes, { isProtected, version: keys.version, suite: keys.suite }),
      epoch: 'none',
      decrypted: null,
      failure: null,
      skipped: false,
      messages: [],
    };
    this.records.push(record);
    const fits = (isProtected && bytes.length <= ALWAYS_READ_BYTES) || this.#fits(bytes.length);
    record.skipped = !fits;
    if (isProtected) {
      if (fits) this.#decrypt(record);
      else record.failure = keys.skip(direction, `Not decoded: ${LIMITS_NOTE}`);
      record.epoch = keys.epoch(direction);
      if (record.decrypted) this.#content(record, record.decrypted.type, record.decrypted.content);
    } else if (fits) {
      this.#content(record, type, bytes.subarray(RECORD_HEADER_BYTES));
    }
    if (!fits || record.failure !== null) {
      this.#endMessage(direction);
      this.#gaps.add(direction);
    }
  }

  /** Whether a record is within the limits; after the first that is not, none is. @param {number} length in bytes */
  #fits(length) {
    const fits = length <= this.#bytesLeft && this.messages.length < MAX_LISTED;
    this.#bytesLeft = fits ? this.#bytesLeft - length : 0;
    if (!fits) this.#skippedBytes += length;
    return fits;
  }

  /** @param {TLSRecord} record */
  #decrypt(record) {
    const { direction, type, bytes } = record;
    const decrypted = this.#keys.decrypt(direction, bytes);
    if ('failure' in decrypted) {
      record.failure = decrypted.failure;
    } else if (this.#keys.version === TLS13) {
      record.decrypted = innerPlaintext(decrypted.bytes);
      if (!record.decrypted) record.failure = 'It contains only padding, without a content type.';
    } else {
      record.decrypted = plaintext12(type, decrypted.bytes);
    }
  }

  /** @param {TLSRecord} record @param {number} type of the content @param {Uint8Array} bytes the content */
  #content(record, type, bytes) {
    const { direction } = record;
    if (type === CONTENT_TYPES.handshake) {
      if (this.#gaps.has(direction) && !mayBeginMessage(bytes)) return;
      this.#gaps.delete(direction);
      const reassembler = this.#reassemblers[direction];
      reassembler.push(bytes, record.index);
      for (let next = reassembler.next(); next; next = reassembler.next()) {
        this.#handshake(direction, next, true);
        if (this.messages.length === MAX_LISTED) break;
      }
      return;
    }
    const read = readContent(type, bytes);
    this.#message({ ...read, direction, records: [record.index], bytes, complete: true });
    if (type === CONTENT_TYPES.changeCipherSpec) {
      if (this.#keys.version !== TLS13) this.#endMessage(direction);
      this.#keys.changeCipherSpec(direction);
    }
  }

  /** @param {Direction} direction @param {Assembled} assembled @param {boolean} complete */
  #handshake(direction, { bytes, records }, complete) {
    const keys = this.#keys;
    if (bytes[0] === 2 && direction === 'received' && complete) {
      // Its format does not depend on the version, but its reference does.
      const { facts } = readHandshake(bytes, keys);
      keys.serverHello(facts);
    }
    const read = readHandshake(bytes, keys);
    this.#message({ ...read, kind: 'handshake', direction, records, bytes, complete });
    if (!complete) return;
    if (read.name === 'ClientHello' && direction === 'sent') keys.clientHello(read.facts);
    if (read.name === 'Finished' || read.name === 'KeyUpdate') {
      this.#endMessage(direction); // a message may not span a change of keys: RFC 8446, section 5.1
      if (read.name === 'Finished') keys.finished(direction);
      else keys.keyUpdate(direction);
    }
  }

  /** Ends a message that is not complete. @param {Direction} direction */
  #endMessage(direction) {
    const rest = this.#reassemblers[direction].remainder();
    if (rest && this.messages.length < MAX_LISTED) this.#handshake(direction, rest, false);
  }

  /** @param {Omit<Message, 'index' | 'from' | 'at' | 'epoch' | 'malformed'>} message */
  #message(message) {
    const index = this.messages.length;
    const first = this.records[message.records[0]];
    const last = this.records[message.records[message.records.length - 1]];
    this.messages.push({
      ...message,
      index,
      from: first.from,
      at: last.at,
      epoch: last.epoch,
      malformed: message.fields.some(({ malformed }) => malformed),
    });
    for (const record of message.records) this.records[record].messages.push(index);
  }
}

/**
 * Decodes a recording, with any content. Yields to the event loop from time to time.
 * @param {Recording} recording not changed
 * @returns {Promise<Wire>} views of a copy of the recorded bytes
 */
export async function decode(recording) {
  const decoder = new Decoder(recording);
  let began = performance.now();
  for (const _ of decoder.run()) {
    if (performance.now() - began > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      began = performance.now();
    }
  }
  return decoder.result();
}
