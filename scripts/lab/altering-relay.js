/**
 * A relay between a client and a server that does what any attacker in the middle can do: read TLS records as they pass,
 * flip a bit, or cut the connection. It has no keys.
 */
import { connect, createServer } from 'node:net';
import { Transform, pipeline } from 'node:stream';

const RECORD_HEADER = 5;
const APPLICATION_DATA = 23;

/**
 * How many encrypted records (type application_data) each end has sent on this connection, including the current one.
 * @typedef {{ client: number, server: number }} RecordCounts
 */

/**
 * Returns the record to forward; null: close the connection.
 * @typedef {(record: Buffer, counts: RecordCounts) => Buffer | null} AlterRecord
 */

/** Splits one direction into whole records and alters each. */
class RecordAlterer extends Transform {
  #input = Buffer.alloc(0);
  #alter;
  #counts;
  #sender;

  /** @param {AlterRecord} alter @param {RecordCounts} counts @param {keyof RecordCounts} sender */
  constructor(alter, counts, sender) {
    super();
    this.#alter = alter;
    this.#counts = counts;
    this.#sender = sender;
  }

  /** @param {Buffer} chunk @param {BufferEncoding} _encoding @param {(error?: Error) => void} callback @override */
  _transform(chunk, _encoding, callback) {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= RECORD_HEADER) {
      const end = RECORD_HEADER + this.#input.readUInt16BE(3);
      if (this.#input.length < end) break;
      if (this.#input[0] === APPLICATION_DATA) this.#counts[this.#sender]++;
      const record = this.#alter(this.#input.subarray(0, end), this.#counts);
      if (record === null) {
        this.push(null);
        return; // no callback: the stream has ended and reads no more input
      }
      this.push(record);
      this.#input = this.#input.subarray(end);
    }
    callback();
  }
}

/**
 * @param {() => number} target returns the server's port on loopback
 * @param {() => { fromClient?: AlterRecord, fromServer?: AlterRecord }} rules called once for each connection
 * @returns {import('node:net').Server} not listening yet
 */
export function alteringRelay(target, rules) {
  const forward = (/** @type {Buffer} */ record) => record;
  return createServer((client) => {
    const server = connect(target(), '127.0.0.1');
    const counts = { client: 0, server: 0 };
    const { fromClient = forward, fromServer = forward } = rules();
    pipeline(client, new RecordAlterer(fromClient, counts, 'client'), server, () => {});
    pipeline(server, new RecordAlterer(fromServer, counts, 'server'), client, () => server.destroy());
    client.once('close', () => server.destroy());
  });
}

/**
 * @param {Buffer} record
 * @param {number} at offset of the byte
 * @returns {Buffer} a copy with the lowest bit of that byte flipped
 */
export function withBitFlipped(record, at) {
  const copy = Buffer.from(record);
  copy[at] ^= 1;
  return copy;
}
