/** One connection of the server: reads and writes records. tls12.js and tls13.js have the handshakes. */
import { fill, join, message, uint } from './bytes.js';
import { digest } from './keys.js';
import { nameOf, TYPES } from './messages.js';
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  data,
  alert,
  fragmented,
  HANDSHAKE,
  handshake,
  MAX_PLAINTEXT,
} from './records.js';

/** @typedef {import('./keys.js').Protection} Protection */
/** @typedef {import('./messages.js').MessageName} MessageName */
/** @typedef {import('./records.js').Epoch} Epoch */
/** @typedef {import('./records.js').Item} Item */
/** @typedef {import('./server.js').Options} Options */

/** @typedef {'none' | 'handshake' | 'application'} ProtectedBy */
/** @typedef {{ level: number, description: number, protected: ProtectedBy }} Alert as the client sent it */
/** @typedef {{ name: MessageName | undefined, type: number, body: Buffer, protected: ProtectedBy }} Message */
/** @typedef {(connection: Connection, message: Message) => void} Handshake continues with a message of the client */

const CLOSE_NOTIFY = 0;
const WARNING = 1;
/** Of one call: a flight may have more records than fit on the stack. */
const MAX_ARGUMENTS = 1000;

export class Connection {
  /** Everything that the client sent, decoded. @type {Alert[]} */
  alerts = [];
  /** @type {Message[]} */
  messages = [];
  /** Types of its records, as in their headers. @type {number[]} */
  recordTypes = [];
  /** Application data. */
  received = Buffer.alloc(0);
  /** @type {import('./messages.js').ClientHello | undefined} the last one */
  clientHello;
  /** The client's certificates, in DER. @type {Buffer[]} */
  clientChain = [];
  /** The SignatureScheme of its CertificateVerify. @type {number | undefined} */
  clientScheme;

  /** Its answers to requests after the handshake, each verified. @type {import('./tls13.js').Authentication[]} */
  authentications = [];
  /** TLS 1.2: how many renegotiations are done. */
  renegotiations = 0;
  /** TLS 1.2: the one that is going on. @type {import('./tls12.js').Renegotiation | undefined} */
  renegotiation;

  /** Whether the client's Finished was correct. */
  open = false;
  ended = false;
  /** Why the server could not go on. @type {Error | undefined} */
  error;

  /** @type {Record<Epoch, Protection | undefined>} */
  writeKeys = { clear: undefined, handshake: undefined, application: undefined };
  /** @type {Record<Epoch, Protection | undefined>} */
  readKeys = { clear: undefined, handshake: undefined, application: undefined };
  /** @type {Epoch} keys of the records that the client sends now */
  readEpoch = 'clear';
  /** Secrets, once they are known: master, client, server, clientHandshake, serverHandshake. @type {Record<string, Uint8Array>} */
  secrets = {};
  /** Handshake messages of both sides. */
  transcript = new Uint8Array();
  /** What the handshake chose. @type {{ suite: import('./keys.js').Suite, suiteNumber: number, group: number } | undefined} */
  chosen;

