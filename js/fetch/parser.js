/**
 * Parses the answer to one request of HTTP/1.1 or 1.0: bytes in, events out, no I/O. Strict (RFC 9112), and bounded whatever
 * the server sends. Bytes may be cut anywhere.
 */
import { TLSError } from '../errors.js';
import { MAX_HTTP_CHUNK_LINE_BYTES, MAX_HTTP_HEAD_BYTES, MAX_HTTP_INTERIM_ANSWERS } from '../limits.js';
import { quote } from '../quote.js';
import { isomorphicDecode, limitError, LineReader, protocolError, readField } from './fields.js';
import { framingOf } from './framing.js';

/** @typedef {import('./fields.js').Field} Field */
/** @typedef {import('./framing.js').Framing} Framing */
/** @typedef {import('./framing.js').StatusLine} StatusLine */

/**
 * The final answer without its body.
 * @typedef {StatusLine & {fields: Field[], framing: Framing}} Head
 */

/**
 * `interim` is an answer with a status of 1xx; `data` is a part of the body, a view of what was passed in.
 * @typedef {{kind: 'interim', head: StatusLine & {fields: Field[]}} | {kind: 'head', head: Head} |
 *   {kind: 'data', bytes: Uint8Array} | {kind: 'end', trailers: Field[]}} Event
 */

/** @typedef {'status' | 'fields' | 'sized' | 'chunkLine' | 'chunk' | 'chunkEnd' | 'trailers' | 'close' | 'done'} State */

