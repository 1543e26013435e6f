/**
 * A relay between a client and a server that does what anybody on the way could do: look at the records of TLS as they
 * pass, change a bit, or hang up. It has no keys.
 */
import { connect, createServer } from 'node:net';
import { Transform, pipeline } from 'node:stream';

const RECORD_HEADER = 5;
const APPLICATION_DATA = 23;

/**
 * How many encrypted records (those of type application_data) each end has sent on this connection, the one that is
 * looked at included.
 * @typedef {{ client: number, server: number }} Seen
 */

/**
 * What becomes of a record; null: the relay hangs up.
 * @typedef {(record: Buffer, seen: Seen) => Buffer | null} Passing
 */

/** Whole records, one after another. */
class Records extends Transform {
  #input = Buffer.alloc(0);
  #passing;
  #seen;
  #from;

  /** @param {Passing} passing @param {Seen} seen @param {keyof Seen} from */
  constructor(passing, seen, from) {
    super();
    this.#passing = passing;
    this.#seen = seen;
    this.#from = from;
  }

  /** @param {Buffer} chunk @param {BufferEncoding} _encoding @param {(error?: Error) => void} callback @override */
  _transform(chunk, _encoding, callback) {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= RECORD_HEADER) {
      const end = RECORD_HEADER + this.#input.readUInt16BE(3);
      if (this.#input.length < end) break;
      if (this.#input[0] === APPLICATION_DATA) this.#seen[this.#from]++;
      const record = this.#passing(this.#input.subarray(0, end), this.#seen);
      if (record === null) {
        this.push(null);
        return; // what is still to come has nowhere to go
      }
      this.push(record);
      this.#input = this.#input.subarray(end);
    }
    callback();
  }
}

/**
 * @param {() => number} target gives the port of the server, on loopback
 * @param {() => { fromClient?: Passing, fromServer?: Passing }} rules made anew for each connection
 * @returns {import('node:net').Server} not yet listening
 */
export function alteringRelay(target, rules) {
  const asItIs = (/** @type {Buffer} */ record) => record;
  return createServer((client) => {
    const server = connect(target(), '127.0.0.1');
    const seen = { client: 0, server: 0 };
    const { fromClient = asItIs, fromServer = asItIs } = rules();
    pipeline(client, new Records(fromClient, seen, 'client'), server, () => {});
    pipeline(server, new Records(fromServer, seen, 'server'), client, () => server.destroy());
    client.once('close', () => server.destroy());
  });
}

/**
 * @param {Buffer} record
 * @param {number} at which byte
 * @returns {Buffer} a copy with the lowest bit of that byte turned
 */
export function turned(record, at) {
  const copy = Buffer.from(record);
  copy[at] ^= 1;
  return copy;
}