  #socket;
  #pending = Buffer.alloc(0);
  #handshakeBytes = Buffer.alloc(0);
  #continue;
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {import('node:net').Socket} socket @param {Options} options @param {Handshake} continueHandshake */
  constructor(socket, options, continueHandshake) {
    this.options = options;
    this.tls12 = options.version === 'TLSv1.2';
    this.#socket = socket;
    this.#continue = continueHandshake;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.ended = true;
      this.#changed();
    });
  }

  get hash() {
    return this.chosen?.suite.hash ?? 'sha256';
  }

  transcriptHash() {
    return digest(this.hash, this.transcript);
  }

  /* --- writing ------------------------------------------------------------------------ */

  /** Writes records. @param {...Item} items */
  send(...items) {
    const octets = join(...items.map((item) => this.#encode(item)));
    if (!this.#socket.destroyed) this.#socket.write(octets);
  }

  /**
   * A handshake message, as the option `message` wants it, added to the transcript.
   * @param {MessageName} name @param {Uint8Array} body @param {Epoch} epoch @returns {Item[]} none if the option drops it
   */
  handshake(name, body, epoch) {
    const edited = this.options.message ? this.options.message(name, body, this) : body;
    if (edited === null) return [];
    const octets = message(TYPES[name], edited);
    this.transcript = join(this.transcript, octets);
    return [handshake(name, octets, epoch)];
  }

  /** Writes a flight, as the option `flight` wants it. @param {import('./server.js').FlightName} name @param {Item[]} items */
  sendFlight(name, items) {
    const whole = fragmented(items, MAX_PLAINTEXT);
    const flight = this.options.flight ? this.options.flight(whole, this, name) : whole;
    for (let at = 0; at < flight.length; at += MAX_ARGUMENTS) this.send(...flight.slice(at, at + MAX_ARGUMENTS));
  }

  /** Writes application data. @param {string | Uint8Array} content */
  write(content) {
    this.send(...fragmented([data(Buffer.from(content))], MAX_PLAINTEXT));
  }

  /** Ends the connection with close_notify. */
  close() {
    this.send(alert(WARNING, CLOSE_NOTIFY, this.writeKeys.application ? 'application' : 'clear'));
    this.#socket.end();
  }

  /** Ends the connection without close_notify. */
  end() {
    this.#socket.end();
  }

  destroy() {
    this.#socket.destroy();
  }

  /** @param {Item} item */
  #encode(item) {
    if (item.raw) return item.raw;
    const { type, content, epoch, padding = 0, version = 0x0303, damaged = false } = item;
    const keys = this.writeKeys[epoch];
    const header = join(item.outer ?? (keys && !this.tls12 ? APPLICATION_DATA : type), uint(version, 2));
    if (keys === undefined) return join(header, uint(content.length, 2), content);
    const plaintext = this.tls12 ? content : (item.inner ?? join(content, type, fill(padding, 0)));
    const fragment = keys.seal(header, plaintext);
    if (damaged) fragment[fragment.length - 1] ^= 1;
    return join(header, uint(fragment.length, 2), fragment);
  }

  /* --- reading ------------------------------------------------------------------------ */

  /** @param {Buffer} chunk */
  #receive(chunk) {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    try {
      while (this.#pending.length >= 5 && this.#pending.length >= 5 + this.#pending.readUInt16BE(3)) {
        const end = 5 + this.#pending.readUInt16BE(3);
        const record = this.#pending.subarray(0, end);
        this.#pending = this.#pending.subarray(end);
        this.#record(record);
      }
    } catch (error) {
      this.error ??= /** @type {Error} */ (error);
    }
    this.#changed();
  }

  /** @param {Buffer} record */
  #record(record) {
    let type = record[0];
    this.recordTypes.push(type);
    let content = Buffer.from(record.subarray(5));
    /** @type {ProtectedBy} */
    let protectedBy = 'none';
    const keys = this.readKeys[this.readEpoch]; // TLS 1.2: none before its ChangeCipherSpec
    if (keys && (this.tls12 || type === APPLICATION_DATA)) {
      content = Buffer.from(keys.open(record.subarray(0, 3), content));
      protectedBy = this.readEpoch === 'handshake' ? 'handshake' : 'application';
      if (!this.tls12) {
        const last = content.findLastIndex((octet) => octet !== 0);
        type = content[last];
        content = content.subarray(0, last);
      }
    }
    switch (type) {
      case CHANGE_CIPHER_SPEC:
        if (this.renegotiation?.readKeys) this.readKeys.application = this.renegotiation.readKeys;
        if (this.tls12) this.readEpoch = 'application';
        break;
      case ALERT:
        this.alerts.push({ level: content[0], description: content[1], protected: protectedBy });
        if (content[0] === WARNING && content[1] === CLOSE_NOTIFY && this.open) this.close();
        else this.#socket.end();
        break;
      case HANDSHAKE:
        this.#handshakeBytes = Buffer.concat([this.#handshakeBytes, content]);
        this.#takeMessages(protectedBy);
        break;
      case APPLICATION_DATA:
        this.received = Buffer.concat([this.received, content]);
        if (this.options.echo) this.write(content);
        break;
      default:
        throw new Error(`a record of type ${type}`);
    }
  }

  /** @param {ProtectedBy} protectedBy */
  #takeMessages(protectedBy) {
    for (;;) {
      const all = this.#handshakeBytes;
      if (all.length < 4 || all.length < 4 + all.readUIntBE(1, 3)) return;
      const end = 4 + all.readUIntBE(1, 3);
      this.#handshakeBytes = all.subarray(end);
      const received = { name: nameOf(all[0]), type: all[0], body: all.subarray(4, end), protected: protectedBy };
      this.messages.push(received);
      this.#continue(this, received);
    }
  }

  /* --- waiting ------------------------------------------------------------------------ */

  #changed() {
    for (const check of [...this.#waiting]) check();
  }

  /**
   * Resolves when the condition holds. It is checked whenever something has arrived; rejects when the connection ends first.
   * @param {() => unknown} condition
   * @returns {Promise<void>}
   */
  until(condition) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const holds = Boolean(condition());
        if (!holds && !this.ended) return;
        this.#waiting.delete(check);
        if (holds) resolve();
        else
          reject(new Error(`The connection ended first: ${JSON.stringify(this.alerts)} ${this.error?.message ?? ''}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Resolves when the client has closed the connection. @returns {Promise<void>} */
  untilEnd() {
    return this.until(() => this.ended);
  }
}