const CRLF = '\r\n';
const VERSION = 'HTTP/1.';
/** RFC 9112, section 4. Without a reason, its blank is often missing. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
/** RFC 9112, section 7.1. Extensions are not interpreted: nothing but visible characters and blanks. */
const CHUNK_LINE = /^([0-9A-Fa-f]+)(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;

export class ResponseParser {
  #method;
  /** @type {State} */
  #state = 'status';
  #lines = new LineReader();
  #interim = 0;
  /** Of the line being read in `status`, to recognize another protocol at its first bytes. */
  #beginning = '';
  /** @type {StatusLine | undefined} */
  #statusLine;
  /** @type {Field[]} */
  #fields = [];
  /** Bytes left of the body, or of the chunk. */
  #left = 0;

  /** @param {string} method of the request */
  constructor(method) {
    this.#method = method;
    this.#lines.begin(MAX_HTTP_HEAD_BYTES, 'head');
  }

  /** The answer is complete. */
  get done() {
    return this.#state === 'done';
  }

  /** Bytes followed the end of the answer: the connection cannot be used any more. */
  excess = false;

  /**
   * @param {Uint8Array} bytes
   * @returns {Event[]}
   * @throws {TLSError} ERR_TLS_HTTP_PROTOCOL, ERR_TLS_HTTP_LIMIT
   */
  push(bytes) {
    /** @type {Event[]} */
    const events = [];
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(this.#step(rest, events));
    }
    return events;
  }

  /**
   * The server has closed the connection with close_notify.
   * @returns {Event[]}
   * @throws {TLSError} ERR_TLS_HTTP_INCOMPLETE
   */
  end() {
    if (this.#state === 'close') {
      return this.#finish([]);
    }
    if (this.#state === 'done') {
      return [];
    }
    const missing = this.#state === 'sized' ? ` ${this.#left} bytes of its body are missing.` : '';
    throw new TLSError('ERR_TLS_HTTP_INCOMPLETE', `The server closed the connection ${this.#progress()}.${missing}`);
  }

  #progress() {
    if (this.#state === 'status' && !this.#lines.pending) {
      return 'without an answer';
    }
    return this.#state === 'status' || this.#state === 'fields'
      ? 'in the head of its answer'
      : 'before its answer was complete';
  }

  /**
   * @param {Uint8Array} bytes not empty
   * @param {Event[]} events
   * @returns {number} how many bytes are used
   */
  #step(bytes, events) {
    switch (this.#state) {
      case 'done':
        this.excess = true;
        return bytes.length;
      case 'close':
        events.push({ kind: 'data', bytes });
        return bytes.length;
      case 'sized':
      case 'chunk':
        return this.#body(bytes, events);
      case 'chunkEnd':
        this.#endChunk(bytes[0]);
        return 1;
      default: {
        if (this.#state === 'status') {
          this.#checkBeginning(bytes);
        }
        const { line, used } = this.#lines.read(bytes);
        if (line !== undefined) {
          this.#line(line, events);
        }
        return used;
      }
    }
  }

  /** @param {Uint8Array} bytes @param {Event[]} events */
  #body(bytes, events) {
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    events.push({ kind: 'data', bytes: part });
    if (this.#left === 0) {
      if (this.#state === 'sized') {
        events.push(...this.#finish([]));
      } else {
        this.#state = 'chunkEnd';
        this.#left = CRLF.length;
      }
    }
    return part.length;
  }

  /** @param {number} byte */
  #endChunk(byte) {
    if (byte !== CRLF.charCodeAt(CRLF.length - this.#left)) {
      throw protocolError('a chunk does not end where its size says.');
    }
    if (--this.#left === 0) {
      this.#begin('chunkLine', MAX_HTTP_CHUNK_LINE_BYTES, 'line before a chunk');
    }
  }

  /** A server that does not speak HTTP may never send a whole line. @param {Uint8Array} bytes */
  #checkBeginning(bytes) {
    if (this.#beginning.length < VERSION.length) {
      this.#beginning += isomorphicDecode(bytes.subarray(0, VERSION.length - this.#beginning.length));
      if (!VERSION.startsWith(this.#beginning)) {
        throw protocolError(`it begins with ${quote(this.#beginning)}, not with "HTTP/1.1".`);
      }
    }
  }

  /** @param {State} state @param {number} limit @param {string} what */
  #begin(state, limit, what) {
    this.#state = state;
    this.#lines.begin(limit, what);
  }

  /** @param {string} line @param {Event[]} events */
  #line(line, events) {
    switch (this.#state) {
      case 'status':
        this.#readStatusLine(line);
        break;
      case 'fields':
        line === '' ? this.#endHead(events) : readField(line, this.#fields);
        break;
      case 'chunkLine':
        this.#readChunkLine(line);
        break;
      default:
        line === '' ? events.push(...this.#finish(this.#fields)) : readField(line, this.#fields);
    }
  }

  /** @param {string} line */
  #readStatusLine(line) {
    const [, minor, status, reason = ''] = STATUS_LINE.exec(line) ?? [];
    if (minor === undefined) {
      throw protocolError(`its status line is ${quote(line)}.`);
    }
    this.#statusLine = { minor: minor === '1' ? 1 : 0, status: Number(status), reason };
    this.#state = 'fields';
  }

  /** @param {Event[]} events */
  #endHead(events) {
    const statusLine = /** @type {StatusLine} */ (this.#statusLine);
    const fields = this.#fields;
    this.#fields = [];
    this.#beginning = '';
    if (statusLine.status === 101) {
      throw protocolError('the server switches to another protocol, which was not asked for (status 101).');
    }
    if (statusLine.status < 200) {
      if (++this.#interim > MAX_HTTP_INTERIM_ANSWERS) {
        throw limitError(`More than ${MAX_HTTP_INTERIM_ANSWERS} interim answers, the limit.`);
      }
      events.push({ kind: 'interim', head: { ...statusLine, fields } });
      this.#begin('status', MAX_HTTP_HEAD_BYTES, 'head');
      return;
    }
    const framing = framingOf(this.#method, statusLine, fields);
    events.push({ kind: 'head', head: { ...statusLine, fields, framing } });
    this.#left = framing.length;
    if (framing.kind === 'none') {
      events.push(...this.#finish([]));
    } else if (framing.kind === 'chunked') {
      this.#begin('chunkLine', MAX_HTTP_CHUNK_LINE_BYTES, 'line before a chunk');
    } else {
      this.#state = framing.kind;
    }
  }

  /** @param {string} line */
  #readChunkLine(line) {
    const [, digits] = CHUNK_LINE.exec(line) ?? [];
    const size = digits === undefined ? NaN : Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(size)) {
      throw protocolError(`the size of a chunk is ${quote(line)}.`);
    }
    this.#left = size;
    if (size > 0) {
      this.#state = 'chunk';
    } else {
      this.#begin('trailers', MAX_HTTP_HEAD_BYTES, 'trailers');
    }
  }

  /** @param {Field[]} trailers @returns {Event[]} */
  #finish(trailers) {
    this.#state = 'done';
    return [{ kind: 'end', trailers }];
  }
}
